//! The record of a file, whose tags have grown, and its first fields, which are read without the rest.

use std::path::Path;

use redb::ReadableTable;
use serde::Deserialize;

use super::codec::{from_bytes, peek};
use super::keys::path_of;
use super::{StoreError, View, record::Record, rows, tables::FILES};
use crate::file::{FileRecord, FileStamp};
use crate::time::Moment;
use crate::track::{ContentId, Division, Tags, TrackNumber};

impl Record for FileRecord {
    const VERSION: u8 = 2;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        let FirstFileRecord { stamp, device, content, track, tags, missing, checked } =
            from_bytes(bytes).ok().filter(|_| version == 1)?;
        let FirstTags { title, artist, album, genres } = tags;
        let tags = Tags { title, artist, album, genres, further: None };
        let division = Division::Whole;
        Some(Self { stamp, device, content, track, tags, division, missing, checked })
    }
}

/// How the record of a file begins, in all versions.
#[derive(Deserialize)]
pub(crate) struct FileHead<'r> {
    _stamp: FileStamp,
    _device: u64,
    _content: Option<ContentId>,
    pub track: Option<TrackNumber>,
    pub title: &'r str,
    pub artist: &'r str,
}

impl View {
    /// How the record of every file begins, in the order of the paths' bytes: three times as fast as reading them all. Nobody
    /// checks whether they are damaged, and what is no record is left out.
    pub(crate) fn file_heads(&self, mut visit: impl FnMut(&Path, FileHead<'_>)) -> Result<(), StoreError> {
        self.reading(|read| {
            let Some(table) = rows::open(read, FILES)? else { return Ok(()) };
            for entry in table.iter()? {
                let (key, row) = entry?;
                if let Some(head) = peek(row.value()) {
                    visit(path_of(key.value()), head);
                }
            }
            Ok(())
        })
    }
}

/// A file as schemas 1 to 4 kept it.
#[derive(Deserialize)]
struct FirstFileRecord {
    stamp: FileStamp,
    device: u64,
    content: Option<ContentId>,
    track: Option<TrackNumber>,
    tags: FirstTags,
    missing: Option<Moment>,
    checked: Moment,
}

#[derive(Deserialize)]
struct FirstTags {
    title: String,
    artist: String,
    album: String,
    genres: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::codec;
    use crate::store::tables::FILES;
    use crate::track::{FurtherTags, Numbering, TagDate};

    const KEY: &[u8] = b"/music/song.mp3";

    fn stamp() -> FileStamp {
        FileStamp { size: 7, mtime: -1, ctime: None, inode: Some(300) }
    }

    #[test]
    fn a_file_of_schema_4_has_the_tags_that_it_had() {
        let missing = Moment::from_second(5);
        let checked = Moment::from_second(1_800_000_000).unwrap();
        let tags = ("Title", "Artist", "Album", ["Jazz", "Pop"].as_slice());
        let first = (stamp(), 9_u64, None::<ContentId>, Some(TrackNumber(3)), tags, missing, checked);
        let row = codec::seal(FILES, &KEY, &[&[1], &codec::to_bytes(&first)[..]].concat());
        let expected = FileRecord {
            stamp: stamp(),
            device: 9,
            content: None,
            track: Some(TrackNumber(3)),
            tags: Tags {
                title: "Title".into(),
                artist: "Artist".into(),
                album: "Album".into(),
                genres: vec!["Jazz".into(), "Pop".into()],
                further: None,
            },
            division: Division::Whole,
            missing,
            checked,
        };
        let head: FileHead<'_> = peek(&row).unwrap();
        assert_eq!((head.track, head.title, head.artist), (Some(TrackNumber(3)), "Title", "Artist"));
        assert_eq!(codec::decode(FILES, &KEY, &row), Ok(expected));
    }

    #[test]
    fn the_rest_of_the_tags_is_kept() {
        let further = FurtherTags {
            date: TagDate::parse("2004-05-06"),
            track: Numbering { number: 3, total: 12 },
            track_gain: Some(-6.5),
            ..FurtherTags::default()
        };
        let tags = Tags { title: "Title".into(), further: Some(Box::new(further)), ..Tags::default() };
        let checked = Moment::from_second(1).unwrap();
        let record = FileRecord {
            stamp: stamp(),
            device: 1,
            content: None,
            track: None,
            tags,
            division: Division::Whole,
            missing: None,
            checked,
        };
        let row = codec::encode(FILES, &KEY, &record);
        let head: FileHead<'_> = peek(&row).unwrap();
        assert_eq!((head.track, head.title), (None, "Title"));
        assert_eq!(codec::decode(FILES, &KEY, &row), Ok(record));
    }
}
