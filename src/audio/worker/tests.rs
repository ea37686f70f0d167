use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

use super::*;

/// A worker that is a shell: it says that it is ready, then does what the script says.
fn worker(script: &str) -> Worker {
    let script = format!(r"printf '\0\0\0\0'; {script}");
    let arguments = ["-c".into(), script.into()].into();
    Worker::start(&WorkerProgram { program: "sh".into(), arguments }).unwrap()
}

fn exit(script: &str) -> WorkerExit {
    let deadline = Instant::now() + Duration::from_secs(600);
    worker(script).receive::<u8>(deadline, &AtomicBool::new(false)).unwrap_err()
}

#[test]
fn a_worker_that_others_end_is_no_crash_and_one_that_only_closes_its_pipe_is_not_waited_for() {
    // What starts these tests may have them ignore some of the signals.
    for signal in serve::SIGNALS_TO_FAMILIES {
        let exit = WorkerExit::of(ExitStatus::from_raw(signal.as_raw()), "");
        assert!(matches!(exit, WorkerExit::Ended(_)), "{signal:?}: {exit:?}");
    }
    assert!(matches!(exit("kill -TERM $$"), WorkerExit::Ended(_)));
    assert!(matches!(exit("exit 0"), WorkerExit::Ended(_)));
    assert!(matches!(exit("kill -KILL $$"), WorkerExit::Killed));
    assert_eq!(exit("kill -SEGV $$").to_string(), "the decoder crashed: signal 11");
    assert_eq!(exit("echo why >&2; exit 3").to_string(), "the decoder crashed: why");
    // A child that lives on holds the pipe of errors open.
    assert_eq!(
        exit("sleep 1000 >&2 & exec >&-; exit 4").to_string(),
        "the decoder crashed: it ended with exit status 4"
    );
    assert_eq!(
        exit("exec >&-; sleep 1000").to_string(),
        "the decoder crashed: it closed its pipes and went on"
    );
}

#[test]
fn what_came_before_the_deadline_is_read_after_it() {
    let mut worker = worker(r"printf '\1\0\0\0\7'; sleep 1000");
    thread::sleep(Duration::from_millis(500));
    let late = Instant::now().checked_sub(Duration::from_millis(400)).unwrap();
    assert_eq!(worker.receive::<u8>(late, &AtomicBool::new(false)).unwrap(), 7);
    let exit = worker.receive::<u8>(late, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(exit, WorkerExit::TimedOut(_)), "{exit:?}");
}
