//! A daemon that is killed and started again, while files come and others read its store (T1, T3).

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread::{scope, sleep},
    time::Duration,
};

use rustix::process::Signal;
use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, is_long},
    recordings::{Dice, tones},
    store_contents::{Truth, lost, vectors, wrong},
};

/// A daemon, killed at any moment from its start to the end of what it does with some new files.
fn short_life(env: &TestEnv, folder: &str, songs: std::ops::Range<u64>, dice: &mut Dice) {
    let daemon = Daemon::begin(env, "watch music --method mfcc");
    tones(&env.path("music").join(folder), "tone", songs);
    // The random point is the test.
    sleep(Duration::from_millis(dice.below(2400) as u64));
    daemon.end(Signal::KILL);
}

#[test]
fn a_killed_daemon_loses_nothing_acknowledged() {
    let env = TestEnv::new();
    let (mut dice, mut known, songs) = (Dice(9), Truth::new(), 20);
    tones(&env.path("music"), "first", 0..1);
    env.json("scan music --method mfcc");
    let rounds = if is_long() { 150 } else { 8 };
    let mut grown = 0;
    for round in 1..=rounds {
        short_life(&env, &round.to_string(), round * songs..(round + 1) * songs, &mut dice);
        let view = env.view();
        let found = vectors(&view).unwrap();
        assert_eq!(view.damaged(), 0);
        assert_eq!((lost(&found, &known), wrong(&known, &found)), (vec![], vec![]), "round {round}");
        grown += u64::from(found.len() > known.len());
        known = found;
    }
    assert!(grown > rounds / 10, "only {grown} daemons have stored anything");
    let daemon = Daemon::begin(&env, "watch music --method mfcc");
    daemon.until_indexed(rounds * songs + 1);
    let found = vectors(&env.view()).unwrap();
    assert_eq!((lost(&found, &known), wrong(&known, &found)), (vec![], vec![]));
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    figure("T1", rounds, "kills of a daemon", "no acknowledged vector lost or changed");
}

#[test]
fn playlists_are_made_at_any_moment_of_a_daemons_life_and_death() {
    let env = TestEnv::new();
    tones(&env.path("music"), "first", 0..30);
    env.json("scan music --method mfcc");
    let enough = AtomicBool::new(false);
    let runs = if is_long() { 200 } else { 40 };
    scope(|scope| {
        scope.spawn(|| {
            let mut dice = Dice(4);
            for round in 10.. {
                if enough.load(Ordering::Relaxed) {
                    return;
                }
                short_life(&env, &round.to_string(), round * 10..(round + 1) * 10, &mut dice);
            }
        });
        let (mut run, mut before) = (0, 0);
        // As many as are promised, and until the daemons have stored something.
        while run < runs || before == 30 {
            run += 1;
            let output = env.run("cluster --n 3 --output p.json --json");
            let lists = fs::read(env.path("p.json")).unwrap_or_default();
            let lists: Value = serde_json::from_slice(&lists).unwrap_or_default();
            let songs = lists["playlists"].as_array().into_iter().flatten();
            let songs = songs.map(|list| list["songs"].as_array().unwrap().len() as u64).sum();
            let is_whole = output.status == 0 && output.json()["tracks"] == songs && songs >= before;
            if !is_whole {
                enough.store(true, Ordering::Relaxed);
            }
            assert!(is_whole, "run {run}: {songs} songs after {before}: {output:?}");
            before = songs;
        }
        enough.store(true, Ordering::Relaxed);
    });
    figure("T3", runs, "clusterings beside a daemon that is killed", "no failure, no torn list");
}
