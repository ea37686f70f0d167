//! Processes of the program: their children, and how they take signals.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::environment::{Output, TestEnv};

/// Two seconds are promised; a loaded machine gets ten times that.
const BOUND: Duration = Duration::from_secs(20);

/// Starts `line`, waits until it says that a file is done, sends `signals`, and gives what came of it.
pub(crate) fn interrupted(env: &TestEnv, line: &str, signals: &[Signal]) -> Output {
    let mut child = env.start(&format!("{line} --debug"));
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("done") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended too early: {said}");
    }
    let begin = Instant::now();
    for &signal in signals {
        kill_process(Pid::from_child(&child), signal).unwrap();
    }
    // Whoever does not read lets it wait.
    stderr.read_to_string(&mut said).unwrap();
    let output = Output::from(child.wait_with_output().unwrap());
    assert!(begin.elapsed() < BOUND, "{:?}", begin.elapsed());
    Output { stderr: said, ..output }
}

/// The children of a process now.
pub(crate) fn children(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<_>>()).collect()
}
