//! A daemon under test: started, waited for, ended.

use std::{
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::environment::{Output, TestEnv, counts};

/// Ten times what anything here is promised to take.
const BOUND: Duration = Duration::from_secs(600);

pub(crate) struct Daemon<'a> {
    env: &'a TestEnv,
    child: Option<Child>,
}

impl<'a> Daemon<'a> {
    /// Starts `line` and waits until the daemon has walked through everything once.
    pub(crate) fn start(env: &'a TestEnv, line: &str) -> Self {
        let daemon = Self::begin(env, line);
        daemon.until("the first walk", |status| !status["daemon"]["last_walk"].is_null());
        daemon
    }

    /// Starts `line`.
    pub(crate) fn begin(env: &'a TestEnv, line: &str) -> Self {
        Self::of(env, env.indexer(line))
    }

    /// Starts a command that becomes a daemon.
    pub(crate) fn of(env: &'a TestEnv, mut command: Command) -> Self {
        Self::from(env, command.spawn().unwrap())
    }

    /// A daemon that has been started.
    pub(crate) fn from(env: &'a TestEnv, child: Child) -> Self {
        Self { env, child: Some(child) }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(self.child.as_ref().unwrap())
    }

    /// Waits until `status` is as it should be, and returns it.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            // A store that is being made, or a daemon that has just been started, is not there yet.
            let status = self.env.run("status --json");
            if status.status == 0 && is_so(&status.json()) {
                return status.json();
            }
            assert!(begin.elapsed() < BOUND, "{what} never came: {status:?}");
            sleep(Duration::from_millis(100));
        }
    }

    /// Waits for what others tell.
    pub(crate) fn until_so(&self, what: &str, is_so: impl Fn() -> bool) {
        let begin = Instant::now();
        while !is_so() {
            assert!(begin.elapsed() < BOUND, "{what} never came");
            sleep(Duration::from_millis(50));
        }
    }

    /// Waits until it does this.
    pub(crate) fn until_it_is(&self, activity: &str) -> Value {
        self.until(activity, |status| status["daemon"]["activity"] == activity)
    }

    /// Waits until as many paths are known to be there.
    pub(crate) fn until_found(&self, paths: u64) -> Value {
        self.until(&format!("{paths} paths"), |status| {
            let [all, missing] = counts(status, ["paths", "missing"]);
            all - missing == paths
        })
    }

    /// Makes it walk through everything, and waits until it has: more happens in the root at once than is looked at
    /// singly.
    pub(crate) fn walk(&self, root: &Path) {
        let before = self.until("a walk", |status| !status["daemon"]["last_walk"].is_null());
        let new = || tempfile::Builder::new().prefix("new ").tempdir_in(root).unwrap();
        let folders: Vec<_> = (0..100).map(|_| new()).collect();
        let last = &before["daemon"]["last_walk"];
        self.until("another walk", |status| status["daemon"]["last_walk"] != *last);
        drop(folders);
    }

    /// Waits until as many tracks lie at as many paths, and none of them lacks a vector.
    pub(crate) fn until_indexed(&self, tracks: u64) -> Value {
        self.until(&format!("{tracks} tracks"), |status| {
            let is_full = |space: &Value| space["stored"] == space["wanted"];
            status["tracks"] == tracks && status["spaces"].as_array().unwrap().iter().all(is_full)
        })
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// What came of it when it ends by itself.
    pub(crate) fn ended(mut self) -> Output {
        let begin = Instant::now();
        while self.child.as_mut().unwrap().try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < BOUND, "it never ended");
            sleep(Duration::from_millis(20));
        }
        Output::from(self.child.take().unwrap().wait_with_output().unwrap())
    }

    /// Ends it, and gives what came of it.
    pub(crate) fn end(self, signal: Signal) -> Output {
        self.signal(signal);
        self.ended()
    }
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
