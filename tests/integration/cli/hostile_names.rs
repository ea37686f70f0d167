//! Names of files and tags that a terminal or a log would obey come out escaped, in whatever is no JSON.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::TestEnv,
    recordings::{tone, wav},
    tagged_songs::with_tag,
};

/// Sets a title, clears the screen, ends lines in several ways, and turns the direction of writing.
const HOSTILE: &str =
    "x\u{1b}]0;mine\u{7}\u{1b}[2Jy\n2026-01-01 ERROR z\r\u{9b}31m\u{85}\u{2028}\u{202e}cilbup\u{61c}\u{feff}";

/// What no line of text may hold.
fn is_harmful(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c != '\n' && (c.is_control() || turns || c == '\u{feff}')
}

fn home() -> TestEnv {
    let env = TestEnv::new();
    let folder = env.path("music").join(OsStr::from_bytes(HOSTILE.as_bytes()));
    fs::create_dir(&folder).unwrap();
    for seed in 0..12 {
        let tag = [(b"TIT2", HOSTILE), (b"TPE1", HOSTILE), (b"TCON", HOSTILE), (b"TALB", HOSTILE)];
        fs::write(folder.join(format!("{HOSTILE}{seed}.wav")), with_tag(&tone(seed, 1.1), tag)).unwrap();
    }
    fs::write(folder.join(format!("{HOSTILE}.mp3")), b"no music").unwrap();
    fs::write(folder.join(format!("{HOSTILE}.wav")), wav(&[0; 30_000])).unwrap();
    fs::write(
        folder.join("album.cue"),
        format!("FILE \"{HOSTILE}\" WAVE\nTRACK 01 AUDIO\nINDEX 01 99:99:99\n"),
    )
    .unwrap();
    env
}

#[test]
fn no_command_and_no_log_prints_what_a_terminal_would_obey() {
    let env = home();
    let mut printed = String::new();
    for line in [
        "scan music --method mfcc --dry-run",
        "scan music --method mfcc --debug --logfile log",
        "scan --method mfcc --retry-failed",
        "status",
        "errors",
        "library list",
        "cluster --n 2 --playlists lists --output p.json",
        "cluster --n 3 --playlists lists --explain --debug",
        "playlists list",
        "playlists show 0",
        "playlists show 1",
        "playlists sets",
        "runs list",
        "runs show latest --songs",
        "runs diff previous latest",
        "eval --n 2",
        "store check",
        "store prune --dry-run",
    ] {
        let output = env.run(line);
        let text = output.stdout.clone() + &output.stderr;
        let harmful: Vec<_> = text.chars().filter(|c| is_harmful(*c)).collect();
        assert_eq!(harmful, [' '; 0], "{line}: {text:?}");
        assert!(matches!(output.status, 0 | 3), "{line}: {output:?}");
        assert!(text.lines().all(|line| !line.starts_with("2026-01-01 ERROR")), "{line}: {text}");
        printed += &text;
    }
    assert!(printed.matches("\\u{1b}").count() > 50, "the names were printed");
    for list in fs::read_dir(env.path("lists")).unwrap() {
        let name = list.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with(['-', '.']) && !name.chars().any(is_harmful), "{name:?}");
    }
    let log = fs::read_to_string(env.path("log")).unwrap();
    assert!(log.contains("\\u{1b}") && !log.chars().any(is_harmful), "{log:?}");
    let music = env.path("music");
    let path = fs::read_dir(&music).unwrap().next().unwrap().unwrap().path();
    let refused = crate::support::environment::Output::of({
        let mut command = env.indexer("scan");
        command.arg(path.join("nothing"));
        command
    });
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
    assert!(!refused.stderr.chars().any(is_harmful), "{refused:?}");
}

#[test]
fn nor_does_a_daemon() {
    let env = home();
    let daemon = Daemon::start(&env, "watch music --method mfcc --debug");
    daemon.until("all songs", |status| status["spaces"][0]["stored"] == 12);
    assert!(!env.run("status").stdout.chars().any(is_harmful));
    let output = daemon.end(Signal::TERM);
    assert!(output.stderr.contains("\\u{1b}") && !output.stderr.chars().any(is_harmful), "{output:?}");
}
