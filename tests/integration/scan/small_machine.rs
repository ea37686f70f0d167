//! A machine that has no thread, no process or no file handle left: one line says which limit that is, or the work is done with
//! less.

use std::{
    fs, os::unix::fs::PermissionsExt, os::unix::process::CommandExt, process::Command, thread,
    time::Duration, time::Instant,
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::support::{
    environment::{Output, TestEnv},
    namespace::in_namespace,
    recordings::tones,
};

/// Nobody in particular: limits of processes do not hold for root.
const NOBODY: u32 = 65_534;

/// A home that is anybody's, with a copy of the program, as it may lie where only the tester gets to.
fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..6);
    fs::copy(env!("CARGO_BIN_EXE_indexer"), env.path("indexer")).unwrap();
    for folder in ["", "music"] {
        fs::set_permissions(env.path(folder), fs::Permissions::from_mode(0o777)).unwrap();
    }
    env
}

/// `indexer` within limits, as prlimit(1) takes them.
fn limited(env: &TestEnv, limits: &str, line: &str) -> Command {
    let mut command = env.command("prlimit");
    command.args(limits.split_whitespace()).arg(env.path("indexer")).args(line.split_whitespace());
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Runs it and holds it to what is promised of every end.
fn run(env: &TestEnv, limits: &str, line: &str) -> Output {
    let begin = Instant::now();
    let output = Output::of(limited(env, limits, line));
    assert!(begin.elapsed() < Duration::from_secs(60), "{limits} {line}: {:?}", begin.elapsed());
    assert!(
        !output.stderr.contains("impossible") && !output.stderr.contains("panicked"),
        "{limits} {line}: {output:?}"
    );
    assert!(output.status >= 0, "{limits} {line}: {output:?}");
    output
}

#[test]
fn without_a_thread_a_scan_says_so_and_all_that_needs_none_is_done() {
    let env = home();
    assert_eq!(run(&env, "--nofile=1024", "scan music").status, 0);
    let scan = run(&env, "--nproc=1", "scan --redecode --reread");
    assert_eq!(scan.status, 1, "{scan:?}");
    let limit = "this user may start no more processes and threads: end other programs, or raise the limit (`ulimit -u`, of a \
                 service `TasksMax`)";
    assert_eq!(
        scan.stderr.lines().collect::<Vec<_>>(),
        [format!("indexer: a thread cannot be started: {limit}")]
    );
    for line in [
        "status",
        "cluster --n 2",
        "cluster --n 3 --algorithm ward --fresh",
        "eval --n 2..3",
        "playlists list",
    ] {
        let output = run(&env, "--nproc=1", line);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{line}: {output:?}");
    }
}

#[test]
fn without_a_file_handle_one_line_says_which_limit_it_is() {
    let env = home();
    let scan = run(&env, "--nofile=10", "scan music");
    assert_eq!(scan.status, 1, "{scan:?}");
    assert_eq!(scan.stderr.lines().count(), 1, "{scan:?}");
    let limit = "Too many open files (os error 24): this process may open no more files: raise the limit (`ulimit -n`)";
    assert!(scan.stderr.trim_end().ends_with(limit), "{scan:?}");
    assert_eq!(run(&env, "--nofile=32", "scan").status, 0);
}

#[test]
fn without_memory_one_line_says_so() {
    let env = home();
    assert_eq!(run(&env, "--nofile=1024", "scan music").status, 0);
    let mut tried = 0;
    for line in ["status", "cluster --n 2", "scan"] {
        // Steps of 256 KiB.
        let limits = (80..1600).map(|quarter| format!("--as={}", quarter << 18));
        // Below the first of these, the system cannot even load the program.
        let outputs = limits.map(|limit| Output::of(limited(&env, &limit, line)));
        let loaded =
            outputs.skip_while(|output| output.status < 0 || output.stderr.contains("shared libraries"));
        for output in loaded.take_while(|output| output.status != 0) {
            assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{line}: {output:?}");
            assert!(output.stderr.contains("(`ulimit -v`)"), "{line}: {output:?}");
            tried += 1;
        }
    }
    assert!(tried > 0, "they end for want of memory before they succeed with more");
}

#[test]
fn without_proc_a_scan_says_so_and_what_starts_no_worker_is_done() {
    let env = home();
    env.json("scan music");
    let script = |line: &str| format!("mount -t tmpfs none /proc || exit 99; exec \"$1\" {line}");
    for line in ["status", "cluster --n 2", "scan"] {
        let Some(command) = in_namespace(&env, &script(line)) else { return };
        let output = Output::of(command);
        assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{line}: {output:?}");
    }
    tones(&env.path("music"), "new", 6..7);
    let scan = Output::of(in_namespace(&env, &script("scan")).unwrap());
    assert_eq!((scan.status, scan.stderr.lines().count()), (1, 1), "{scan:?}");
    assert!(scan.stderr.contains("/proc") && scan.stderr.contains("mount it"), "{scan:?}");
}

#[test]
fn however_few_threads_and_handles_there_are_nothing_panics_or_hangs() {
    let env = home();
    for limits in
        ["nproc=2", "nproc=3", "nproc=5", "nproc=8", "nofile=4", "nofile=8", "nofile=11", "nofile=15"]
    {
        let limits = format!("--{limits}");
        for line in ["scan music", "cluster --n 2", "status"] {
            let output = run(&env, &limits, line);
            assert!(output.stderr.lines().count() <= 1 || output.status == 0, "{limits} {line}: {output:?}");
        }
    }
}

#[test]
fn a_daemon_within_limits_ends_when_it_is_told_to() {
    let env = home();
    for limits in ["--nproc=1", "--nproc=3", "--nofile=9", "--nofile=14"] {
        let mut command = limited(&env, limits, "watch music");
        let child = command.process_group(0).spawn().unwrap();
        thread::sleep(Duration::from_secs(2));
        let group = Pid::from_child(&child);
        _ = kill_process_group(group, Signal::TERM);
        let begin = Instant::now();
        let output = Output::from(child.wait_with_output().unwrap());
        assert!(begin.elapsed() < Duration::from_secs(20), "{limits}");
        assert!(
            !output.stderr.contains("impossible") && !output.stderr.contains("panicked"),
            "{limits}: {output:?}"
        );
        assert!(output.status >= 0, "{limits}: {output:?}");
    }
}
