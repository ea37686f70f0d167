//! `indexer service`: what the units allow, and whose files come and go.

use std::{collections::BTreeMap, ffi::OsStr, fs, os::unix::ffi::OsStrExt, process::Stdio};

use crate::support::{
    environment::{Output, TestEnv},
    refusal::refuses,
    service_manager::give_manager,
};

const FAILED: i32 = 1;
const USAGE: i32 = 2;
const DAEMON: &str = "indexer.service";
const ALL: [&str; 3] = ["indexer-refresh.service", "indexer-refresh.timer", DAEMON];
const REFRESHED: &str = "service install --n 3 --playlists lists";

/// With a scanned folder and a service manager.
fn home() -> TestEnv {
    let mut env = TestEnv::new();
    give_manager(&mut env);
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    assert_eq!(env.run("scan music").status, 3);
    env
}

/// What the service manager was asked since the last time.
fn asked(env: &TestEnv) -> Vec<String> {
    let calls = fs::read_to_string(env.path("calls")).unwrap_or_default();
    drop(fs::remove_file(env.path("calls")));
    let of_systemctl = calls.lines().filter_map(|line| line.strip_prefix("systemctl --user "));
    of_systemctl.map(str::to_owned).collect()
}

/// The units that are installed.
fn units(env: &TestEnv) -> BTreeMap<String, String> {
    let entries = fs::read_dir(env.path("config/systemd/user")).into_iter().flatten();
    let unit = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
    };
    entries.map(|entry| unit(entry.unwrap().path())).collect()
}

fn assert_lines(unit: &str, lines: &[String]) {
    for line in lines {
        assert!(unit.lines().any(|there| there == line), "`{line}` is not in\n{unit}");
    }
}

#[test]
fn units_run_this_program_and_write_only_where_they_must() {
    let env = home();
    fs::create_dir_all(env.path("my settings")).unwrap();
    let settings = "logfile = \"logs/log\"\nstore = \"../data/indexer\"\n[library]\nroots = [\"/mnt/more music\"]\n\
                    [models]\nfolder = \"/srv/models\"\n[cluster]\nn = 3\nplaylists = \"my lists\"\n";
    fs::write(env.path("my settings/config.toml"), settings).unwrap();
    fs::create_dir(env.path("my settings/logs")).unwrap();
    let mut command = env.indexer("service install --output p.json --at 7:05 --jobs 1 --config");
    command.arg("my settings/config.toml");
    let output = Output::of(command);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    let home = env.path("").display().to_string();
    let home = home.trim_end_matches('/');
    let program = env!("CARGO_BIN_EXE_indexer");
    let units = units(&env);
    assert_eq!(units.keys().collect::<Vec<_>>(), ALL);
    assert_lines(
        &units[DAEMON],
        &[
            format!("ExecStart=:{program} watch --config \"{home}/my settings/config.toml\" --jobs 1"),
            "ReadOnlyPaths=\"-/mnt/more music\"".to_owned(),
            format!("ReadOnlyPaths=-{home}/music"),
            format!("ReadWritePaths=-{home}/data/indexer"),
            format!("ReadWritePaths=\"-{home}/my settings/logs\""),
            "ReadOnlyPaths=-/srv/models".to_owned(),
            format!("Environment=XDG_DATA_HOME={home}/data"),
            "NotifyAccess=main".to_owned(),
            "UMask=0077".to_owned(),
        ],
    );
    assert!(!units[DAEMON].contains("my lists") && !units[DAEMON].contains("p.json"));
    let refresh = &units["indexer-refresh.service"];
    assert_lines(
        refresh,
        &[
            format!(
                "ExecStart=:{program} cluster --config \"{home}/my settings/config.toml\" --jobs 1 --output {home}/p.json"
            ),
            format!("ReadOnlyPaths=-{home}/music"),
            format!("ReadWritePaths=-{home}"),
            format!("ReadWritePaths=\"-{home}/my settings/my lists\""),
        ],
    );
    assert!(!refresh.contains("UMask="), "players of other users read the playlists");
    assert_lines(
        &units["indexer-refresh.timer"],
        &["OnCalendar=*-*-* 07:05:00".to_owned(), "Persistent=true".to_owned()],
    );
}

#[test]
fn what_is_printed_is_what_is_installed() {
    let env = home();
    let printed = env.json("service print --n 3 --playlists lists");
    assert!(units(&env).is_empty() && asked(&env).is_empty() && !env.path("lists").exists());
    let text = env.run("service print --n 3 --playlists lists").stdout;
    assert_eq!(env.run(REFRESHED).status, 0);
    assert!(env.path("lists").is_dir());
    for unit in printed["units"].as_array().unwrap() {
        let installed = fs::read_to_string(unit["path"].as_str().unwrap()).unwrap();
        assert_eq!(unit["text"], installed);
        assert!(text.contains(&format!("# {}\n{}", unit["path"].as_str().unwrap(), installed.trim_end())));
    }
}

#[test]
fn units_are_started_when_they_come_and_stopped_before_they_go() {
    let env = home();
    let both = "indexer.service indexer-refresh.timer";
    let start = ["daemon-reload".to_owned(), format!("try-restart {both}"), format!("enable --now {both}")];
    let installed = env.run(REFRESHED);
    assert!(installed.stdout.contains("enable-linger"), "{installed:?}");
    assert_eq!(asked(&env), start);
    assert_eq!(env.json(REFRESHED)["started"], true);
    assert_eq!(asked(&env), [start[0].clone(), start[2].clone()], "what has not changed goes on");
    assert_eq!(env.run("service install --n 4 --playlists lists").status, 0);
    assert_eq!(asked(&env), start);

    let removed = env.json("service uninstall");
    assert_eq!(removed["removed"].as_array().unwrap().len(), 3);
    assert_eq!(asked(&env), [&format!("disable --now {both}"), "daemon-reload"]);
    assert!(units(&env).is_empty());
    let again = env.run("service uninstall");
    assert_eq!((again.status, asked(&env).len()), (0, 0), "{again:?}");
}

#[test]
fn without_settings_for_a_refresh_there_is_no_timer_and_a_line_that_says_how_to_get_it() {
    for line in ["service install", "service install --n 3"] {
        let env = home();
        let output = env.run(line);
        assert_eq!(output.status, 0, "{output:?}");
        assert!(output.stdout.contains("`indexer service install --playlists"), "{output:?}");
        assert_eq!(units(&env).keys().collect::<Vec<_>>(), [DAEMON]);
        assert_eq!(asked(&env).last().unwrap(), "enable --now indexer.service");
    }
}

#[test]
fn a_file_of_somebody_else_is_neither_replaced_nor_removed() {
    for name in ALL {
        let env = home();
        fs::create_dir_all(env.path("config/systemd/user")).unwrap();
        let theirs = env.path("config/systemd/user").join(name);
        fs::write(&theirs, "[Service]\nExecStart=/bin/true\n").unwrap();
        let line = format!("{REFRESHED} --sandbox full");
        refuses(&env, &line, FAILED, "failed", "move it away");
        assert_eq!(env.json("service uninstall")["removed"].as_array().unwrap().len(), 0);
        assert!(theirs.exists());
    }
    // A masked unit is a link to nowhere.
    let env = home();
    fs::create_dir_all(env.path("config/systemd/user")).unwrap();
    std::os::unix::fs::symlink("/dev/null", env.path("config/systemd/user").join(DAEMON)).unwrap();
    refuses(&env, "service install --sandbox full", FAILED, "failed", "move it away");
}

#[test]
fn where_systemd_cannot_be_reached_the_units_are_written_and_a_line_says_what_to_do() {
    let env = home();
    fs::write(env.path("broken"), "Failed to connect to bus: No medium found\n").unwrap();
    let output = env.run(&format!("{REFRESHED} --json"));
    assert_eq!((output.status, &output.json()["started"]), (FAILED, &false.into()), "{output:?}");
    assert!(output.stderr.contains("No medium found; `systemctl --user enable --now"), "{output:?}");
    assert_eq!((output.stderr.lines().count(), units(&env).len()), (1, 3));
    let output = env.run("service uninstall");
    assert_eq!((output.status, output.stderr.lines().count()), (FAILED, 1), "{output:?}");
    assert!(units(&env).is_empty());

    let mut env = home();
    env.set("PATH", "/nonexistent");
    let output = env.run("service install");
    assert_eq!((output.status, units(&env).len()), (FAILED, 1), "{output:?}");
    assert!(output.stderr.contains("there is no systemctl here"), "{output:?}");
}

#[test]
fn where_the_kernel_refuses_namespaces_the_units_do_without() {
    let env = home();
    fs::write(env.path("refused"), "").unwrap();
    assert_eq!(env.json("service install")["sandbox"], "basic");
    let basic = &units(&env)[DAEMON];
    assert!(!basic.contains("PrivateUsers=") && !basic.contains("CapabilityBoundingSet="), "{basic}");
    assert_lines(basic, &["NoNewPrivileges=yes".to_owned(), "ProtectSystem=strict".to_owned()]);
    assert_eq!(env.json("service install --sandbox full")["sandbox"], "full");
    assert_lines(&units(&env)[DAEMON], &["PrivateUsers=yes".to_owned()]);
}

#[test]
fn what_makes_no_service_is_refused() {
    let env = home();
    for (line, word) in [
        ("service print --n 3 --playlists lists --method mfc", "choose from mfcc"),
        ("service install --store empty", "no folder"),
    ] {
        refuses(&env, line, USAGE, "usage", word);
    }
    for at in ["25:00", "7", "06:60", "noon"] {
        let output = env.run(&format!("service print --at {at}"));
        assert_eq!((output.status, output.stdout.as_str()), (USAGE, ""), "{output:?}");
    }
    let mut command = env.indexer("service install --n 3 --playlists");
    command.arg(OsStr::from_bytes(b"latin-\xE9"));
    let output = Output::of(command);
    assert_eq!((output.status, output.stderr.lines().count()), (USAGE, 1), "{output:?}");
    assert!(output.stderr.contains("cannot stand in a unit"), "{output:?}");
    assert!(units(&env).is_empty() && asked(&env).is_empty());
}

#[test]
fn systemd_finds_nothing_to_complain_of_and_little_that_is_exposed() {
    let env = home();
    let strange = r#"st o$re "q" %h \b"#;
    let mut command = env.indexer("scan music --method none --store");
    command.arg(strange);
    assert_eq!(Output::of(command).status, 3);
    let mut command = env.indexer(&format!("{REFRESHED} --sandbox full --store"));
    command.arg(strange);
    assert_eq!(Output::of(command).status, 0);
    fs::create_dir(env.path("run")).unwrap();

    let analyze = |arguments: &[&str]| {
        let mut command = env.command("systemd-analyze");
        command.env("XDG_RUNTIME_DIR", env.path("run")).current_dir(env.path("config/systemd/user"));
        command.args(arguments).stdin(Stdio::null()).output().map(Output::from)
    };
    let Ok(verified) = analyze(&[&["verify", "--user", "--man=no"], &ALL[..]].concat()) else {
        println!("not run: there is no systemd-analyze here");
        return;
    };
    assert_eq!((verified.status, verified.stderr.as_str(), verified.stdout.as_str()), (0, "", ""));
    for unit in [DAEMON, "indexer-refresh.service"] {
        // Tenths; measured with systemd 252, which takes every user for root: 1.9.
        let security =
            analyze(&["security", "--offline=true", "--threshold=22", "--no-pager", unit]).unwrap();
        assert_eq!(security.status, 0, "{}", security.stdout);
        assert!(security.stdout.contains("Overall exposure level"), "{security:?}");
    }
}
