//! Cue sheets that come, change and go while the daemon runs.

use std::fs;

use rustix::process::Signal;

use crate::support::{daemon::Daemon, environment::TestEnv, recordings::tone};

const SHEET: &str =
    "FILE \"album.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:02:00\n";

#[test]
fn a_sheet_that_comes_changes_or_goes_is_seen_at_once() {
    let env = TestEnv::new();
    fs::create_dir(env.path("music/cd")).unwrap();
    fs::write(env.path("music/cd/album.wav"), tone(1, 6.0)).unwrap();
    fs::write(env.path("music/song.wav"), tone(2, 2.0)).unwrap();
    let daemon = Daemon::start(&env, "watch music --method mfcc");
    daemon.until_indexed(2);
    let sheet = env.path("music/cd/album.cue");
    fs::write(&sheet, SHEET).unwrap();
    daemon.until_found(3);
    daemon.until_indexed(3);
    fs::write(&sheet, format!("{SHEET}TRACK 03 AUDIO\nINDEX 01 00:04:00\n")).unwrap();
    daemon.until_found(4);
    daemon.until_indexed(4);
    // Another recording under the same name: its songs are others.
    let first_song = || {
        let files = env.view().files().unwrap();
        files.get(&env.path("music/cd/album.wav/track0001")).and_then(|file| file.content.clone())
    };
    let before = first_song();
    fs::write(env.path("music/cd/album.wav"), tone(3, 6.0)).unwrap();
    daemon.until_so("another song", || first_song().is_some_and(|now| Some(now) != before));
    daemon.until_indexed(4);
    fs::remove_file(&sheet).unwrap();
    daemon.until_found(2);
    daemon.until_indexed(2);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
