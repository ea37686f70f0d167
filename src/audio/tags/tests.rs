//! What is read of the files in tests/clips/tagged, and of tags that are there to do harm.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use serde::Deserialize;

use super::*;

/// A row of tags.json: the values that are right, by mutagen where it reads such tags.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Row {
    file: String,
    by: String,
    read_by: String,
    title: String,
    artists: Vec<String>,
    album: String,
    album_artist: String,
    genres: Vec<String>,
    composers: Vec<String>,
    date: String,
    track: [u16; 2],
    disc: [u16; 2],
    bpm: Option<f32>,
    key: String,
    track_gain: Option<f32>,
    album_gain: Option<f32>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips/tagged")
}

fn rows() -> Vec<Row> {
    serde_json::from_slice(&std::fs::read(folder().join("tags.json")).unwrap()).unwrap()
}

fn assert_reads(row: &Row) {
    let (file, tags) = (&row.file, read(&folder().join(&row.file)).0);
    let further = tags.further();
    assert_eq!(tags.title, row.title, "{file}");
    assert_eq!(tags.artist, row.artists.first().cloned().unwrap_or_default(), "{file}");
    assert_eq!(tags.artists(), row.artists, "{file}");
    assert_eq!(tags.album, row.album, "{file}");
    assert_eq!(tags.genres, row.genres, "{file}");
    assert_eq!(further.album_artist, row.album_artist, "{file}");
    assert_eq!(further.composers, row.composers, "{file}");
    assert_eq!(further.date.map_or(String::new(), |date| date.to_string()), row.date, "{file}");
    assert_eq!([further.track.number, further.track.total], row.track, "{file}");
    assert_eq!([further.disc.number, further.disc.total], row.disc, "{file}");
    assert_eq!((further.bpm, &further.key), (row.bpm, &row.key), "{file}");
    assert_eq!((further.track_gain, further.album_gain), (row.track_gain, row.album_gain), "{file}");
}

#[test]
fn tags_are_read_as_mutagen_reads_them() {
    let rows = rows();
    let tagged: Vec<_> = rows.iter().filter(|row| row.read_by != "hand").collect();
    for writer in ["mutagen", "ffmpeg", "metaflac", "kid3-cli"] {
        assert!(tagged.iter().any(|row| row.by == writer), "{writer}");
    }
    assert!(tagged.len() >= 30 && tagged.iter().filter(|row| row.read_by == "mutagen").count() >= 30);
    tagged.into_iter().for_each(assert_reads);
}

#[test]
fn broken_tags_cost_no_more_than_what_is_broken() {
    let rows = rows();
    let broken: Vec<_> = rows.iter().filter(|row| row.read_by == "hand").collect();
    assert!(broken.len() >= 20);
    broken.into_iter().for_each(assert_reads);
}

/// However a file breaks off or is changed, its tags are read within limits, or not at all.
#[test]
fn no_damage_makes_the_reader_fail() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut random = 1_u32;
    let mut next = move || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize
    };
    for row in rows() {
        let whole = std::fs::read(folder().join(&row.file)).unwrap();
        for turn in 0..40 {
            let mut bytes = whole.clone();
            if turn % 2 == 0 {
                bytes.truncate(next() % whole.len());
            }
            for _ in 0..turn.min(bytes.len()) {
                let at = next() % bytes.len().min(2048);
                bytes[at] = [0, 0xff, 0x7f, next() as u8][next() % 4];
            }
            file.as_file().set_len(0).unwrap();
            file.as_file_mut().seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&bytes).unwrap();
            let (tags, _) = read(file.path());
            assert!(tags.title.chars().count() <= 1024 && tags.genres.len() <= 16, "{}", row.file);
        }
    }
}

/// A cover of 50 MB, all zeros: on the disk it takes no room, and it is not read.
#[test]
fn a_large_cover_hides_no_tags() {
    const COVER: u64 = 50 << 20;
    let frame = |id: &[u8], data: &[u8]| [id, &(data.len() as u32).to_be_bytes(), &[0, 0], data].concat();
    let title = frame(b"TIT2", b"\0Behind the cover");
    let synchsafe = |size: u64| [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8);
    let size = 10 + COVER + title.len() as u64;
    let cover = [b"APIC".as_slice(), &(COVER as u32).to_be_bytes(), &[0, 0]].concat();
    let id3 = [b"ID3\x03\0\0".as_slice(), &synchsafe(size), &cover].concat();

    let atom =
        |id: &[u8], content: u64, inside: &[u8]| [&(8 + content as u32).to_be_bytes(), id, inside].concat();
    let data = |kind: u8, text: &[u8]| {
        atom(b"data", 8 + text.len() as u64, &[&[0, 0, 0, kind, 0, 0, 0, 0], text].concat())
    };
    let name = data(1, b"Behind the cover");
    let name = atom(b"\xa9nam", name.len() as u64, &name);
    let list = 8 + COVER + name.len() as u64;
    let covr = atom(b"covr", COVER, &[]);
    let ilst = atom(b"ilst", list, &covr);
    let meta = atom(b"meta", 4 + 8 + list, &[&[0; 4], &*ilst].concat());
    let udta = atom(b"udta", 8 + 12 + list, &meta);
    let moov = atom(b"moov", 16 + 12 + list, &udta);
    let mp4 = [&*atom(b"ftyp", 4, b"M4A "), &*moov].concat();

    for (head, tail) in [(id3, title), (mp4, name)] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&head).unwrap();
        file.as_file_mut().seek(SeekFrom::Current(COVER as i64)).unwrap();
        file.write_all(&tail).unwrap();
        assert_eq!(read(file.path()).0.title, "Behind the cover");
    }
}

#[test]
fn what_is_no_file_has_no_tags() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(folder.path()), Default::default());
    assert_eq!(read(&folder.path().join("none.mp3")), Default::default());
    std::fs::write(folder.path().join("empty.mp3"), b"").unwrap();
    assert_eq!(read(&folder.path().join("empty.mp3")), Default::default());
}
