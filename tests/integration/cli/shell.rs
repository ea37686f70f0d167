//! What shells and `man` are given, and how long help is.

use std::fs;

use crate::support::environment::TestEnv;

#[test]
fn every_shell_gets_a_script_that_knows_commands_flags_and_words() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = env.run(&format!("completions {shell}"));
        assert_eq!((script.status, script.stderr.as_str()), (0, ""), "{shell}");
        // Not every shell's script offers the words that a flag takes.
        let words =
            ["kmeans", "flow", "not-audio"].into_iter().filter(|_| ["bash", "zsh", "fish"].contains(&shell));
        for word in ["playlists", "accept-missing"].into_iter().chain(words) {
            assert!(script.stdout.contains(word), "{shell} does not know {word}");
        }
        assert!(!script.stdout.contains("worker"), "{shell} completes what is hidden");
    }
    // The script is longer than an argument may be.
    fs::write(env.path("indexer.bash"), env.run("completions bash").stdout).unwrap();
    let checked = env.command("bash").arg("-n").arg(env.path("indexer.bash")).output().unwrap();
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
}

#[test]
fn a_shell_gets_its_script_whatever_the_settings_are() {
    let env = TestEnv::new();
    fs::create_dir_all(env.path("config/indexer")).unwrap();
    fs::write(env.path("config/indexer/config.toml"), "jobs =\n").unwrap();
    assert_eq!(env.run("status").status, 2);
    assert_eq!(env.run("completions bash").status, 0);
}

#[test]
fn man_prints_a_page_or_writes_one_for_every_command() {
    let env = TestEnv::new();
    let page = env.run("man").stdout;
    assert!(page.contains(".TH indexer 1") && page.contains("Exit codes"), "{page}");
    let written = env.json("man pages")["written"].clone();
    let names: Vec<_> = written.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    for name in ["indexer.1", "indexer-cluster.1", "indexer-playlists-pin.1"] {
        assert!(names.contains(&env.path("pages").join(name).to_str().unwrap()), "{name}: {names:?}");
    }
    assert_eq!(fs::read_dir(env.path("pages")).unwrap().count(), names.len());
    assert!(!names.iter().any(|name| name.contains("worker")), "{names:?}");
    let pin = fs::read_to_string(env.path("pages/indexer-playlists-pin.1")).unwrap();
    assert!(pin.contains("SONG") && pin.contains("Examples:"), "{pin}");

    fs::write(env.path("file"), "").unwrap();
    let refused = env.run("man file");
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
}

#[test]
fn short_help_is_short_and_long_help_has_examples_and_exit_codes() {
    let env = TestEnv::new();
    for line in ["", "cluster", "scan", "errors"] {
        let (short, long) =
            (env.run(&format!("{line} -h")).stdout, env.run(&format!("{line} --help")).stdout);
        assert!(short.lines().count() < long.lines().count(), "{line}");
        assert!(long.contains("\nExamples:\n  indexer ") && !short.contains("Examples:"), "{line}");
    }
    let top = env.run("--help").stdout;
    for code in ["0  done", "1  failed", "2  not", "3  done, but", "130  interrupted"] {
        assert!(top.contains(code), "{code}");
    }
    let algorithms = env.run("cluster --help").stdout;
    for name in ["kmeans", "gmm", "ward", "dbscan", "hdbscan", "center", "flow", "title", "random"] {
        assert!(algorithms.contains(&format!("\n          - {name}:")), "{name} has a row of its own");
    }
}
