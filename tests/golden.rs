//! The clips of the repository against numbers made elsewhere; each golden has its script beside it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use indexer::testing::identify;

fn clips() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips");
    let mut clips: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "py"))
        .collect();
    clips.sort();
    clips
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Every vector of every library hangs on these: a change here is a new recipe, or a mistake.
#[test]
fn the_clips_keep_their_names() {
    let golden = include_str!("golden/content_ids.txt");
    let golden: BTreeMap<&str, &str> = golden.lines().filter_map(|line| line.split_once(' ')).collect();
    let named: BTreeMap<String, String> =
        clips().iter().map(|path| (name(path), identify(path).unwrap().content)).collect();
    let named: BTreeMap<&str, &str> = named.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
    assert_eq!(named, golden);
}

#[test]
fn tags_are_read_from_every_format() {
    for path in clips() {
        let tags = identify(&path).unwrap();
        let style = name(&path).split('_').next().unwrap().to_owned();
        assert!(
            !tags.title.is_empty() && !tags.artist.is_empty() && !tags.album.is_empty(),
            "{path:?} {tags:?}"
        );
        assert_eq!(tags.genres.len(), 1, "{path:?} {tags:?}");
        assert!(tags.genres[0].to_lowercase().contains(&style), "{path:?} {tags:?}");
    }
}
