//! Contents that change while names, sizes and times stay (T19).

use std::fs::{self, File};

use indexer::testing::WritableStore;
use rustix::process::Signal;

use indexer::testing::figure;

use crate::support::{daemon::Daemon, environment::TestEnv, recordings::tone};

/// Changes a file's content through another name of it, so that no event tells, and sets its time back.
fn change(env: &TestEnv, song: &str, seed: u64) {
    let (song, other) = (env.path("music").join(song), env.path("other name"));
    let before = fs::metadata(&song).unwrap();
    fs::hard_link(&song, &other).unwrap();
    fs::write(&other, tone(seed, 1.1)).unwrap();
    let file = File::options().write(true).open(&other).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    drop(file);
    fs::remove_file(&other).unwrap();
    let after = fs::metadata(&song).unwrap();
    assert_eq!((before.len(), before.modified().unwrap()), (after.len(), after.modified().unwrap()));
}

fn content(env: &TestEnv, song: &str) -> Option<String> {
    env.view().files().unwrap().remove(&env.path("music").join(song))?.content
}

fn songs(env: &TestEnv, songs: u64) {
    for song in 0..songs {
        fs::write(env.path(format!("music/{song}.wav")), tone(song, 1.1)).unwrap();
    }
}

#[test]
fn a_change_that_only_ctime_tells_of_is_found_by_the_next_walk() {
    let env = TestEnv::new();
    songs(&env, 3);
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(3);
    let before = content(&env, "1.wav");
    change(&env, "1.wav", 100);
    daemon.walk(&env.path("music"));
    daemon.until("the new content", |_| content(&env, "1.wav") != before);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    figure("T19", 1, "change that only ctime tells", "found by the next walk");
}

#[test]
fn a_change_that_nothing_tells_of_is_found_by_the_audit_where_it_was_checked_longest_ago() {
    let mut env = TestEnv::new();
    env.set("INDEXER_TEST_FILESYSTEM", "FUSE");
    env.set("INDEXER_WATCH_AUDIT", "40");
    songs(&env, 4);
    env.json("scan music --method none");
    let contents = || [0, 1, 2, 3].map(|song| content(&env, &format!("{song}.wav")));
    // Two of them were checked later than the others.
    for song in [0, 1] {
        let store = WritableStore::open(&env.store()).unwrap();
        store.set_checked(&env.path(format!("music/{song}.wav")), 4_000_000_000).unwrap();
    }
    let before = contents();
    for song in 0..4 {
        change(&env, &format!("{song}.wav"), 100 + song);
    }
    let walk = env.json("scan --method none");
    assert_eq!((&walk["opened"], contents()), (&0.into(), before.clone()), "nothing tells of it");

    WritableStore::open(&env.store()).unwrap().set_audited(1_000_000_000).unwrap();
    let long_ago = env.view().audited().unwrap();
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until("the audit", |_| env.view().audited().unwrap() != long_ago);
    let after = contents();
    let changed: Vec<_> = (0..4).filter(|song| after[*song] != before[*song]).collect();
    assert_eq!(changed, [2, 3], "40 % of four files, rounded up");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    figure("T19", 1, "silent change of content", "found by the audit");
}
