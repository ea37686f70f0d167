//! Events that get lost, and folders that cannot be watched: nothing is missed, and `status` says what is wrong (T6).

use std::{fs, path::Path};

use rustix::process::Signal;

use indexer::testing::figure;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, is_long},
    namespace::in_namespace,
    recordings::tones,
};

/// More events than the kernel keeps for somebody who does not read them. Equal ones that follow each other are one.
fn flood(folder: &Path) {
    let kept = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    for number in 0..=kept.trim().parse().unwrap() {
        fs::write(folder.join(format!("{}.txt", number % 2)), b"").unwrap();
    }
}

#[test]
fn what_came_while_events_overflowed_is_found() {
    let env = TestEnv::new();
    tones(&env.path("music/old"), "old", 0..2);
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(2);
    daemon.signal(Signal::STOP);
    flood(&env.path("music"));
    tones(&env.path("music/a/b/c"), "lost", 10..30);
    fs::rename(env.path("music/old"), env.path("music/a/old")).unwrap();
    daemon.signal(Signal::CONT);
    let status = daemon.until_found(22);
    assert_eq!(status["daemon"]["state"], "watching", "{status}");
    tones(&env.path("music/a/b/c/d"), "new", 40..41);
    daemon.until_found(23);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    figure("T6", 1, "overflow of the event queue", "no file missed");
}

/// Watches with few watches until there is a file `raise`.
const LIMITED: &str = r#"
    echo 12 > /proc/sys/user/max_inotify_watches || exit 99
    (
        while [ -d music ] && [ ! -e raise ]; do sleep 0.1; done
        echo 1000 > /proc/sys/user/max_inotify_watches
        : > raised
    ) > /dev/null 2>&1 &
    exec "$1" watch music --method none
"#;

#[test]
fn folders_beyond_the_limit_of_watches_are_walked_and_status_says_how_to_raise_it() {
    let mut env = TestEnv::new();
    env.set("INDEXER_WATCH_POLL_MINUTES", "1");
    for folder in 0..7 {
        tones(&env.path("music").join(folder.to_string()), "old", folder..folder + 1);
    }
    let Some(command) = in_namespace(&env, LIMITED) else { return };
    let daemon = Daemon::of(&env, command);
    let status = daemon.until_found(7);
    assert_eq!(status["daemon"]["state"], "watching", "8 of 12 watches: {status}");
    // To watch anew takes as many again.
    env.json("scan --method none");
    let status = env.json("status");
    assert_eq!(status["daemon"]["state"], "watching", "{status}");

    for folder in 7..20 {
        tones(&env.path("music").join(folder.to_string()), "new", folder..folder + 1);
    }
    let status = daemon.until_found(20);
    let status = match &status["daemon"]["state"] == "degraded" {
        true => status,
        false => daemon.until("the limit", |status| status["daemon"]["state"] == "degraded"),
    };
    let reason = status["daemon"]["reason"].as_str().unwrap();
    assert!(reason.contains("sudo sysctl fs.inotify.max_user_watches="), "{reason}");
    assert!(env.run("status").stdout.contains("degraded"));

    fs::write(env.path("raise"), b"").unwrap();
    daemon.until("more watches", |_| env.path("raised").exists());
    if !is_long() {
        // What the timer does once a minute.
        env.json("scan --method none");
    }
    daemon.until("it is healed", |status| status["daemon"]["state"] == "watching");
    for folder in 0..20 {
        tones(&env.path("music").join(folder.to_string()), "last", 100 + folder..101 + folder);
    }
    daemon.until_found(40);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    figure("T6", 1, "limit of watches", "no file missed, status says degraded");
}
