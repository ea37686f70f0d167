//! A damaged store is noticed: no vector is ever used that was not stored (T15, short form).

use std::{
    error::Error,
    fs,
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use indexer::testing::OpenStore;
use redb::{ConcurrencyMode, Database};

use indexer::testing::figure;

use crate::support::{
    environment::{Output, TestEnv},
    recordings::{Dice, tones},
    store_contents::{Truth, lost, vectors, wrong},
};

const FLIPS: u64 = 200;
/// Every so many flips, `scan` has to heal what is broken or say so.
const SCANS: u64 = 2;

/// A program that neither ends nor is ended would stop all tests.
fn run(mut command: Command) -> Output {
    let mut child: Child = command.spawn().unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
        }
        sleep(Duration::from_millis(2));
    }
    child.wait_with_output().unwrap().into()
}

/// Does its work, or says in one line that the store is damaged or has lost a whole table.
fn is_honest(output: &Output) -> bool {
    let lines: Vec<_> = output.stderr.lines().collect();
    match (output.status, &lines[..]) {
        (0, []) => true,
        (0, warnings) => warnings.iter().all(|line| line.starts_with("warning: ")),
        (1, [line]) => {
            let what = ["is damaged", "no track is indexed in mfcc: run `indexer scan` first"];
            line.starts_with("indexer: ") && what.iter().any(|what| line.contains(what))
        }
        _ => false,
    }
}

fn stored(env: &TestEnv) -> Result<Truth, Box<dyn Error>> {
    vectors(&OpenStore::open(&env.store())?.ok_or("no store")?)
}

/// Scans until everything is there again, or until it is said that this is not to be. Twice is enough: the first
/// scan may write over a page that the damaged file calls free, and what it held is made again by the second.
fn heals(env: &TestEnv, truth: &Truth, what: &str) {
    for last in [false, true] {
        let scanned = run(env.indexer("scan music"));
        assert!(scanned.status == 3 || is_honest(&scanned), "{what}: {scanned:?}");
        let Ok(found) = stored(env) else { return };
        assert_eq!(wrong(&found, truth), [""; 0], "{what}: {scanned:?}");
        if lost(&found, truth).is_empty() || scanned.status == 1 {
            return;
        }
        assert!(!last, "{what}: {:?} are still lost after {scanned:?}", lost(&found, truth));
    }
}

/// Without free pages, so that most flips hit something.
fn compact(file: &Path) {
    let mut builder = Database::builder();
    let mut database = builder.set_concurrency_mode(ConcurrencyMode::SingleWriter).open(file).unwrap();
    database.compact().unwrap();
    database.close().unwrap();
}

#[test]
fn a_flipped_bit_never_becomes_a_wrong_vector() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..40);
    fs::write(env.path("music/empty.wav"), b"").unwrap();
    assert_eq!(env.run("scan music").status, 3);
    let truth: Truth = vectors(&env.view()).unwrap();
    let file = env.store().join("library.redb");
    compact(&file);
    let whole = fs::read(&file).unwrap();
    let (mut dice, mut noticed) = (Dice(15), 0);
    for flip in 0..FLIPS {
        // Every eighth one hits the header and the slots of the last commits.
        let bit = dice.below(8 * if flip % 8 == 0 { 320 } else { whole.len() });
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &bytes).unwrap();

        let clustered = run(env.indexer("cluster --n 3 --json"));
        assert!(is_honest(&clustered), "flip {flip}, bit {bit}: {clustered:?}");
        let silent =
            clustered.status == 0 && clustered.stderr.is_empty() && clustered.json()["coverage"] == 1.0;
        noticed += u64::from(!silent);
        if clustered.status == 0 {
            let found = stored(&env).unwrap();
            assert_eq!(wrong(&found, &truth), [""; 0], "flip {flip}, bit {bit}");
            assert!(
                !silent || lost(&found, &truth).is_empty(),
                "flip {flip}, bit {bit}: lost without a word"
            );
        }

        if flip % SCANS == 0 {
            fs::write(&file, &bytes).unwrap();
            heals(&env, &truth, &format!("flip {flip}, bit {bit}"));
        }
        fs::remove_dir_all(env.store()).unwrap();
        fs::create_dir(env.store()).unwrap();
    }
    assert!(noticed > FLIPS / 20, "only {noticed} flips hit anything");
    figure("T15", FLIPS, "flipped bits of a store", "no wrong vector used, each noticed or harmless");
}
