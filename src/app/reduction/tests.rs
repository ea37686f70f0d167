use std::path::Path;

use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};

use super::*;
use crate::{
    digest::Digest,
    space::{Features, Precision},
    track::{ContentId, TrackRecord},
};

const COLUMNS: usize = 96;

fn space() -> SpaceId {
    SpaceId { name: "wide".into(), fingerprint: Digest([7; 32]) }
}

fn vector(track: u32) -> Vec<f32> {
    let mut random = Xoshiro256Plus::seed_from_u64(u64::from(track));
    (0..COLUMNS).map(|_| (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32).collect()
}

fn add(library: &Library, tracks: std::ops::Range<u32>) {
    let changes = tracks.flat_map(|number| {
        let content = ContentId { recipe: 1, digest: Digest::of(&number.to_le_bytes()) };
        let record = TrackRecord {
            content,
            codec: "flac".into(),
            rate: 1,
            channels: 1,
            seconds: 1.0,
            partial: false,
            damage: None,
            decoder: String::new(),
        };
        let features = Features { values: vector(number), precision: Precision::Single, scores: vec![] };
        let number = TrackNumber(number);
        [Change::Track(number, record), Change::Vector(space(), number, features)]
    });
    library.commit(&changes.collect::<Vec<_>>()).unwrap();
}

fn kept(library: &Library) -> Option<(u32, u64, usize)> {
    let view = library.view().unwrap();
    update(library, &space(), &view.covered(&space()).unwrap()).unwrap();
    let view = library.view().unwrap();
    let basis = view.basis(&space()).unwrap()?;
    let reduced = view.reduced(&space(), basis.number).unwrap();
    Some((basis.number, basis.tracks, reduced.tracks.len()))
}

fn library(folder: &Path) -> Library {
    Library::open(folder).unwrap()
}

#[test]
fn a_basis_is_fitted_at_1024_tracks_and_whenever_they_have_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    add(&library, 0..1023);
    assert_eq!(kept(&library), None);
    add(&library, 1023..1024);
    assert_eq!(kept(&library), Some((0, 1024, 1024)));
    add(&library, 1024..2047);
    assert_eq!(kept(&library), Some((0, 1024, 2047)));
    add(&library, 2047..2048);
    assert_eq!(kept(&library), Some((1, 2048, 2048)));
}

#[test]
fn stored_vectors_equal_computed_ones_and_new_vectors_are_reduced_with_their_commit() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    add(&library, 0..1100);
    let made = reduced(&library.view().unwrap(), &space()).unwrap().unwrap();
    kept(&library);
    let read = reduced(&library.view().unwrap(), &space()).unwrap().unwrap();
    assert_eq!(made.tracks.len(), 1100);
    assert_eq!(made.tracks, read.tracks);
    for (made, read) in made.values.iter().zip(&read.values) {
        // Half precision.
        assert!((made - read).abs() <= made.abs() * 1e-3 + 1e-5, "{made} {read}");
    }
    add(&library, 1100..1101);
    let after = reduced(&library.view().unwrap(), &space()).unwrap().unwrap();
    let basis = library.view().unwrap().basis(&space()).unwrap().unwrap();
    let expected = basis.project_one(&vector(1100));
    assert_eq!(after.tracks.last(), Some(&TrackNumber(1100)));
    let found = &after.values[1100 * WIDTH..];
    assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= b.abs() * 1e-3 + 1e-5));
}

#[test]
fn removed_tracks_and_spaces_are_not_reduced_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    add(&library, 0..1100);
    kept(&library);
    library.commit(&[Change::ForgetTracks([3, 999].map(TrackNumber).into())]).unwrap();
    let left = reduced(&library.view().unwrap(), &space()).unwrap().unwrap();
    assert_eq!((left.tracks.len(), left.tracks.contains(&TrackNumber(3))), (1098, false));
    library.commit(&[Change::ForgetSpace(space())]).unwrap();
    assert_eq!(library.view().unwrap().basis(&space()).unwrap(), None);
    assert_eq!(reduced(&library.view().unwrap(), &space()).unwrap(), None);
}

#[test]
fn narrow_vectors_are_not_reduced() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    let features = |values| Features { values, precision: Precision::Single, scores: vec![] };
    let changes: Vec<_> =
        (0..1100).map(|n| Change::Vector(space(), TrackNumber(n), features(vec![n as f32; WIDTH]))).collect();
    library.commit(&changes).unwrap();
    assert_eq!(kept(&library), None);
    assert_eq!(reduced(&library.view().unwrap(), &space()).unwrap(), None);
}
