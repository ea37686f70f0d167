use std::{fs, os::unix::fs::symlink};

use super::*;
use crate::library::{FolderNames, discarded::DISCARDED};

fn rules() -> Rules {
    Rules {
        extensions: vec!["mp3".into()],
        ignore: vec![],
        discarded: FolderNames::new(DISCARDED),
        hidden: false,
        follow_links: false,
        cue: true,
    }
}

fn names(root: &Path, rules: &Rules) -> Vec<String> {
    let walk = Walk::of(root, root, rules).unwrap();
    let name = |file: &FoundFile| file.path.strip_prefix(root).unwrap().display().to_string();
    walk.files.iter().map(name).collect()
}

#[test]
fn rules_decide_what_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in ["a.mp3", "b.MP3", "c.txt", ".d.mp3", "x/e.mp3", "x/skip/f.mp3", "y/g.mp3"] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), b"").unwrap();
    }
    fs::write(outside.path().join("o.mp3"), b"").unwrap();
    fs::write(root.join("x/.ndignore"), "skip/\n*.mp3\n").unwrap();
    fs::write(root.join("x/.indexerignore"), "!e.mp3\n").unwrap();
    symlink(root, root.join("x/loop")).unwrap();
    symlink("itself.mp3", root.join("itself.mp3")).unwrap();
    symlink(outside.path(), root.join("out")).unwrap();
    symlink(outside.path(), root.join("out again")).unwrap();

    assert_eq!(names(root, &rules()), ["a.mp3", "b.MP3", "x/e.mp3", "y/g.mp3"]);
    let ignore = vec!["y/".into(), "*.MP3".into()];
    assert_eq!(names(root, &Rules { ignore, ..rules() }), ["a.mp3", "x/e.mp3"]);
    let (here, following) =
        (Walk::of(root, root, &rules()).unwrap(), Rules { follow_links: true, ..rules() });
    assert_eq!(here.links, 3, "the link that leads to itself leads to no music");
    assert_eq!(Walk::of(root, root, &following).unwrap().links, 0);
    assert!(names(root, &Rules { hidden: true, ..rules() }).contains(&".d.mp3".to_owned()));
    let follow = Rules { follow_links: true, ..rules() };
    assert_eq!(Walk::of(root, root, &follow).unwrap().errors, []);
    let followed = names(root, &follow);
    assert_eq!(followed.len(), 5, "one way into the linked folder, none around: {followed:?}");
}

#[test]
fn rules_that_are_no_file_or_too_large_leave_their_folder_unread() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in ["a.mp3", "pipe/b.mp3", "device/sub/c.mp3", "large/d.mp3", "fine/e.mp3"] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), b"").unwrap();
    }
    let pipe = root.join("pipe/.indexerignore");
    rustix::fs::mkfifoat(rustix::fs::CWD, pipe, rustix::fs::Mode::RUSR).unwrap();
    symlink("/dev/zero", root.join("device/.ndignore")).unwrap();
    fs::write(root.join("large/.indexerignore"), vec![b'x'; (1 << 20) + 1]).unwrap();
    fs::write(root.join("fine/.indexerignore"), vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(names(root, &rules()), ["a.mp3", "fine/e.mp3"]);
    let mut errors = Walk::of(root, root, &rules()).unwrap().errors;
    errors.sort_by(|a, b| a.path.cmp(&b.path));
    let reasons: Vec<_> =
        errors.iter().map(|error| (error.path.strip_prefix(root).unwrap(), &*error.reason)).collect();
    assert_eq!(
        reasons,
        [
            (Path::new("device"), "its .ndignore is not a regular file: remove it"),
            (Path::new("large"), "its .indexerignore has more than 1024 KiB: shorten it"),
            (Path::new("pipe"), "its .indexerignore is not a regular file: remove it"),
        ]
    );
    let inside = Walk::of(&root.join("pipe"), &root.join("pipe"), &rules()).unwrap();
    assert_eq!((inside.files.len(), inside.errors.len()), (0, 1), "a root");
}

#[test]
fn what_vanishes_during_the_walk_is_no_error_but_a_root_is() {
    let error = |kind: std::io::ErrorKind, path: &str| {
        let err = Box::new(ignore::Error::Io(kind.into()));
        unread(&ignore::Error::WithPath { path: path.into(), err }, Path::new("/music"))
    };
    use std::io::ErrorKind::{NotFound, PermissionDenied};
    assert_eq!(error(NotFound, "/music/a.mp3"), None);
    let path = |error: Option<WalkError>| error.unwrap().path;
    assert_eq!(path(error(NotFound, "/music")), Path::new("/music"));
    assert_eq!(path(error(PermissionDenied, "/music/a.mp3")), Path::new("/music/a.mp3"));
}

#[test]
fn bins_and_closed_folders_are_not_entered_but_a_root_is_for_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("#recycle");
    for file in
        ["a.mp3", "#RECYCLE/b.mp3", "x/@eaDir/c.mp3", "x/d.mp3", "phone/e.mp3", "nd/f.mp3", "ours/sub/g.mp3"]
    {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), b"").unwrap();
    }
    for marker in ["phone/.nomedia", "nd/.ndignore", "ours/.indexerignore"] {
        fs::write(root.join(marker), b"").unwrap();
    }
    assert_eq!(names(&root, &rules()), ["a.mp3", "x/d.mp3"]);
    let all_names = Rules { discarded: FolderNames::default(), ..rules() };
    assert_eq!(names(&root, &all_names), ["#RECYCLE/b.mp3", "a.mp3", "x/@eaDir/c.mp3", "x/d.mp3"]);
    for (scope, closed) in [
        ("x/@eaDir", Some(("x/@eaDir", "its name is among those that are `discarded`"))),
        ("ours/sub", Some(("ours", ".indexerignore closes it"))),
        ("x", None),
    ] {
        let walk = Walk::of(&root, &root.join(scope), &rules()).unwrap();
        let expected =
            closed.map(|(path, reason)| WalkError { path: root.join(path), reason: reason.to_owned() });
        assert_eq!(walk.closed, expected);
    }
    fs::write(root.join(".nomedia"), b"").unwrap();
    let walk = Walk::of(&root, &root, &rules()).unwrap();
    assert_eq!((walk.files, walk.closed.map(|closed| closed.path)), (vec![], Some(root)));
}
