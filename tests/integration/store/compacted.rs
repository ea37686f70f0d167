//! A store is compacted without anything in it changing, and whoever ends the call leaves it whole.

use std::path::PathBuf;
use std::thread::{scope, sleep};
use std::time::Duration;
use std::{fs, iter};

use indexer::testing::WritableStore;

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, snapshot},
    recordings::{Dice, tones},
    refusal::refuses,
    store_contents::vectors,
};

/// A store in which most was forgotten.
fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..120);
    env.json("scan music --method mfcc");
    for tone in 12..120 {
        fs::remove_file(env.path(format!("music/tone_{tone}.wav"))).unwrap();
    }
    env.json("scan --accept-missing");
    env.json("store prune --yes");
    env.json("cluster --n 3 --playlists lists");
    env
}

fn size(env: &TestEnv) -> u64 {
    env.store().join("library.redb").metadata().unwrap().len()
}

#[test]
fn a_compacted_store_is_smaller_and_holds_the_same() {
    let env = home();
    let (before, held) = (size(&env), vectors(&env.view()).unwrap());
    let compacted = env.json("store compact");
    let library = &compacted["databases"][0];
    assert_eq!((library["before"].as_u64(), library["after"].as_u64()), (Some(before), Some(size(&env))));
    assert!(size(&env) < before * 2 / 3, "{compacted}");
    assert_eq!(compacted["databases"].as_array().unwrap().len(), 2);
    assert!(held == vectors(&env.view()).unwrap());
    assert_eq!(env.run("store check").status, 0);
    let lists = snapshot(&env.path("lists"));
    env.json("cluster --n 3 --playlists lists");
    assert!(lists == snapshot(&env.path("lists")));
    assert!(env.run("store compact").stdout.contains("library.redb: "));
}

#[test]
fn a_daemon_is_not_disturbed_and_a_reader_waited_for() {
    let env = home();
    let daemon = Daemon::start(&env, "watch music --method mfcc");
    let refused = env.run("store compact");
    assert_eq!((refused.status, refused.stderr.contains("the daemon (process")), (1, true), "{refused:?}");
    daemon.end(Signal::TERM);
    let view = env.view();
    scope(|scope| {
        let compacted = scope.spawn(|| env.run("store compact"));
        sleep(Duration::from_secs(1));
        assert!(!compacted.is_finished());
        drop(view);
        assert_eq!(compacted.join().unwrap().status, 0);
    });
    refuses(&env, "store compact --store nowhere", 1, "store", "there is no store in");
}

#[test]
fn a_call_that_is_killed_leaves_the_store_whole() {
    let env = home();
    let held = vectors(&env.view()).unwrap();
    let whole = fs::read(env.store().join("library.redb")).unwrap();
    for round in 0..15 {
        fs::write(env.store().join("library.redb"), &whole).unwrap();
        let mut compacting = env.start("store compact");
        sleep(Duration::from_millis(2 * round));
        compacting.kill().unwrap();
        compacting.wait().unwrap();
        assert_eq!(env.run("store check").status, 0, "after {} ms", 2 * round);
        assert!(held == vectors(&env.view()).unwrap());
    }
}

#[test]
fn compacted_stores_do_not_tell_in_which_order_songs_came() {
    const SONGS: u32 = 1500;
    let path = |number: u32| PathBuf::from(format!("/music/{number:04}.mp3"));
    let vector = |number: u32| {
        let mut dice = Dice(number.into());
        iter::repeat_with(|| (dice.roll() >> 40) as f32 / (1_u64 << 24) as f32).take(100).collect::<Vec<_>>()
    };
    let answers = [false, true].map(|is_backwards| {
        let env = TestEnv::new();
        let store = WritableStore::open(&env.store()).unwrap();
        store.add_root("/music".as_ref()).unwrap();
        let mut parts = [0..1100, 1100..SONGS];
        if is_backwards {
            parts.reverse();
        }
        for part in parts {
            store.add_songs("cnn14", part, path, &mut |number| vector(number), |_| vec![], false).unwrap();
            store.reduce("cnn14").unwrap();
        }
        drop(store);
        let asked = |env: &TestEnv| env.json("similar 0007.mp3 -m cnn14 -n 50")["songs"].clone();
        let before = asked(&env);
        env.json("store compact");
        (before, asked(&env))
    });
    assert_ne!(
        answers[0].0, answers[1].0,
        "the first 1 100 songs and all 1 500 have other principal components"
    );
    assert_eq!(answers[0].1, answers[1].1);
}
