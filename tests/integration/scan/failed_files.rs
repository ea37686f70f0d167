//! A bad file costs itself alone: it is listed with its kind and reason, and not tried again for nothing.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::support::{
    environment::{Output, TestEnv, clip, counts},
    namespace::without_privileges,
    recordings::{tone, wav},
};

/// A file that cannot be indexed: its name, its bytes, its kind, and a word of the reason.
type Bad = (&'static str, fn() -> Vec<u8>, &'static str, &'static str);

const BAD: &[Bad] = &[
    ("empty.mp3", Vec::new, "empty", "no bytes"),
    ("text.mp3", || b"Dear diary, today I heard a song.\n".repeat(90), "not audio", "no known format"),
    ("zeros.flac", || vec![0; 5000], "not audio", ""),
    ("cut.wav", || cut("ambient_05.wav", 40), "truncated", " of 5."),
    ("cut.aiff", || cut("ambient_06.aiff", 40), "truncated", ""),
    ("cut.flac", || cut("ambient_02.flac", 40), "truncated", ""),
    ("cut with a Xing header.mp3", || cut("ambient_01.mp3", 40), "truncated", ""),
    ("cut.m4a", || cut("ambient_04.m4a", 40), "truncated", "moov"),
    ("cut in its header.wav", || cut("ambient_05.wav", 0)[..20].to_vec(), "truncated", "header"),
    ("speex.ogg", speex, "unsupported", "Speex"),
    ("speex.opus", speex, "unsupported", "Speex"),
    ("wavpack.wv", || [b"wvpk".as_slice(), &[7; 3000]].concat(), "unsupported", "WavPack"),
    ("ape.mp3", || [b"MAC ".as_slice(), &[7; 3000]].concat(), "unsupported", "Monkey's Audio"),
    ("no data.wav", || wav(&[]), "no samples", ""),
    ("too short.wav", || tone(1, 0.5), "too short", "0.50 s"),
    ("silence.wav", || wav(&[0; 50_000]), "silence", "dBFS"),
];

/// The first `percent` of a clip, but no less than its first 64 bytes.
fn cut(name: &str, percent: usize) -> Vec<u8> {
    let bytes = clip(name);
    bytes[..(bytes.len() * percent / 100).max(64)].to_vec()
}

/// The first page of an Ogg stream (RFC 3533) with the beginning of Speex' header, and noise behind it.
fn speex() -> Vec<u8> {
    let head = b"Speex   1.2.1\0\0\0\0\0\0";
    let mut page = b"OggS\0\x02".to_vec();
    page.extend([0; 8]);
    page.extend(b"\x01\0\0\0\0\0\0\0\x9a\x4c\x0f\x11\x01");
    page.push(head.len() as u8);
    page.extend(head);
    page.extend((0..4000_u32).map(|n| (n * 7 % 253) as u8));
    page
}

/// The clips, and every bad file.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    for (name, bytes, _, _) in BAD {
        fs::write(env.path("music").join(name), bytes()).unwrap();
    }
    env
}

#[test]
fn every_bad_file_has_its_kind_and_a_reason_of_one_line() {
    let env = home();
    let first = env.run("scan music --json");
    let all = BAD.len() as u64;
    assert_eq!(first.status, 3, "{first:?}");
    let found = counts(&first.json(), ["found", "opened", "failed", "failed_known"]);
    assert_eq!(found, [18 + all, 18 + all, all, 0]);
    assert_eq!(first.json()["stored"]["mfcc"], 18, "every other file is done");
    let kinds = env.failures();
    assert_eq!(kinds.len(), BAD.len());
    let errors = env.json("errors");
    for (name, _, kind, word) in BAD {
        assert_eq!(kinds.get(*name).map(String::as_str), Some(*kind), "{name}");
        let path = env.path("music").join(name).display().to_string();
        let row = errors["failures"].as_array().unwrap().iter().find(|row| row["path"] == *path).unwrap();
        let reason = row["reason"].as_str().unwrap();
        assert!(!reason.is_empty() && !reason.contains('\n') && reason.contains(word), "{name}: {reason}");
        assert_eq!((&row["tries"], &row["final"]), (&1.into(), &true.into()), "{name}");
        let line = first.stderr.lines().find(|line| line.starts_with(&path)).unwrap_or_default();
        assert_eq!(line, format!("{path}: {kind}: {reason}"));
    }
    let text = env.run("errors");
    let files = text.stdout.lines().filter(|line| line.starts_with("    "));
    assert_eq!((text.status, files.count()), (0, BAD.len()));
}

#[test]
fn known_failures_are_counted_and_not_tried_again() {
    let env = home();
    assert_eq!(env.run("scan music").status, 3);
    let second = env.run("scan --json");
    assert_eq!((second.status, second.stderr.as_str()), (0, ""), "{second:?}");
    let all = BAD.len() as u64;
    assert_eq!(counts(&second.json(), ["opened", "failed", "failed_known"]), [0, 0, all]);
    assert_eq!(env.json("cluster --n 3")["coverage"], 1.0, "what has failed for good is not lacking");
}

#[test]
fn failures_are_tried_again_when_asked_for_or_when_the_file_changes() {
    let env = home();
    assert_eq!(env.run("scan music").status, 3);
    let retried = env.run("scan --retry-failed --json");
    let all = BAD.len() as u64;
    assert_eq!(retried.status, 3);
    assert_eq!(counts(&retried.json(), ["opened", "failed", "failed_known"]), [all, all, 0]);
    let errors = env.json("errors");
    assert!(errors["failures"].as_array().unwrap().iter().all(|row| row["tries"] == 2), "{errors}");
    for (name, ..) in BAD {
        fs::write(env.path("music").join(name), tone(name.len() as u64 * 77, 1.2)).unwrap();
    }
    assert_eq!(counts(&env.json("scan"), ["opened", "failed", "failed_known"]), [all, 0, 0]);
    assert!(env.failures().is_empty());
}

#[test]
fn a_renamed_or_copied_failure_is_known() {
    let env = home();
    assert_eq!(env.run("scan music").status, 3);
    fs::create_dir(env.path("music/bad")).unwrap();
    for (name, ..) in BAD {
        fs::rename(env.path("music").join(name), env.path("music/bad").join(name)).unwrap();
    }
    let all = BAD.len() as u64;
    let renamed = env.json("scan");
    assert_eq!(counts(&renamed, ["renamed", "opened", "failed", "failed_known"]), [all, 0, 0, all]);
    assert_eq!(env.failures().len(), BAD.len());
    for (name, ..) in BAD {
        fs::copy(env.path("music/bad").join(name), env.path("music").join(name)).unwrap();
    }
    let copied = env.json("scan");
    assert_eq!(counts(&copied, ["opened", "decoded", "failed"]), [all, 0, 0]);
}

#[test]
fn half_a_file_is_kept_as_partial() {
    let env = TestEnv::new();
    for name in ["ambient_05.wav", "ambient_06.aiff", "ambient_02.flac", "ambient_01.mp3"] {
        fs::write(env.path("music").join(name), cut(name, 70)).unwrap();
    }
    let summary = env.json("scan music");
    assert_eq!(counts(&summary, ["decoded", "failed", "partial"]), [4, 0, 4]);
}

#[test]
fn what_is_kept_in_part_is_counted_and_listed_with_what_is_missing() {
    let env = TestEnv::with_clips();
    let mut damaged = clip("ambient_02.flac");
    let middle = damaged.len() / 2;
    damaged[middle..middle + 5000].fill(0);
    fs::write(env.path("music/damaged.flac"), damaged).unwrap();
    fs::write(env.path("music/cut.wav"), cut("ambient_05.wav", 70)).unwrap();
    fs::write(env.path("music/empty.wav"), b"").unwrap();
    let scan = env.run("scan music --json");
    assert_eq!((scan.status, counts(&scan.json(), ["failed", "partial"])), (3, [1, 2]));

    assert_eq!(counts(&env.json("status"), ["tracks", "failures", "partial"]), [20, 1, 2]);
    let page = env.run("status").stdout;
    assert!(page.contains("partial    2 songs: `indexer errors --kind partial` says"), "{page}");

    for (line, failures) in [("errors", 1), ("errors --kind partial", 0)] {
        let errors = env.json(line);
        assert_eq!(errors["failures"].as_array().unwrap().len(), failures, "{errors}");
        let rows = errors["partial"].as_array().unwrap();
        let reasons: Vec<_> = rows.iter().map(|row| row["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons.len(), 2, "{errors}");
        assert!(reasons[0].starts_with("ends after 3.") && reasons[0].contains(" s of 5."), "{reasons:?}");
        assert!(reasons[1].contains(" s are damaged, from 2."), "{reasons:?}");
        let page = env.run(line).stdout;
        assert!(page.contains("\npartial: 2 files, ") || page.starts_with("partial: 2 files, "), "{page}");
        assert!(page.contains(&format!("/music/damaged.flac: {}", reasons[1])), "{page}");
        assert_eq!(page.contains("empty: 1 file"), failures == 1, "{page}");
    }
    assert_eq!(env.json("errors --kind empty")["partial"].as_array().unwrap().len(), 0);
    fs::write(env.path("music/cut.wav"), clip("ambient_05.wav")).unwrap();
    fs::remove_file(env.path("music/damaged.flac")).unwrap();
    assert_eq!(counts(&env.json("scan"), ["failed", "partial"]), [0, 0]);
    assert_eq!(env.json("errors")["partial"].as_array().unwrap().len(), 0, "mended, and missing");
    assert_eq!(env.json("status")["partial"], 0);
}

#[test]
fn an_unreadable_file_is_tried_at_each_scan() {
    let env = TestEnv::with_clips();
    let song = env.path("music/ambient_01.mp3");
    fs::set_permissions(&song, fs::Permissions::from_mode(0o000)).unwrap();
    for tries in 1..=2 {
        let output = Output::of(without_privileges(&env, "scan music --json"));
        assert_eq!(output.status, 3, "{output:?}");
        assert_eq!(counts(&output.json(), ["found", "failed", "failed_known"]), [18, 1, 0]);
        assert_eq!(env.failures()["ambient_01.mp3"], "unreadable");
        let row = &env.json("errors")["failures"][0];
        assert_eq!((&row["tries"], &row["final"]), (&tries.into(), &false.into()));
        assert!(row["reason"].as_str().unwrap().starts_with("errno 13"), "{row}");
    }
    fs::set_permissions(&song, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(counts(&env.json("scan"), ["decoded", "failed"]), [1, 0]);
    assert!(env.failures().is_empty());
}
