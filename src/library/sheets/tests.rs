use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::file::FileStamp;

/// A sheet of two songs for each of these files.
fn sheet(files: &[&str]) -> String {
    let file = |name: &&str| {
        format!(
            "FILE \"{name}\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 01:00:00\n"
        )
    };
    files.iter().map(file).collect()
}

fn found(folder: &Path, names: &[&str]) -> Vec<FoundFile> {
    let stamp = FileStamp { size: 1, mtime: 1, ctime: None, inode: None };
    names.iter().map(|name| FoundFile { path: folder.join(name), stamp, device: 1, section: None }).collect()
}

/// The paths in a folder after its sheets have divided it.
fn divided(folder: &Path, audio: &[&str], sheets: &[(&str, String)]) -> Vec<String> {
    let mut files = found(folder, audio);
    let mut paths = Vec::new();
    for (name, text) in sheets {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let result = divide(&mut files, &paths);
    assert_eq!(result.unread, []);
    assert!(files.iter().all(|file| !result.files.contains(&file.path)));
    paths.iter().for_each(|path| fs::remove_file(path).unwrap());
    let name = |file: FoundFile| file.path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files.into_iter().map(name).collect()
}

#[test]
fn a_sheet_divides_the_file_that_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (audio, name, in_sheet, expected) in [
        (
            &["a.flac", "b.flac"][..],
            "x.cue",
            &["a.flac"][..],
            &["b.flac", "a.flac/track0001", "a.flac/track0002"][..],
        ),
        (&["A.FLAC"], "x.cue", &["a.flac"], &["A.FLAC/track0001", "A.FLAC/track0002"]),
        (&["a.flac"], "x.cue", &["a.wav"], &["a.flac/track0001", "a.flac/track0002"]),
        (&["a.flac"], "x.cue", &["C:\\rips\\a.wav"], &["a.flac/track0001", "a.flac/track0002"]),
        (&["a.flac"], "x.cue", &["../elsewhere/a.wav"], &["a.flac/track0001", "a.flac/track0002"]),
        (&["a.flac"], "a.cue", &["Range.wav"], &["a.flac/track0001", "a.flac/track0002"]),
        (&["a.flac"], "a.flac.cue", &["Range.wav"], &["a.flac/track0001", "a.flac/track0002"]),
        (&["a.flac", "a.mp3"], "x.cue", &["a.mp3"], &["a.flac", "a.mp3/track0001", "a.mp3/track0002"]),
        (&["a.flac"], "x.cue", &["b.wav"], &["a.flac"]),
        (&["a.flac"], "a.cue", &["b.wav", "c.wav"], &["a.flac"]),
        (
            &["a.flac", "b.flac"],
            "x.cue",
            &["a.wav", "b.wav"],
            &["a.flac/track0001", "a.flac/track0002", "b.flac/track0003", "b.flac/track0004"],
        ),
        (&[], "x.cue", &["a.wav"], &[]),
    ] {
        assert_eq!(
            divided(folder, audio, &[(name, sheet(in_sheet))]),
            expected,
            "{audio:?} {name} {in_sheet:?}"
        );
    }
    let two = [("1.cue", sheet(&["a.flac"]).replace("01:00:00", "02:00:00")), ("2.cue", sheet(&["a.flac"]))];
    assert_eq!(divided(folder, &["a.flac"], &two).len(), 2, "the first sheet counts");
}

#[test]
fn what_is_no_sheet_does_not_hold_a_scan_up() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    rustix::fs::mkfifoat(rustix::fs::CWD, folder.join("pipe.cue"), rustix::fs::Mode::RUSR).unwrap();
    symlink("/dev/zero", folder.join("zero.cue")).unwrap();
    fs::write(folder.join("large.cue"), vec![b' '; LARGEST_SHEET as usize + 1]).unwrap();
    fs::write(folder.join("noise.cue"), [0xff, 0x00, 0x81].repeat(1000)).unwrap();
    let sheets = ["gone.cue", "large.cue", "noise.cue", "pipe.cue", "zero.cue"].map(|name| folder.join(name));
    let mut files = found(folder, &["a.flac"]);
    let result = divide(&mut files, &sheets);
    assert_eq!((files.len(), result.files.len(), result.unread), (1, 0, vec![]));
}

#[test]
fn where_a_sheet_cannot_be_read_its_folder_counts_as_unread() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // A link to itself cannot be opened by anybody, not even by root.
    symlink("album.cue", folder.join("album.cue")).unwrap();
    let mut files = found(folder, &["a.flac"]);
    files.extend(found(Path::new("/elsewhere"), &["b.flac"]));
    let result = divide(&mut files, &[folder.join("album.cue")]);
    assert_eq!(files, found(Path::new("/elsewhere"), &["b.flac"]));
    assert_eq!(result.unread[0].path, folder);
    assert!(result.unread[0].reason.contains("album.cue: "), "{:?}", result.unread);
}

#[test]
fn what_happens_to_a_sheet_or_beside_one_is_looked_at_in_all_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["plain/a.flac", "album/a.flac", "album/a.cue"] {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), "").unwrap();
    }
    for (marked, expected) in [
        ("plain/a.flac", "plain/a.flac"),
        ("plain/gone.flac", "plain/gone.flac"),
        ("plain/gone.cue", "plain"),
        ("plain/a.flac/track0002", "plain/a.flac"),
        ("album/a.flac", "album"),
        ("album/a.cue", "album"),
        ("album/a.flac/track0002", "album"),
        ("album", "album"),
        ("gone/album", "gone/album"),
    ] {
        let is_sheet = |path: &Path| path.extension().is_some_and(|extension| extension == "cue");
        assert_eq!(widened(vec![folder.join(marked)], is_sheet), [folder.join(expected)], "{marked}");
    }
}
