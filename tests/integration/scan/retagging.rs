//! New tags and a cover are new bytes, but not new music.

use std::{fs, path::Path};

use lofty::{
    config::WriteOptions,
    file::{AudioFile, TaggedFileExt},
    picture::{MimeType, Picture, PictureType},
    tag::{Accessor, Tag},
};

use crate::support::environment::{TestEnv, clips, counts};

/// Bytes of the cover.
const COVER: usize = 300_000;

/// Writes a title and a cover into a file's own kind of tag.
fn retag(path: &Path, title: &str) {
    let mut file = lofty::read_from_path(path).unwrap();
    let kind = file.primary_tag_type();
    if file.primary_tag().is_none() {
        file.insert_tag(Tag::new(kind));
    }
    let tag = file.primary_tag_mut().unwrap();
    tag.set_title(title.to_owned());
    tag.set_artist("Somebody Else".to_owned());
    let cover = Picture::unchecked((0..COVER).map(|n| (n % 251) as u8).collect());
    tag.push_picture(cover.pic_type(PictureType::CoverFront).mime_type(MimeType::Png).build());
    file.save_to_path(path, WriteOptions::default()).unwrap();
}

#[test]
fn new_tags_and_a_cover_decode_nothing() {
    for clip in clips() {
        let env = TestEnv::new();
        let name = clip.file_name().unwrap().to_str().unwrap();
        let path = env.path("music").join(name);
        fs::copy(&clip, &path).unwrap();
        env.json("scan music");
        for title in ["First", "Second"] {
            retag(&path, title);
            let summary = env.json("scan");
            assert_eq!(counts(&summary, ["opened", "decoded", "failed"]), [1, 0, 0], "{name}");
            let file = &env.view().files().unwrap()[&path];
            assert_eq!((&*file.title, &*file.artist), (title, "Somebody Else"), "{name}");
        }
        assert!(fs::metadata(&path).unwrap().len() > COVER as u64, "{name}");
        assert_eq!(env.json("status")["tracks"], 1, "{name}");
    }
}
