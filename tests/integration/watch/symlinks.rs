//! Links in circles and out of the root under a daemon (T13).

use std::{fs, os::unix::fs::symlink};

use rustix::process::Signal;

use crate::support::{daemon::Daemon, environment::TestEnv, recordings::tones, store_contents::stored};

/// Makes links to itself, upwards, out, and to nowhere, while somebody watches.
fn tangle(env: &TestEnv) {
    let (music, outside) = (env.path("music"), env.path("outside"));
    fs::create_dir_all(music.join("a/b")).unwrap();
    for (target, link) in [
        (music.clone(), "a/b/up"),
        (".".into(), "a/here"),
        ("itself".into(), "itself"),
        ("itself.wav".into(), "itself.wav"),
        ("/no/such/place".into(), "broken.wav"),
        (outside.clone(), "out"),
        (outside.join("far_0.wav"), "out.wav"),
    ] {
        symlink(target, music.join(link)).unwrap();
    }
    symlink(&music, outside.join("back")).unwrap();
}

#[test]
fn a_daemon_follows_links_only_where_that_is_asked_for_and_never_in_circles() {
    for follow in [false, true] {
        let mut env = TestEnv::new();
        env.set("INDEXER_LIBRARY_FOLLOW_LINKS", if follow { "1" } else { "0" });
        tones(&env.path("outside"), "far", 0..1);
        let daemon = Daemon::start(&env, "watch music --method none");
        tangle(&env);
        tones(&env.path("music/a/b"), "near", 1..3);
        let linked = if follow { 2 } else { 0 };
        daemon.until_found(2 + linked);
        tones(&env.path("outside/deeper"), "far", 3..5);
        tones(&env.path("music/a/b"), "last", 5..6);
        let there = if follow { 2 } else { 0 };
        daemon.until_found(3 + linked + there);
        daemon.walk(&env.path("music"));
        daemon.until_it_is("idle");
        let (present, missing) = stored(&env);
        assert_eq!((present.len() as u64, missing.len()), (3 + linked + there, 0), "{present:?}");
        let through_a_link = |path: &&std::path::PathBuf| path.canonicalize().unwrap() != **path;
        assert_eq!(present.iter().filter(through_a_link).count() as u64, linked + there, "{present:?}");
        let output = daemon.end(Signal::TERM);
        assert_eq!((output.status, output.stderr.contains("warning")), (0, false), "{output:?}");
    }
}
