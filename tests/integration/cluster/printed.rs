//! What `cluster` prints, and where: the table, the log, and the playlists themselves on stdout.

use std::fs;

use crate::support::{
    clustered::{cluster, home},
    environment::{TestEnv, snapshot},
    tagged_songs::{noise, titled},
};

#[test]
fn the_last_line_says_where_the_files_went() {
    let env = home();
    let last = |line: &str| env.run(line).stdout.lines().last().unwrap().to_owned();
    assert_eq!(last("cluster --n 3 --playlists lists --format m3u8,xspf"), "6 files in lists");
    assert_eq!(last("cluster --n 3 --playlists lists"), "3 files in lists");
    let home = env.path("lists");
    assert_eq!(last(&format!("cluster --n 3 --playlists {}", home.display())), "3 files in ~/lists");
    assert_eq!(
        last("cluster --n 3 --playlists lists -o p.json"),
        "3 files in lists; all playlists in p.json"
    );
    assert_eq!(last("runs restore latest -o p.json"), "all playlists in p.json");
    assert_eq!(last("cluster --n 3"), "no files written: --playlists DIR writes them");
}

#[test]
fn playlists_on_stdout_are_alone_there() {
    let env = home();
    let bytes = fs::read_to_string(env.path("p.json")).unwrap();
    let before = snapshot(&env.path("lists"));
    let output = env.run("cluster --n 3 -o -");
    assert_eq!((output.status, &output.stdout), (0, &bytes), "{output:?}");
    assert!(
        output.stderr.contains("18 tracks in 3 playlists, ") && !output.stderr.contains("no files"),
        "{output:?}"
    );
    assert!(!env.path("-").exists());
    let silent = env.run("cluster --n 3 -o - --silent");
    assert_eq!((silent.stdout.as_str(), silent.stderr.as_str()), (bytes.as_str(), ""));
    let explained = env.run("cluster --n 3 -o - --explain");
    assert!(explained.stdout == bytes && explained.stderr.contains("borderline"), "{explained:?}");
    assert_eq!(env.run("runs restore latest --output - --silent").stdout, bytes);
    let run = env.run("run --path music --n 3 --set mfcc -o -");
    assert!(run.stdout.starts_with("{\n  \"generator\"") && run.stderr.contains("18 files found"), "{run:?}");
    assert_eq!(snapshot(&env.path("lists")), before);
}

#[test]
fn two_that_want_stdout_are_refused() {
    let env = home();
    let before = snapshot(&env.path(""));
    for line in [
        "cluster --n 3 -o -",
        "run --path music --n 3 --output -",
        "runs restore latest -o -",
        "playlists export 0 -o -",
    ] {
        let output = env.run(&format!("{line} --json"));
        assert_eq!((output.status, output.stderr.lines().count()), (2, 1), "{line}: {output:?}");
        let error = &output.json()["error"];
        assert_eq!((output.stdout.lines().count(), &error["kind"]), (1, &"usage".into()), "{line}");
        assert!(error["message"].as_str().unwrap().contains("--output - and --json"), "{error}");
    }
    assert_eq!(snapshot(&env.path("")), before, "nothing is written");
}

#[test]
fn songs_are_shown_by_artist_and_title() {
    let env = TestEnv::new();
    for seed in 0..4 {
        let title = format!("Song {seed}");
        fs::write(env.path(format!("music/{seed}.wav")), titled(&noise(seed), "Ann", &title)).unwrap();
    }
    fs::write(env.path("music/no tags.wav"), noise(9)).unwrap();
    env.json("scan music");
    let first = env.run("cluster --n 1").stdout;
    assert!(first.contains("  Ann – Song ") && !first.contains("new: "), "{first}");
    let explained = env.run("cluster --n 1 --explain").stdout;
    assert!(explained.contains("typical") && explained.contains("Ann – Song "), "{explained}");
    assert_eq!(env.run("cluster --n 2").status, 0);
    let more = env.run("cluster --n 3").stdout;
    assert!(more.contains("  new: "), "beside others that go on: {more}");
    for line in ["runs show --songs", "runs diff", "playlists show 0"] {
        let text = env.run(line).stdout;
        assert!(text.contains("Ann – Song ") || text.contains("no tags"), "{line}: {text}");
    }
    let shown = env.run("runs show --songs").stdout;
    assert!(shown.contains("  no tags  ") && shown.contains("0:01"), "{shown}");
}

#[test]
fn colours_are_where_they_are_wanted() {
    let mut env = home();
    let is_coloured = |env: &TestEnv, flags: &str| {
        let output = env.run(&format!("playlists list {flags}"));
        assert_eq!(output.status, 0, "{output:?}");
        output.stdout.contains("\u{1b}[1m")
    };
    assert!(!is_coloured(&env, "") && !is_coloured(&env, "--color never"));
    assert!(is_coloured(&env, "--color always"));
    env.set("CLICOLOR_FORCE", "1");
    assert!(is_coloured(&env, "") && !is_coloured(&env, "--color never"));
    env.set("NO_COLOR", "1");
    assert!(!is_coloured(&env, "") && is_coloured(&env, "--color always"));
    let plain = env.run("playlists list").stdout;
    let coloured = env.run("playlists list --color always").stdout;
    assert_eq!(coloured.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""), plain, "colours move nothing");
    assert_eq!(env.run("cluster --n 3 --color sometimes").status, 2);
}

#[test]
fn the_log_has_the_lines_that_a_silent_call_does_not_print() {
    let env = TestEnv::with_clips();
    let silent = env.run("scan music --silent --logfile log");
    assert_eq!((silent.status, silent.stdout.as_str()), (0, ""));
    let log = || fs::read_to_string(env.path("log")).unwrap();
    assert!(log().contains("INFO 18 files found, 18 opened, 18 decoded in "), "{}", log());
    let silent = env.run("cluster --n 3 --playlists lists --silent --logfile log --color always");
    assert_eq!((silent.status, silent.stdout.as_str()), (0, ""));
    let printed = env.run("cluster --n 3 --playlists lists --logfile other --color always").stdout;
    assert!(printed.contains('\u{1b}'));
    for line in [" 6 songs  ", "18 tracks in 3 playlists, ", "3 files in lists"] {
        assert!(
            log().lines().any(|logged| logged.contains("INFO") && logged.contains(line)),
            "{line}: {}",
            log()
        );
    }
    assert!(!log().contains('\u{1b}'), "no colours in a file");
    for line in ["cluster --n 2 --json", "runs restore previous --silent", "playlists rename 0 Mine --silent"]
    {
        fs::write(env.path("log"), "").unwrap();
        assert_eq!(env.run(&format!("{line} --logfile log")).status, 0);
        assert!(log().contains(" INFO "), "{line}: {}", log());
    }
    assert!(log().contains("is called Mine now"), "{}", log());
}

#[test]
fn one_of_a_kind_is_one() {
    let env = TestEnv::new();
    fs::write(env.path("music/one.wav"), noise(1)).unwrap();
    let scanned = env.run("scan music").stdout;
    assert!(scanned.starts_with("1 file found, "), "{scanned}");
    let text = env.run("cluster --n 1 --playlists lists").stdout;
    assert!(text.contains("  1 song ") && text.contains("1 track in 1 playlist, "), "{text}");
    assert!(text.ends_with("1 file in lists\n"), "{text}");
    fs::remove_file(env.path("music/one.wav")).unwrap();
    fs::write(env.path("music/two.wav"), noise(2)).unwrap();
    env.run("scan music --accept-missing");
    let pruned = env.run("store prune --dry-run").stdout;
    assert!(pruned.contains("1 missing file and 1 of 2 tracks would be forgotten"), "{pruned}");
}

#[test]
fn a_table_continues_in_the_summary_of_a_restored_run() {
    let env = home();
    cluster(&env, "--n 4");
    let restored = env.run("runs restore previous --playlists lists").stdout;
    assert!(restored.contains("% kept") && restored.ends_with("3 files in lists\n"), "{restored}");
}
