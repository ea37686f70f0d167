//! A daemon under test: started, waited for, ended.

use std::{
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::environment::{Output, TestEnv};

/// Ten times what anything here is promised to take.
const BOUND: Duration = Duration::from_secs(600);

pub struct Daemon<'a> {
    env: &'a TestEnv,
    child: Option<Child>,
}

impl<'a> Daemon<'a> {
    /// Starts `line` and waits until the daemon has walked through everything once.
    pub fn start(env: &'a TestEnv, line: &str) -> Self {
        let daemon = Self::begin(env, line);
        daemon.until("the first walk", |status| !status["daemon"]["last_walk"].is_null());
        daemon
    }

    /// Starts `line`.
    pub fn begin(env: &'a TestEnv, line: &str) -> Self {
        Self { env, child: Some(env.start(line)) }
    }

    /// Waits until `status` is as it should be, and returns it.
    pub fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
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

    /// Waits until as many tracks lie at as many paths, and none of them lacks a vector.
    pub fn until_indexed(&self, tracks: u64) -> Value {
        self.until(&format!("{tracks} tracks"), |status| {
            let is_full = |space: &Value| space["stored"] == space["wanted"];
            status["tracks"] == tracks && status["spaces"].as_array().unwrap().iter().all(is_full)
        })
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.child.as_ref().unwrap()), signal).unwrap();
    }

    /// Ends it, and gives what came of it.
    pub fn end(mut self, signal: Signal) -> Output {
        self.signal(signal);
        Output::from(self.child.take().unwrap().wait_with_output().unwrap())
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
