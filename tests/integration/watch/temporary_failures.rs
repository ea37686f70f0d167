//! What goes wrong around a daemon for a while: it says so, keeps going, and catches up.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};

use indexer::testing::OpenStore;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, prlimit};

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts, is_long},
    namespace::{in_namespace, without_privileges},
    recordings::tones,
};

/// How often each file of `music` is named in what a daemon said.
fn named(said: &str, music: &Path) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    for line in said.lines().filter_map(|line| line.strip_prefix(&format!("{}/", music.display()))) {
        *lines.entry(line.split(':').next().unwrap().to_owned()).or_default() += 1;
    }
    lines
}

#[test]
fn a_broken_file_is_told_of_once_in_a_daemons_life() {
    let env = TestEnv::new();
    for song in 0..12 {
        fs::write(env.path(format!("music/{song}.mp3")), format!("no music, {song}")).unwrap();
    }
    let locked = env.path("music/locked.wav");
    fs::write(&locked, b"").unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = without_privileges(&env, "watch music --method mfcc");
    command.stderr(fs::File::create(env.path("said")).unwrap());
    let daemon = Daemon::of(&env, command);
    daemon.until("all have failed", |status| status["failures"] == 13);
    for _ in 0..2 {
        daemon.walk(&env.path("music"));
    }
    if is_long() {
        // Young files are tried again after a minute, and once more after five.
        let tries = |tries: u64| {
            let errors = env.json("errors");
            errors["failures"].as_array().unwrap().iter().all(|row| row["tries"].as_u64() >= Some(tries))
        };
        daemon.until("another try", |_| tries(2));
        daemon.walk(&env.path("music"));
    }
    // What is known as broken is told of when a scan asks for it, by the scan.
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    let said = fs::read_to_string(env.path("said")).unwrap();
    let named = named(&said, &env.path("music"));
    assert_eq!(named.len(), 13, "{said}");
    assert!(named.values().all(|lines| *lines == 1), "{said}");
}

/// A store on a disk of 4 MB with a file that takes most of it; the disk is seen from outside by the daemon's process.
const SMALL: &str = r#"
    mount -t tmpfs -o size=4m small data && mkdir data/indexer || exit 99
    "$1" scan music/old --method mfcc > /dev/null || exit 98
    free=$(($(stat -f -c %a data) * $(stat -f -c %S data)))
    head -c $((free - 4096)) /dev/zero > data/ballast
    exec "$1" watch music --method mfcc
"#;

#[test]
fn a_full_disk_is_told_of_and_when_there_is_room_again_the_daemon_catches_up() {
    let mut env = TestEnv::new();
    for folder in ["data", "run"] {
        fs::create_dir(env.path(folder)).unwrap();
    }
    let runtime = env.path("run");
    env.set("XDG_RUNTIME_DIR", runtime.to_str().unwrap());
    tones(&env.path("music/old"), "old", 0..1);
    let Some(mut command) = in_namespace(&env, SMALL) else { return };
    command.stderr(fs::File::create(env.path("said")).unwrap());
    let daemon = Daemon::of(&env, command);
    let said = || fs::read_to_string(env.path("said")).unwrap();
    daemon.until_so("it runs", || runtime.join("indexer").is_dir());
    tones(&env.path("music/new"), "new", 100..400);
    daemon.until_so("the disk is full", || said().contains("; trying again every 30 s"));
    let told = said();
    assert!(told.starts_with("warning: ") && told.lines().count() == 1, "{told}");
    assert!(told.contains("No space left") || told.contains("full"), "{told}");

    let data = format!("/proc/{}/root/{}", daemon.pid().as_raw_nonzero(), env.path("data").display());
    let data = Path::new(&data);
    fs::remove_file(data.join("ballast")).unwrap();
    daemon.until_so("it has caught up", || {
        let Ok(Some(store)) = OpenStore::open(&data.join("indexer")) else { return false };
        store.files().is_ok_and(|files| files.values().filter(|file| file.seconds.is_some()).count() == 301)
    });
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn without_a_free_file_descriptor_nothing_is_forgotten() {
    let env = TestEnv::new();
    tones(&env.path("music/a"), "tone", 0..4);
    tones(&env.path("music/b"), "tone", 4..8);
    let mut command = env.indexer("watch music --method none");
    command.stderr(fs::File::create(env.path("said")).unwrap());
    let daemon = Daemon::of(&env, command);
    daemon.until_found(8);
    daemon.until_it_is("idle");
    let said = || fs::read_to_string(env.path("said")).unwrap();
    let usual = getrlimit(Resource::Nofile);
    let none = Rlimit { current: Some(3), maximum: usual.maximum };
    prlimit(Some(daemon.pid()), Resource::Nofile, none).unwrap();
    for number in 0..2 {
        fs::write(
            env.path(format!("music/a/new_{number}.wav")),
            crate::support::recordings::tone(20 + number, 1.1),
        )
        .unwrap();
        fs::remove_file(env.path(format!("music/b/tone_{}.wav", 4 + number))).unwrap();
        let lines = said().matches("Too many open files").count();
        if number == 0 {
            daemon.until_so("it says so", || said().matches("Too many open files").count() > lines);
        }
    }
    let (present, missing) = crate::support::store_contents::stored(&env);
    assert_eq!((present.len(), missing.len()), (8, 0), "{}", said());
    prlimit(Some(daemon.pid()), Resource::Nofile, usual).unwrap();
    let status = daemon.until_found(8);
    daemon.until("what was not seen", |status| counts(status, ["paths", "missing"]) == [10, 2]);
    assert_eq!(status["failures"], 0, "{status}");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
