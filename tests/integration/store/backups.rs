//! A backup is a store of one moment that goes on where it is copied back, and a bad one never replaces a good one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{Output, TestEnv, counts, snapshot},
    miniature_model::install,
    namespace::in_namespace,
    recordings::tones,
    refusal::refuses,
    store_contents::{vectors, wrong},
};

const FAILED: i32 = 1;
const USAGE: i32 = 2;

fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3 --playlists lists");
    env
}

/// Every file of a folder with its bytes.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    snapshot(folder).into_iter().map(|(path, (bytes, _))| (path, bytes)).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn a_store_that_is_copied_back_goes_on_where_it_was() {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    env.json("scan music --method all");
    env.json("cluster --n 3 --playlists lists -m mfcc+mini");
    env.json("playlists rename 0 Mine");
    let (status, lists) = (env.json("status"), bytes(&env.path("lists")));
    let backup = env.json("store backup kept");
    assert_eq!(backup["folder"], env.path("kept").to_str().unwrap());
    let kept: Vec<_> = bytes(&env.path("kept")).into_keys().collect();
    assert_eq!(kept.len(), backup["files"].as_array().unwrap().len() + 1, "and the mark: {kept:?}");
    fs::remove_dir_all(env.store()).unwrap();
    copy(&env.path("kept"), &env.store());
    let again = env.json("status");
    for key in ["tracks", "files", "spaces"] {
        assert_eq!(again[key], status[key]);
    }
    assert_eq!(counts(&env.json("scan --method all"), ["found", "opened", "decoded"]), [18, 0, 0]);
    env.json("cluster --n 3 --playlists lists");
    assert_eq!(bytes(&env.path("lists")), lists);
    assert_eq!(env.run("model verify").status, 0);
}

#[test]
fn a_later_backup_replaces_an_earlier_one_and_nothing_else() {
    let env = home();
    env.json("store backup kept");
    fs::write(env.path("kept/of mine.txt"), "mine").unwrap();
    tones(&env.path("music"), "tone", 0..3);
    env.json("scan music");
    env.json("store backup kept");
    assert_eq!(env.json(&format!("status --store {}", env.path("kept").display()))["tracks"], 21);
    assert_eq!(fs::read_to_string(env.path("kept/of mine.txt")).unwrap(), "mine");
    let hidden = |path: &PathBuf| path.file_name().unwrap().as_encoded_bytes().starts_with(b".");
    assert!(!bytes(&env.path("kept")).keys().any(hidden));
}

#[test]
fn backups_beside_a_daemon_that_writes_are_whole() {
    let env = home();
    let before = vectors(&env.view()).unwrap();
    tones(&env.path("music"), "tone", 0..150);
    let daemon = Daemon::begin(&env, "watch music --method mfcc");
    let mut tracks = Vec::new();
    while tracks.last() != Some(&168) {
        assert!(tracks.len() < 2000, "the daemon does not come to an end");
        env.json("store backup kept");
        let store = env.path("kept");
        assert_eq!(env.run(&format!("store check --store {}", store.display())).status, 0);
        let copied = env.json(&format!("status --store {}", store.display()));
        tracks.push(copied["tracks"].as_u64().unwrap());
        let found = vectors(&indexer::testing::OpenStore::open(&store).unwrap().unwrap()).unwrap();
        assert_eq!(wrong(&before, &found), [""; 0], "what was there is there");
    }
    assert!(tracks.is_sorted(), "{tracks:?}");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn no_folder_of_anything_else_is_written_to() {
    let env = home();
    let folder = |name: &str| fs::create_dir_all(env.path(name)).unwrap();
    folder("other");
    fs::write(env.path("other/letter.txt"), "dear").unwrap();
    fs::write(env.path("file"), "").unwrap();
    folder("second");
    let second = env.path("second").display().to_string();
    env.json(&format!("scan music --store {second}"));
    let store = env.store().display().to_string();
    for (target, word) in [
        ("other", "is no backup of this program"),
        ("file", "is no backup of this program"),
        (second.as_str(), "is no backup of this program"),
        (store.as_str(), "is a part of the store, or the store of it"),
        (&format!("{store}/kept"), "is a part of the store, or the store of it"),
        (".", "is a part of the store, or the store of it"),
        ("/", "is no backup of this program"),
    ] {
        refuses(&env, &format!("store backup {target}"), USAGE, "usage", word);
    }
    refuses(
        &env,
        "store backup unmounted/kept",
        FAILED,
        "failed",
        "is not there: make it, or mount its disk",
    );
    refuses(&env, "store backup kept --store nowhere", FAILED, "store", "there is no store in");
}

#[test]
fn a_damaged_store_does_not_replace_a_backup() {
    let env = home();
    env.json("store backup kept");
    let good = bytes(&env.path("kept"));
    let path = env.store().join("library.redb");
    let whole = fs::read(&path).unwrap();
    let mut refused = 0;
    for place in (1..40).map(|part| whole.len() * part / 40) {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        fs::write(&path, damaged).unwrap();
        let is_damaged = env.run("store check").status != 0;
        let output = env.run("store backup kept");
        // What a check finds in pages may lie in none that is copied.
        if output.status != 0 {
            refused += 1;
            assert!(is_damaged && output.stderr.contains("store check --repair"), "{output:?}");
            let now = bytes(&env.path("kept"));
            assert_eq!(now.keys().collect::<Vec<_>>(), good.keys().collect::<Vec<_>>());
            assert!(
                now.iter().all(|(path, bytes)| path.ends_with("indexer-backup.txt") || good[path] == *bytes)
            );
        } else {
            assert_eq!(env.run(&format!("store check --store {}", env.path("kept").display())).status, 0);
            fs::remove_dir_all(env.path("kept")).unwrap();
            for (file, bytes) in &good {
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, bytes).unwrap();
            }
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_full_disk_leaves_the_earlier_backup() {
    let env = home();
    let script = r#"
        mkdir -p disk && mount -t tmpfs -o size=8m small disk || exit 99
        "$1" store backup disk/kept > /dev/null || exit 98
        before=$(cat disk/kept/*.redb | cksum)
        head -c 99999999 /dev/zero > disk/ballast 2> /dev/null
        "$1" store backup disk/kept
        status=$?
        [ "$before" = "$(cat disk/kept/*.redb | cksum)" ] || exit 97
        ls -A disk/kept
        exit $status"#;
    let Some(command) = in_namespace(&env, script) else { return };
    let output = Output::of(command);
    assert_eq!(output.status, FAILED, "{output:?}");
    assert!(output.stderr.contains("make room there, or name another folder"), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    let names: Vec<_> = output.stdout.lines().collect();
    assert_eq!(names, ["indexer-backup.txt", "library.redb", "playlists.redb"]);
}
