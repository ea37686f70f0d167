//! Whichever write, sync or rename fails, the program ends in order, and what was acknowledged stays (T4).

use std::{fs, path::Path, path::PathBuf, thread::sleep, time::Duration};

use indexer::testing::figure;
use rustix::{io::Errno, process::Signal};

use crate::support::{
    daemon::Daemon,
    environment::{Output, TestEnv, counts, is_long, snapshot},
    failing_calls::{FailingCall, preloaded},
    recordings::tones,
    store_contents::{lost, vectors, wrong},
};

const ERRORS: [Errno; 2] = [Errno::NOSPC, Errno::IO];

/// A library of nine songs, six of which are in the store and in three lists.
fn home() -> (TestEnv, PathBuf) {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..6);
    env.json("scan music --method mfcc");
    env.json("cluster --n 3 --playlists lists --output p.json");
    tones(&env.path("music"), "tone", 6..9);
    fs::rename(env.path("data"), env.path("data.before")).unwrap();
    fs::rename(env.path("lists"), env.path("lists.before")).unwrap();
    fs::copy(env.path("p.json"), env.path("p.before")).unwrap();
    let library = preloaded(&env);
    (env, library)
}

fn copy_tree(from: &Path, to: &Path) {
    _ = fs::remove_dir_all(to);
    for path in snapshot(from).into_keys() {
        let copy = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(path, copy).unwrap();
    }
}

fn as_before(env: &TestEnv) {
    copy_tree(&env.path("data.before"), &env.path("data"));
    copy_tree(&env.path("lists.before"), &env.path("lists"));
    fs::copy(env.path("p.before"), env.path("p.json")).unwrap();
    _ = fs::remove_file(env.path("told"));
}

/// Lets call after call of `line` fail, from a store as it was each time, until there are no more of them; how many were tried.
fn each_call(
    env: &TestEnv,
    library: &PathBuf,
    line: &str,
    holds: impl Fn(&Output, FailingCall, &str),
) -> u64 {
    let mut tried = 0;
    for (errno, for_good) in ERRORS.into_iter().flat_map(|errno| [(errno, false), (errno, true)]) {
        let step = if is_long() { 1 } else { 7 };
        // Other ones for each error, so that together they come near to all.
        for number in (tried % step..).step_by(step as usize) {
            as_before(env);
            let failing = FailingCall { number, errno: errno.raw_os_error(), for_good };
            let output = Output::of(failing.run(env, library, line));
            if !env.path("told").exists() {
                assert_eq!(output.status, 0, "{line}: {output:?}");
                break;
            }
            tried += 1;
            let what = format!("{line}, {failing:?}");
            assert!([0, 1].contains(&output.status), "{what}: {output:?}");
            assert!(!output.stderr.contains("panicked"), "{what}: {output:?}");
            assert!(output.status == 0 || output.stderr.contains("indexer: "), "{what}: {output:?}");
            holds(&output, failing, &what);
        }
    }
    tried
}

#[test]
fn a_scan_whose_calls_fail_loses_nothing_and_the_next_one_catches_up() {
    let (env, library) = home();
    as_before(&env);
    let known = vectors(&env.view()).unwrap();
    env.json("scan music --method mfcc");
    let all = vectors(&env.view()).unwrap();
    assert_eq!((known.len(), all.len()), (6, 9));
    let tried = each_call(&env, &library, "scan music --method mfcc", |_, _, what| {
        let next = env.json("scan music --method mfcc");
        assert_eq!(counts(&next, ["found", "failed", "missing"]), [9, 0, 0], "{what}");
        let view = env.view();
        let found = vectors(&view).unwrap();
        assert_eq!((lost(&found, &all), wrong(&found, &all), view.damaged()), (vec![], vec![], 0), "{what}");
    });
    assert!(tried > 20, "{tried}");
    figure("T4", tried, "failing calls of a scan", "nothing lost, the next one catches up");
}

#[test]
fn a_clustering_whose_calls_fail_writes_all_or_nothing() {
    const LINE: &str = "cluster --n 2 --playlists lists --output p.json";
    let (env, library) = home();
    let targets = || {
        let mut lists = snapshot(&env.path("lists"));
        // Where files cannot be removed either, staged ones stay; they are swept away later.
        lists.retain(|path, _| !path.file_name().unwrap().to_string_lossy().starts_with(".indexer-"));
        let lists = lists.into_iter().map(|(path, (bytes, _))| (path, bytes));
        (lists.collect::<Vec<_>>(), fs::read(env.path("p.json")).unwrap())
    };
    let runs = || env.json("runs list")["runs"].as_array().unwrap().len();
    as_before(&env);
    let before = (targets(), runs());
    let tried = each_call(&env, &library, LINE, |output, failing, what| {
        let now = targets();
        let changed = [now.0 != before.0.0, now.1 != before.0.1];
        // What has its name cannot be taken back on a disk on which nothing can be renamed any more.
        assert!(
            changed == [output.status == 0; 2] || failing.for_good && output.status == 1,
            "{what}: {output:?}"
        );
        // A disk that takes all of a run and then fails to sync it may have kept it; the next call repeats it.
        assert!(runs() - before.1 <= 1, "{what}: {output:?}");
        assert_eq!(counts(&env.json(LINE), ["tracks", "n"]), [6, 2], "{what}");
        assert_eq!(runs(), before.1 + 1, "{what}");
        let after = targets();
        assert!(after.0 != before.0.0 && after.1 != before.0.1, "{what}");
    });
    assert!(tried > 20, "{tried}");
    figure("T4", tried, "failing calls of a clustering", "all targets written, or none");
}

#[test]
fn a_daemon_whose_calls_fail_catches_up_or_cannot_be_started() {
    let (env, library) = home();
    // Calls of the start, and of the first pass.
    let calls = if is_long() { (0..40).collect() } else { vec![9, 21] };
    let (mut started, tried) = (0, calls.len() as u64);
    for number in calls {
        as_before(&env);
        let failing = FailingCall { number, errno: Errno::NOSPC.raw_os_error(), for_good: false };
        let mut child = failing.run(&env, &library, "watch music --method mfcc").spawn().unwrap();
        while !env.path("told").exists() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(20));
        }
        sleep(Duration::from_secs(1));
        let daemon = if child.try_wait().unwrap().is_none() {
            started += 1;
            Daemon::from(&env, child)
        } else {
            let output = Output::from(child.wait_with_output().unwrap());
            assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{failing:?}: {output:?}");
            Daemon::begin(&env, "watch music --method mfcc")
        };
        daemon.until_indexed(9);
        assert_eq!(daemon.end(Signal::TERM).status, 0, "{failing:?}");
    }
    assert!(started > 0, "no daemon came so far");
    figure(
        "T4",
        tried,
        "failing calls of a daemon",
        "one line where it cannot be started, else it catches up",
    );
}
