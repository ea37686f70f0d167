use std::{fs, os::unix::fs::symlink};

use super::*;
use crate::{digest::Digest, playlist::Song, track::Tags};

/// A folder without links, with a song in `disk/Music/a`.
fn home() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    fs::create_dir_all(home.join("disk/Music/a")).unwrap();
    fs::write(home.join("disk/Music/a/x.mp3"), "").unwrap();
    (folder, home)
}

fn list(paths: &[PathBuf]) -> Playlist {
    let song = |path: &PathBuf| Song::example(Digest([0; 32]), path, &Tags::default());
    Playlist { id: 0, name: "Calm".into(), songs: paths.iter().map(song).collect() }
}

/// What a file in `folder` writes for these songs.
fn written(folder: &Path, base: Option<&Path>, paths: &[PathBuf]) -> Vec<PathBuf> {
    let map = PathMap::default();
    let written = SongPaths::new(folder, &map, base).written(&list(paths), true).into_owned();
    written.songs.into_iter().map(|song| song.path().to_owned()).collect()
}

/// That both readings of what a file in `folder` writes are the song.
fn assert_found(folder: &Path, song: &Path) -> PathBuf {
    let path = written(folder, None, &[song.to_owned()]).remove(0);
    let real = song.canonicalize().unwrap();
    let opened = |path: PathBuf| path.canonicalize().ok();
    assert_eq!(opened(folder.join(&path)), Some(real.clone()), "the kernel, {}", path.display());
    assert_eq!(opened(without_parents(&folder.join(&path))), Some(real), "as text, {}", path.display());
    path
}

#[test]
fn through_any_link_both_readings_lead_to_the_song() {
    let (_folder, home) = home();
    for folder in ["me", "disk/Lists", "deep/er/Lists"] {
        fs::create_dir_all(home.join(folder)).unwrap();
    }
    for (link, target) in [
        ("me/Lists", "disk/Lists"),
        ("me/Deep", "deep/er/Lists"),
        ("me/Music", "disk/Music"),
        ("disc", "disk"),
    ] {
        symlink(home.join(target), home.join(link)).unwrap();
    }
    let direct = Path::new("../Music/a/x.mp3");
    for (folder, song, expected) in [
        // Nothing is linked.
        ("disk/Lists", "disk/Music/a/x.mp3", Some(direct)),
        // The music is.
        ("disk/Lists", "me/Music/a/x.mp3", Some(direct)),
        // The kernel finds it beside the real folder, the text beside the link, which is another link.
        ("me/Lists", "me/Music/a/x.mp3", Some(direct)),
        // A link further up changes neither reading.
        ("disc/Lists", "disk/Music/a/x.mp3", Some(direct)),
        // The two readings differ.
        ("me/Deep", "disk/Music/a/x.mp3", None),
        ("me/Deep", "me/Music/a/x.mp3", None),
    ] {
        let song = home.join(song);
        let path = assert_found(&home.join(folder), &song);
        assert_eq!(path, expected.map_or(song, Path::to_owned), "{folder}");
    }
}

#[test]
fn what_is_not_under_the_base_is_left_out_and_counted() {
    let (_folder, home) = home();
    symlink(home.join("disk"), home.join("disc")).unwrap();
    let songs = ["disk/Music/a/x.mp3", "disk/Music/y.mp3", "other/z.mp3"].map(|song| home.join(song));
    for base in ["disk/Music", "disc/Music", "disk/Music/", "./disk/Music"] {
        let base = home.join(base);
        let paths = written(&home, Some(&base), &songs);
        assert_eq!(paths, [Path::new("a/x.mp3"), Path::new("y.mp3")], "{}", base.display());
        let map = PathMap::default();
        assert_eq!(SongPaths::new(&home, &map, Some(&base)).outside(&[list(&songs)]).unwrap(), 1);
    }
    // Under the base as it is spelled, though a link leads elsewhere.
    symlink(home.join("disk/Music"), home.join("other")).unwrap();
    assert_eq!(written(&home, Some(&home.join("other")), &[home.join("other/y.mp3")]), [Path::new("y.mp3")]);
}

#[test]
fn a_base_that_is_made_of_links_has_what_they_lead_to() {
    let (_folder, home) = home();
    fs::create_dir(home.join("mpd")).unwrap();
    symlink(home.join("disk/Music"), home.join("mpd/nas")).unwrap();
    let songs = [home.join("disk/Music/a/x.mp3"), home.join("disk/y.mp3"), home.join("disk/Music/z.mp3")];
    let paths = written(&home, Some(&home.join("mpd")), &songs);
    assert_eq!(paths, [Path::new("nas/a/x.mp3"), Path::new("nas/z.mp3")]);
}

#[test]
fn a_base_without_songs_is_refused_unless_all_are_mapped() {
    let (_folder, home) = home();
    let songs = [list(&[home.join("disk/Music/a/x.mp3")])];
    let nowhere = home.join("nowhere");
    let map = PathMap::default();
    let refused = SongPaths::new(&home, &map, Some(&nowhere)).outside(&songs).unwrap_err().to_string();
    assert!(
        refused.starts_with(&format!("--relative-to {}: none of the songs", nowhere.display())),
        "{refused}"
    );
    let map = PathMap::parse(&[format!("{}=/srv", home.display())]).unwrap();
    assert_eq!(SongPaths::new(&home, &map, Some(&nowhere)).outside(&songs).unwrap(), 0);
}
