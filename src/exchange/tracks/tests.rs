use std::{ffi::OsString, fs, os::unix::ffi::OsStringExt, path::Path, path::PathBuf};

use super::*;
use crate::digest::Digest;
use crate::exchange::table::{FORMAT, FORMAT_KEY};
use crate::exchange::{ExchangeError, TableReader, TableWriter, parquet};
use crate::file::FailureRecord;
use crate::space::{Precision, SpaceId};
use crate::time::Moment;
use crate::track::{
    ContentId, Division, Extent, Failure, FailureKind, FurtherTags, Numbering, Section, TagDate, Tags,
};

fn table() -> TrackTable {
    let space = |name: &str, n| SpaceId { name: name.into(), fingerprint: Digest([n; 32]) };
    let spaces =
        vec![(space("mfcc", 1), 3, Precision::HalfFrom(1)), (space("musicnn", 2), 2, Precision::Half)];
    TrackTable { spaces: SpaceColumn::name_all(spaces) }
}

fn file(path: &[u8]) -> FileRow {
    let path = PathBuf::from(OsString::from_vec(path.to_vec()));
    let root = Some(PathBuf::from("/music"));
    let (missing, checked) = (None, Moment::from_second(1_800_000_000).unwrap());
    FileRow { path, root, size: u64::MAX, modified: -1, missing, checked, details: FileDetails::default() }
}

/// Rows of every sort, with values at the borders of their types.
fn rows() -> Vec<TrackRow> {
    let id = ContentId { recipe: 3, digest: Digest([9; 32]) };
    let content = Some(id);
    let further = FurtherTags {
        artists: vec!["A".into(), "B".into()],
        date: TagDate::parse("1999-12"),
        track: Numbering { number: 3, total: 12 },
        bpm: Some(127.3),
        track_gain: Some(-7.23),
        ..FurtherTags::default()
    };
    let tags = Tags {
        title: "Été".into(),
        artist: "A".into(),
        album: String::new(),
        genres: vec!["Jazz".into(), "Pop".into()],
        further: Some(Box::new(further)),
    };
    let section = Section {
        sheet: Some(OsString::from_vec(b"album\xff.cue".to_vec())),
        number: 3,
        extent: Extent { start: 75, end: None },
        tags: tags.clone(),
    };
    let failure = FailureRecord {
        failure: Failure::of_content(FailureKind::NotAudio, "no stream"),
        decoder: "symphonia".into(),
        first: Moment::default(),
        last: Moment::from_second(7).unwrap(),
        tries: 2,
    };
    let track = TrackRecord {
        content: id,
        codec: "flac".into(),
        rate: 192_000,
        channels: 2,
        seconds: 1.0 / 3.0,
        partial: true,
        decoder: "symphonia 0.6".into(),
        damage: Some("the end is missing".into()),
    };
    let cell = |values: &[f32], scores| Some(VectorCell { values: values.to_vec(), scores });
    let song = TrackRow {
        content,
        track: Some(track),
        files: vec![
            FileRow {
                missing: Moment::from_second(5),
                details: FileDetails { tags, division: Division::Part(Box::new(section)), failures: vec![] },
                ..file(b"/music/\xff.flac/track0003")
            },
            file(b"/music/b.flac"),
        ],
        vectors: vec![
            cell(&[f32::MIN_POSITIVE, -0.0, 65_504.0], vec![]),
            cell(&[0.1, 1e-45], vec![Score { class: 700, value: 0.9 }, Score { class: 0, value: 0.1 }]),
        ],
    };
    let failures = vec![(String::new(), failure)];
    let details = FileDetails { failures, ..FileDetails::default() };
    let failed = TrackRow {
        files: vec![FileRow { root: None, details, ..file(b"/elsewhere/x.mp3") }],
        vectors: vec![None, None],
        ..TrackRow::default()
    };
    let bare = TrackRow { content, vectors: vec![None, cell(&[2.0, 3.0], vec![])], ..TrackRow::default() };
    vec![song, failed, bare]
}

fn write(path: &Path, table: &TableSchema, rows: Vec<Row>) {
    let mut writer = TableWriter::new(path, fs::File::create(path).unwrap(), table).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap().sync_all().unwrap();
}

fn read(path: &Path) -> Result<Vec<TrackRow>, ExchangeError> {
    let reader = TableReader::open(path)?;
    let tracks = TrackTable::of(reader.said(TrackTable::SPACES)).unwrap();
    let (mut batches, mut rows) = (reader.batches(tracks.needed())?, Vec::new());
    while let Some(batch) = batches.next()? {
        rows.extend(batch.into_iter().map(|cells| tracks.row(cells).unwrap()));
    }
    Ok(rows)
}

#[test]
fn what_is_written_is_read_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tracks.parquet");
    // More than two batches.
    let rows: Vec<_> = std::iter::repeat_n(rows(), 1000).flatten().collect();
    write(&path, &table().table(), rows.iter().cloned().map(|row| table().cells(row)).collect());
    let reader = TableReader::open(&path).unwrap();
    assert_eq!((reader.table(), reader.rows()), (TRACKS, 3000));
    assert_eq!(TrackTable::of(reader.said(TrackTable::SPACES)), Some(table()));
    let found = read(&path).unwrap();
    assert!(found == rows, "{:?}", &found[..3]);
    let bits = |row: &TrackRow| row.vectors[0].as_ref().map(|cell| cell.values[1].to_bits());
    assert_eq!(bits(&found[0]), bits(&rows[0]), "minus zero");
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tracks.parquet");
    write(&path, &table().table(), rows().into_iter().map(|row| table().cells(row)).collect());
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let refusal = TableReader::open(&path).err().expect("refused");
        assert!(matches!(refusal, ExchangeError::Broken { .. }), "{length}: {refusal}");
    }
}

#[test]
fn a_flipped_bit_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tracks.parquet");
    write(&path, &table().table(), rows().into_iter().map(|row| table().cells(row)).collect());
    let whole = fs::read(&path).unwrap();
    let mut refused = 0;
    for byte in 0..whole.len() {
        let mut hit = whole.clone();
        hit[byte] ^= 0x15;
        fs::write(&path, hit).unwrap();
        refused += usize::from(std::panic::catch_unwind(|| read_all(&path)).unwrap().is_err());
    }
    assert!(refused > whole.len() / 4, "{refused} of {}", whole.len());
}

/// Reads everything as far as it can be read.
fn read_all(path: &Path) -> Result<(), ExchangeError> {
    let reader = TableReader::open(path)?;
    let Some(tracks) = TrackTable::of(reader.said(TrackTable::SPACES)) else {
        return Err(ExchangeError::Foreign(path.to_owned()));
    };
    let mut batches = reader.batches(tracks.needed())?;
    while let Some(batch) = batches.next()? {
        batch.into_iter().for_each(|cells| drop(tracks.row(cells)));
    }
    Ok(())
}

#[test]
fn a_foreign_table_and_a_newer_one_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tracks.parquet");
    let newer = (FORMAT_KEY.to_owned(), (FORMAT + 1).to_string());
    let table = TableSchema { metadata: vec![newer], ..table().table() };
    let mut said = table.said();
    said.remove(0);
    assert_eq!(said.last().unwrap().1, "2");
    parquet::write_saying(&path, &table.columns, said);
    let refusal = TableReader::open(&path).err().expect("refused").to_string();
    assert!(refusal.contains("in format 2, and this one knows formats up to 1"), "{refusal}");
    parquet::write_saying(&path, &table.columns, vec![]);
    assert!(matches!(TableReader::open(&path), Err(ExchangeError::Foreign(_))));
}
