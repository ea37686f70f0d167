//! A daemon that may not work now: it opens nothing, says why, and catches up.

use std::time::{Duration, SystemTime};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    recordings::tones,
};

/// Waits until another daemon, which may work, has indexed the same songs: so long this one had time.
fn others_have(env: &TestEnv, songs: u64) {
    let other = TestEnv::new();
    let line = format!("watch {} --method none", env.path("music").display());
    let daemon = Daemon::start(&other, &line);
    daemon.until_found(songs);
    daemon.end(Signal::TERM);
}

#[test]
fn paused_it_opens_nothing_and_catches_up_afterwards() {
    let env = TestEnv::new();
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.signal(Signal::USR1);
    daemon.until_it_is("paused");
    assert!(env.run("status").stdout.contains("paused"));
    tones(&env.path("music/new"), "tone", 0..3);
    others_have(&env, 3);
    let status = daemon.until_it_is("paused");
    assert_eq!(counts(&status, ["tracks", "paths"]), [0, 0], "{status}");
    daemon.signal(Signal::USR2);
    let status = daemon.until_found(3);
    assert_eq!(status["tracks"], 3);
    daemon.until_it_is("idle");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn a_pause_in_the_middle_leaves_the_rest_for_later() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..400);
    let daemon = Daemon::begin(&env, "watch music --method mfcc --jobs 1 --json");
    daemon.until("it is at work", |status| status["tracks"].as_u64() > Some(0));
    daemon.signal(Signal::USR1);
    let status = daemon.until_it_is("paused");
    let [done] = counts(&status, ["tracks"]);
    assert!(done < 400, "{status}");
    assert_eq!(counts(&env.json("status"), ["tracks"]), [done]);
    daemon.signal(Signal::USR2);
    daemon.until_indexed(400);
    let output = daemon.end(Signal::TERM);
    assert_eq!(counts(&output.json(), ["decoded", "failed"]), [400, 0], "{output:?}");
}

#[test]
fn outside_its_hours_it_rests_but_does_what_it_is_asked_for() {
    let mut env = TestEnv::new();
    env.set("TZ", "UTC");
    let hour = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / 3600 % 24;
    let hours = format!("{:02}:00-{:02}:00", (hour + 10) % 24, (hour + 11) % 24);
    tones(&env.path("music/old"), "tone", 0..2);
    let daemon = Daemon::begin(&env, &format!("watch music --method none --hours {hours}"));
    daemon.until_it_is("resting");
    tones(&env.path("music/new"), "tone", 2..5);
    others_have(&env, 5);
    let status = daemon.until_it_is("resting");
    assert_eq!(counts(&status, ["tracks", "paths"]), [0, 0], "{status}");
    assert!(status["daemon"]["last_walk"].is_null(), "{status}");
    let scan = env.json("scan music/old --method none");
    assert_eq!(counts(&scan, ["found", "opened"]), [2, 2]);
    assert_eq!(counts(&daemon.until_it_is("resting"), ["tracks"]), [2]);
    let begin = SystemTime::now();
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    assert!(begin.elapsed().unwrap() < Duration::from_secs(20));
}
