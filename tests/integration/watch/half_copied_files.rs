//! Files that are opened too early: whatever happened between, in the end they are what they are.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::MetadataExt,
};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    recordings::tone,
};

#[test]
fn a_copy_that_pauses_for_longer_than_files_settle_ends_as_one_track() {
    let env = TestEnv::new();
    let daemon = Daemon::start(&env, "watch music --method mfcc");
    // Of the first less than half is there when it is opened, of the second more: a failure, and a part.
    let songs = [(1, 30), (2, 80)].map(|(seed, percent)| {
        let bytes = tone(seed, 3.0);
        let (first, rest) = bytes.split_at(bytes.len() * percent / 100);
        let mut file = File::create(env.path(format!("music/{seed}.wav"))).unwrap();
        file.write_all(first).unwrap();
        (file, rest.to_owned())
    });
    daemon.until("both have been opened", |status| {
        counts(status, ["paths", "failures"]) == [2, 1] && status["spaces"][0]["stored"] == 1
    });
    for (mut file, rest) in songs {
        file.write_all(&rest).unwrap();
    }
    // The second is a track already: only its length tells that it was opened again.
    let songs = [1, 2].map(|seed| env.path(format!("music/{seed}.wav")));
    daemon.until_so("two whole songs", || {
        let files = env.view().files().unwrap();
        songs.iter().all(|song| files[song].seconds.is_some_and(|seconds| seconds > 2.9))
    });
    let status = daemon.until_indexed(2);
    assert_eq!(counts(&status, ["paths", "failures", "missing"]), [2, 0, 0]);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
#[ignore = "waits for more than a minute"]
fn a_young_file_that_failed_is_tried_again_though_nothing_tells_of_its_change() {
    // Stamps without inode and ctime: only size and mtime tell of a change, and they do not.
    let mut env = TestEnv::new();
    env.set("INDEXER_TEST_FILESYSTEM", "vfat");
    fs::create_dir(env.path("outside")).unwrap();
    let bytes = tone(1, 2.0);
    let daemon = Daemon::start(&env, "watch music --method mfcc");
    let song = env.path("music/song.wav");
    fs::write(&song, vec![0; bytes.len()]).unwrap();
    daemon.until("it has failed", |status| status["failures"] == 1);
    let before = fs::metadata(&song).unwrap();
    // By another name of the file: no event in the folder.
    fs::hard_link(&song, env.path("outside/song.wav")).unwrap();
    fs::write(env.path("outside/song.wav"), &bytes).unwrap();
    File::options()
        .write(true)
        .open(env.path("outside/song.wav"))
        .unwrap()
        .set_modified(before.modified().unwrap())
        .unwrap();
    assert_eq!(before.mtime_nsec(), fs::metadata(&song).unwrap().mtime_nsec());
    daemon.until("it was tried again", |status| {
        (&status["tracks"], &status["failures"]) == (&1.into(), &0.into())
    });
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
