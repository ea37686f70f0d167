//! ffmpeg as a child: what it decodes is heard, and whatever it does costs one file.

use std::{fs, os::unix::ffi::OsStrExt, os::unix::fs::PermissionsExt};

use crate::support::{
    environment::{TestEnv, counts},
    recordings::tone,
};

/// Answers as a file's name asks it to. What it decodes is a waveform file behind the first four bytes, of which it does not
/// say how long it is, as ffmpeg cannot in a pipe.
const FFMPEG: &str = r#"#!/bin/sh
[ "$1" = -version ] && { echo "ffmpeg version 9.1-test Copyright (c) nobody"; exit; }
for argument; do case $argument in file:*) file=${argument#file:};; esac; done
decode() {
    printf 'RIFF\377\377\377\377'
    tail -c +13 "$file" | head -c 32
    printf '\377\377\377\377'
    tail -c +49 "$file"
}
case $file in
    *good*) decode;;
    *half*) decode | head -c 700000; echo "[wv @ 0x5581] the rest is missing" >&2; exit 1;;
    *refused*) echo "file:$file: Invalid data found" >&2; exit 1;;
    *chatty*) yes "something is wrong" | head -c 95000000 >&2; exit 1;;
    *crash*) kill -SEGV $$;;
    *hang*) sleep 1000;;
esac
"#;

/// A WavPack file as far as anybody but the script above can tell.
fn wavpack(env: &TestEnv, name: &str, seed: u64, seconds: f32) {
    fs::write(env.path("music").join(name), [b"wvpk", &tone(seed, seconds)[..]].concat()).unwrap();
}

/// A home with the script as its ffmpeg.
fn home() -> TestEnv {
    let mut env = TestEnv::new();
    let program = env.path("ffmpeg");
    fs::write(&program, FFMPEG).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    env.set("INDEXER_DECODER_FFMPEG", program.to_str().unwrap());
    env
}

#[test]
fn what_ffmpeg_decodes_is_a_track_and_whatever_else_it_does_is_a_failure() {
    let mut env = home();
    // Enough for the chatty one on a busy machine.
    env.set("INDEXER_WORKER_STALL_SECONDS", "15");
    for (seed, name) in ["good.wv", "refused.wv", "chatty.wv", "crash.wv", "hang.wv"].into_iter().enumerate()
    {
        wavpack(&env, name, seed as u64, 2.0);
    }
    let scan = env.run("scan music --method mfcc --json");
    assert_eq!(
        (scan.status, counts(&scan.json(), ["decoded", "failed", "partial"])),
        (3, [2, 4, 0]),
        "{scan:?}"
    );
    let errors = env.json("errors");
    let reason = |name: &str| {
        let rows = errors["failures"].as_array().unwrap();
        let row = rows.iter().find(|row| row["path"].as_str().unwrap().ends_with(name)).unwrap();
        (row["kind"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap().to_owned())
    };
    let unsupported = |reason: &str| ("unsupported".to_owned(), reason.to_owned());
    assert_eq!(reason("refused.wv"), unsupported("ffmpeg 9.1: Invalid data found"));
    assert_eq!(reason("chatty.wv"), unsupported("ffmpeg 9.1: something is wrong"));
    assert!(reason("crash.wv").1.contains("signal: 11"), "{:?}", reason("crash.wv"));
    assert_eq!(reason("hang.wv").0, "timed out");
    // Whoever inherits it may not have asked for its exit status yet, but it runs no more.
    let runs = |process: &fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let name = env.path("music/hang.wv");
        line.split(|&byte| byte == 0).any(|word| word.ends_with(name.as_os_str().as_bytes()))
    };
    let left: Vec<_> = fs::read_dir("/proc").unwrap().filter_map(Result::ok).filter(runs).collect();
    assert!(left.is_empty(), "it ends with its worker: {left:?}");

    let files = env.view().files().unwrap();
    let good = &files[&env.path("music/good.wv")];
    assert_eq!((good.seconds, good.decoder.as_deref()), (Some(2.0), Some("ffmpeg 9.1")));
}

#[test]
fn another_version_decodes_again_only_when_asked() {
    let env = home();
    wavpack(&env, "good.wv", 1, 2.0);
    fs::write(env.path("music/tone.wav"), tone(2, 2.0)).unwrap();
    assert_eq!(env.json("scan music --method mfcc")["decoded"], 2);
    fs::write(env.path("ffmpeg"), FFMPEG.replace("9.1", "9.2")).unwrap();
    let names = ["opened", "decoded"];
    assert_eq!(counts(&env.json("scan music --method mfcc"), names), [0, 0]);
    assert_eq!(counts(&env.json("scan music --method mfcc --redecode"), names), [1, 1]);
    let files = env.view().files().unwrap();
    assert_eq!(files[&env.path("music/good.wv")].decoder.as_deref(), Some("ffmpeg 9.2"));
    assert_eq!(counts(&env.json("scan music --method mfcc --redecode"), names), [0, 0]);
}

#[test]
fn what_ffmpeg_decodes_before_it_fails_is_kept_if_it_is_long_enough() {
    let env = home();
    wavpack(&env, "half.wv", 1, 2.0);
    wavpack(&env, "longer half.wv", 2, 30.0);
    let scan = env.run("scan music --method mfcc --json");
    assert_eq!(
        (scan.status, counts(&scan.json(), ["decoded", "partial", "failed"])),
        (3, [2, 1, 1]),
        "{scan:?}"
    );
    assert_eq!(
        env.failures().into_iter().collect::<Vec<_>>(),
        [("half.wv".to_owned(), "truncated".to_owned())]
    );
}

#[test]
fn tags_of_a_file_that_ffmpeg_decodes_are_no_part_of_its_identity() {
    let env = home();
    wavpack(&env, "good.wv", 1, 2.0);
    assert_eq!(env.json("scan music --method mfcc")["decoded"], 1);
    let path = env.path("music/good.wv");
    let tagged = [fs::read(&path).unwrap(), [b"TAG".as_slice(), &[b'x'; 125]].concat()].concat();
    fs::write(&path, tagged).unwrap();
    let scan = env.json("scan music --method mfcc");
    assert_eq!(counts(&scan, ["opened", "decoded", "failed"]), [1, 0, 0]);
}

#[test]
fn a_file_that_needs_ffmpeg_says_so_and_is_heard_once_that_is_installed() {
    let mut env = home();
    wavpack(&env, "good.wv", 1, 2.0);
    env.set("INDEXER_DECODER_FFMPEG", "auto");
    env.set("PATH", "/nowhere");
    assert_eq!(env.run("scan music --method mfcc").status, 3);
    let reason = env.json("errors")["failures"][0]["reason"].clone();
    assert_eq!(reason, "WavPack (install ffmpeg, and the next scan hears it)");
    let again = env.json("scan music --method mfcc");
    assert_eq!(counts(&again, ["opened", "failed_known"]), [0, 1], "not tried again for nothing");
    let path = format!("{}:/usr/bin:/bin", env.path("").display());
    env.set("PATH", &path);
    let heard = env.json("scan music --method mfcc");
    assert_eq!(counts(&heard, ["opened", "decoded", "failed"]), [1, 1, 0]);
}

#[test]
fn a_program_that_does_not_run_is_refused_in_one_line() {
    let mut env = home();
    env.set("INDEXER_DECODER_FFMPEG", "/nowhere/ffmpeg");
    let scan = env.run("scan music");
    assert_eq!(scan.status, 2, "{scan:?}");
    assert!(
        scan.stderr.contains("decoder.ffmpeg = \"/nowhere/ffmpeg\": there is no such program"),
        "{scan:?}"
    );
    assert!(scan.stderr.contains("\"auto\" or \"off\""), "{scan:?}");
}
