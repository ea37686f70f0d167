//! What survives of a library when the power is cut (T2) and when calls of its disk fail (T4).

mod disk;

use crate::testing::figure;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use self::disk::{Disk, Failing, after_power_cut};
use super::{Change, Library, StoreError};
use crate::digest::Digest;
use crate::space::{Features, Precision, SpaceId};
use crate::track::{ContentId, TrackNumber, TrackRecord};

/// Commits of one workload, each of so many tracks.
const COMMITS: usize = 10;
const TRACKS: u32 = 3;

fn space() -> SpaceId {
    SpaceId { name: "mfcc".into(), fingerprint: Digest::of(b"a recipe") }
}

/// So many values that a vector has two parts.
fn vector(track: u32) -> Vec<f32> {
    (0..1500).map(|n| (track * 7919 + n) as f32).collect()
}

/// The tracks of the commit of this number.
fn changes(commit: usize) -> Vec<Change> {
    let first = commit as u32 * TRACKS;
    let track = |number: u32| {
        let content = ContentId { recipe: 1, digest: Digest::of(&number.to_le_bytes()) };
        let codec = "mp3".to_owned();
        let record = TrackRecord {
            content,
            codec,
            rate: 44_100,
            channels: 2,
            seconds: 200.0,
            partial: false,
            decoder: String::new(),
            damage: None,
        };
        let features = Features { values: vector(number), precision: Precision::Single, scores: vec![] };
        [Change::Track(TrackNumber(number), record), Change::Vector(space(), TrackNumber(number), features)]
    };
    (first..first + TRACKS).flat_map(track).collect()
}

/// Commits until all is done or something fails; says how many commits were acknowledged.
fn work(disk: &Disk, first: usize) -> Result<usize, (usize, StoreError)> {
    let library = Library::on(disk.clone()).map_err(|error| (first, error))?;
    for commit in first..COMMITS {
        library.commit(&changes(commit)).map_err(|error| (commit, error))?;
        disk.acknowledge();
    }
    Ok(COMMITS)
}

/// An empty library.
fn empty() -> Vec<u8> {
    let disk = Disk::default();
    drop(Library::on(disk.clone()).unwrap());
    disk.bytes()
}

/// Checks that a library holds the commits that were acknowledged, and of the one after them all or nothing; it can be
/// written to. `what` is told where that is not so.
fn holds(bytes: Vec<u8>, acknowledged: usize, what: &str) {
    let disk = Disk::with(bytes);
    let library = Library::on(disk.clone()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let view = library.view().unwrap();
    let vectors = view.vectors(&space()).unwrap();
    let tracks = view.track_numbers().unwrap();
    assert_eq!(view.damaged(), 0, "{what}");
    let commits = vectors.len() / TRACKS as usize;
    assert!(
        [acknowledged, acknowledged + 1].contains(&commits),
        "{what}: {commits} commits of {acknowledged}"
    );
    assert_eq!(vectors.len(), commits * TRACKS as usize, "{what}: a commit is torn");
    assert_eq!(tracks.len(), vectors.len(), "{what}: a commit is torn");
    for (track, values) in vectors {
        assert_eq!(values, vector(track.0), "{what}: track {}", track.0);
    }
    drop(view);
    drop(library);
    assert!(work(&disk, commits).is_ok(), "{what}: it cannot be written to");
}

#[test]
fn a_power_cut_loses_nothing_acknowledged_and_tears_nothing() {
    let cuts = if std::env::var_os("INDEXER_TEST_LONG").is_some_and(|set| set == "1") { 10_000 } else { 600 };
    let before = empty();
    let disk = Disk::with(before.clone());
    work(&disk, 0).unwrap();
    let calls = disk.calls();
    let mut dice = Xoshiro256Plus::seed_from_u64(2);
    for cut in 0..cuts {
        let end = dice.next_u64() as usize % (calls.len() + 1);
        // From nothing to everything that was not synced.
        let share = dice.next_u64();
        let mut stays = || dice.next_u64() >= share;
        let (bytes, acknowledged) = after_power_cut(before.clone(), &calls[..end], &mut stays);
        holds(bytes, acknowledged, &format!("cut {cut} after call {end}"));
    }
    figure("T2", cuts, "power cuts in commits", "nothing acknowledged lost, nothing torn");
}

#[test]
fn whichever_call_of_the_disk_fails_nothing_acknowledged_is_lost() {
    let before = empty();
    let disk = Disk::with(before.clone());
    disk.fail(None);
    work(&disk, 0).unwrap();
    let calls = disk.count();
    assert!(calls > 100, "{calls}");
    for (at, for_good) in (0..calls).flat_map(|at| [(at, false), (at, true)]) {
        let disk = Disk::with(before.clone());
        disk.fail(Some(Failing { at, for_good }));
        let acknowledged = work(&disk, 0).unwrap_or_else(|(acknowledged, _)| acknowledged);
        disk.fail(None);
        holds(disk.bytes(), acknowledged, &format!("call {at} of {calls}, for good: {for_good}"));
    }
    figure("T4", 2 * calls as u64, "failing calls of a disk", "nothing acknowledged lost, nothing torn");
}
