//! kill -9 at any moment: what was acknowledged stays, and the next scan goes on (T1, short form).

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use indexer::testing::OpenStore;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts, is_long},
    recordings::{Dice, tone, tones},
    store_contents::{Truth, lost, vectors, wrong},
};

const KILLS: u64 = 50;
/// New recordings for each kill.
const SONGS: u64 = 12;
/// Microseconds in which the first is killed at the latest. Then it is a tenth less after a scan that came to its end,
/// and a tenth more after one that did not: about half of them are killed in the middle, on any machine.
const LONGEST: usize = 60_000;

/// The vectors in the store, if there is one yet.
fn acknowledged(env: &TestEnv) -> Truth {
    let begin = Instant::now();
    let Some(view) = OpenStore::open(&env.store()).unwrap() else { return Truth::new() };
    // 100 ms are promised.
    assert!(begin.elapsed() < Duration::from_secs(1), "reopened after {:?}", begin.elapsed());
    let found = vectors(&view).unwrap();
    assert_eq!(view.damaged(), 0);
    found
}

#[test]
fn killed_at_any_moment_it_loses_nothing_acknowledged() {
    // A thousand kills are promised.
    (1..=if is_long() { 1000 / KILLS } else { 1 }).for_each(killed_at_any_moment);
    let kills = if is_long() { 1000 } else { KILLS };
    figure("T1", kills, "kills of a scan", "no acknowledged vector lost or changed");
}

fn killed_at_any_moment(seed: u64) {
    let env = TestEnv::new();
    let mut dice = Dice(seed);
    let (mut known, mut unfinished, mut longest) = (Truth::new(), 0, LONGEST);
    for round in 0..KILLS {
        tones(&env.path("music"), "tone", round * SONGS..(round + 1) * SONGS);
        let mut scan = env.start("scan music");
        // The random point is the test; whatever has happened until then must last.
        sleep(Duration::from_micros(dice.below(longest) as u64));
        let in_the_middle = scan.try_wait().unwrap().is_none();
        unfinished += u64::from(in_the_middle);
        longest = if in_the_middle { longest + longest / 10 } else { longest - longest / 10 };
        scan.kill().unwrap();
        scan.wait().unwrap();
        let found = acknowledged(&env);
        assert_eq!((lost(&found, &known), wrong(&known, &found)), (vec![], vec![]), "round {round}");
        known = found;
    }
    assert!(unfinished > KILLS / 5, "only {unfinished} scans were killed before their end");

    let last = env.json("scan music");
    assert_eq!(counts(&last, ["found", "failed", "missing"]), [KILLS * SONGS, 0, 0]);
    let found = acknowledged(&env);
    assert_eq!((found.len() as u64, lost(&found, &known)), (KILLS * SONGS, vec![]));
    fs::remove_dir_all(env.store()).unwrap();
    env.json("scan music");
    assert_eq!(wrong(&found, &acknowledged(&env)), [""; 0], "a scan that was never killed finds the same");
}

#[test]
fn a_killed_program_leaves_no_worker_behind() {
    let mut env = TestEnv::new();
    for (seed, folder) in [(1, "a"), (2, "b")] {
        fs::create_dir(env.path("music").join(folder)).unwrap();
        fs::write(env.path("music").join(folder).join("song.wav"), tone(seed, 1.1)).unwrap();
    }
    env.set("INDEXER_TEST_FAULT", "hang@song.wav");
    let mut scan = env.start("scan music --jobs 2");
    let workers = loop {
        let workers = crate::support::process::children(scan.id());
        if workers.len() == 2 {
            break workers;
        }
        assert!(scan.try_wait().unwrap().is_none(), "it ended by itself");
        sleep(Duration::from_millis(5));
    };
    scan.kill().unwrap();
    scan.wait().unwrap();
    let begin = Instant::now();
    let is_alive = |worker: &u32| {
        let stat = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    while workers.iter().any(is_alive) {
        assert!(begin.elapsed() < Duration::from_secs(20), "workers {workers:?} outlive their parent");
        sleep(Duration::from_millis(5));
    }
}
