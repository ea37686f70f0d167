use std::{collections::BTreeMap, os::unix::fs::PermissionsExt, thread};

use tempfile::TempDir;

use super::*;

/// A sentence, the lines of two processes, and what then lies under `log`, `log.1` and `log.2`.
type Case = (&'static str, &'static [(usize, &'static str)], [&'static str; 3]);

/// With logs of eight bytes, of which two are kept.
const CASES: &[Case] = &[
    ("a log with room is left", &[(0, "abcd"), (0, "efgh")], ["abcdefgh", "", ""]),
    ("a full one is kept beside it", &[(0, "abcdefgh"), (0, "i")], ["i", "abcdefgh", ""]),
    ("a line is never cut", &[(0, "abcdef"), (0, "ghi")], ["ghi", "abcdef", ""]),
    ("a line longer than a log has one for itself", &[(0, "abcdefghij"), (0, "k")], ["k", "abcdefghij", ""]),
    (
        "the oldest goes",
        &[(0, "aaaaaaaa"), (0, "bbbbbbbb"), (0, "cccccccc"), (0, "d")],
        ["d", "cccccccc", "bbbbbbbb"],
    ),
    ("another process follows", &[(0, "aaaa"), (1, "bbbb"), (0, "c"), (1, "d")], ["cd", "aaaabbbb", ""]),
    (
        "two that find it full rotate it once",
        &[(0, "a"), (1, "bbbbbbb"), (1, "ccc"), (0, "ddd")],
        ["cccddd", "abbbbbbb", ""],
    ),
];

fn open(folder: &TempDir) -> RotatingFile {
    RotatingFile::open(&folder.path().join("log"), 8, 2).unwrap()
}

fn lies(folder: &TempDir) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    let text = |path| fs::read_to_string(path).unwrap();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), text(entry.path()))).collect()
}

#[test]
fn logs_are_rotated_as_the_table_says() {
    for (sentence, lines, [log, first, second]) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = [open(&folder), open(&folder)];
        for (process, line) in *lines {
            processes[*process].write_all(line.as_bytes()).unwrap();
        }
        let expected = [("log", log), ("log.1", first), ("log.2", second)];
        let expected = expected.into_iter().filter(|(_, text)| !text.is_empty());
        let expected = expected.map(|(name, text)| (name.to_owned(), (*text).to_owned()));
        assert_eq!(lies(&folder), expected.collect(), "{sentence}");
        for name in lies(&folder).keys() {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{sentence}: {name}");
        }
    }
}

#[test]
fn processes_that_write_at_once_lose_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    thread::scope(|scope| {
        for process in 0..4 {
            let mut log = RotatingFile::open(&path, 200, 10_000).unwrap();
            scope.spawn(move || {
                for line in 0..500 {
                    log.write_all(format!("{process}:{line}\n").as_bytes()).unwrap();
                }
            });
        }
    });
    let logs = lies(&folder);
    let mut lines: Vec<_> = logs.values().flat_map(|text| text.lines()).collect();
    lines.sort_unstable();
    let mut expected: Vec<_> = (0..4).flat_map(|p| (0..500).map(move |n| format!("{p}:{n}"))).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected);
    // While one renames, the others go on in the full file: how many logs that makes is their speed's affair.
    assert!(logs.len() > 1, "none was rotated");
    assert!(logs.iter().all(|(name, text)| !text.is_empty() || name == "log"), "an empty one was rotated");
}

#[test]
fn a_log_whose_folder_goes_away_is_written_again_when_that_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("logs");
    fs::create_dir(&inside).unwrap();
    let mut log = RotatingFile::open(&inside.join("log"), 8, 2).unwrap();
    fs::remove_dir_all(&inside).unwrap();
    log.write_all(b"lost").unwrap();
    fs::create_dir(&inside).unwrap();
    log.write_all(b"kept").unwrap();
    assert_eq!(fs::read(inside.join("log")).unwrap(), b"kept");
}

#[test]
fn a_log_that_cannot_be_renamed_goes_on_and_no_old_one_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("log.1/is/a/folder")).unwrap();
    fs::create_dir_all(folder.path().join("log.2/is/a/folder")).unwrap();
    let mut log = open(&folder);
    for _ in 0..5 {
        log.write_all(b"aaaaaaaa").unwrap();
    }
    assert_eq!(fs::read(folder.path().join("log")).unwrap(), [b'a'; 40]);
    assert!(folder.path().join("log.1/is").exists() && folder.path().join("log.2/is").exists());
}

#[test]
fn what_is_no_plain_file_is_never_rotated() {
    let mut full = RotatingFile::open(Path::new("/dev/full"), 8, 2).unwrap();
    for _ in 0..3 {
        full.write_all(b"no room on this disk").unwrap();
    }
    assert!(!Path::new("/dev/full.1").exists());
}

#[test]
fn a_link_to_a_log_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("log", &link).unwrap();
    let mut log = RotatingFile::open(&link, 8, 2).unwrap();
    log.write_all(b"aaaaaaaa").unwrap();
    log.write_all(b"b").unwrap();
    assert_eq!(lies(&folder)["log.1"], "aaaaaaaa");
    assert_eq!(lies(&folder)["link"], "b");
    assert!(link.is_symlink());
}
