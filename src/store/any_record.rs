//! Every record, read from bytes that no program of ours has written.

use super::codec::{from_bytes, to_bytes};
use super::playlists::{Choices, MapRecord, RunRecord, SetRecord, SongPlaces};
use super::record::Record;
use super::spaces::{PaceRecord, SpaceRecord};
use crate::file::{FailureRecord, FileRecord, FileStamp, RootRecord};
use crate::space::{Score, basis::Basis};
use crate::track::{ContentId, Division, Failure, FailureKind, Tags, TrackNumber, TrackRecord};
use crate::{digest::Digest, time::Moment};

/// More versions than any record has.
const VERSIONS: u8 = 8;

/// Reads the bytes as each record, in each of its versions.
pub(crate) fn read_any_record(bytes: &[u8]) {
    fn read<R: Record>(bytes: &[u8]) {
        drop(from_bytes::<R>(bytes));
        (0..VERSIONS).for_each(|version| drop(R::from_earlier(version, bytes)));
    }
    read::<RootRecord>(bytes);
    read::<FileRecord>(bytes);
    read::<FailureRecord>(bytes);
    read::<TrackRecord>(bytes);
    read::<TrackNumber>(bytes);
    read::<SpaceRecord>(bytes);
    read::<PaceRecord>(bytes);
    read::<Vec<Score>>(bytes);
    read::<Basis>(bytes);
    read::<Moment>(bytes);
    read::<SetRecord>(bytes);
    read::<RunRecord>(bytes);
    read::<SongPlaces>(bytes);
    read::<MapRecord>(bytes);
    drop(from_bytes::<Choices>(bytes));
}

/// Some records as they are written.
pub(crate) fn some_records() -> Vec<Vec<u8>> {
    let content = ContentId { recipe: 1, digest: Digest::of(b"a song") };
    let file = FileRecord {
        stamp: FileStamp { size: 1 << 20, mtime: 1 << 60, ctime: Some(1 << 60), inode: Some(7) },
        device: 1,
        content: Some(content),
        track: Some(TrackNumber(3)),
        tags: Tags { title: "A song".into(), ..Tags::default() },
        division: Division::Whole,
        missing: None,
        checked: Moment::now(),
    };
    let failure = Failure::of_content(FailureKind::Truncated, "the file breaks off");
    let (now, decoder) = (Moment::now(), "symphonia".to_owned());
    let failed = FailureRecord { failure, decoder: decoder.clone(), first: now, last: now, tries: 2 };
    let codec = "flac".to_owned();
    let track = TrackRecord {
        content,
        codec,
        rate: 44_100,
        channels: 2,
        seconds: 200.0,
        partial: false,
        decoder,
        damage: None,
    };
    let root = RootRecord { unavailable: Some("/music is not mounted".into()), ..RootRecord::default() };
    vec![
        to_bytes(&file),
        to_bytes(&failed),
        to_bytes(&track),
        to_bytes(&root),
        to_bytes(&SetRecord { next_id: 4, latest: 9 }),
        to_bytes(&vec![Score { class: 3, value: 0.5 }]),
    ]
}
