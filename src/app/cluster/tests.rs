use std::path::PathBuf;

use super::combination::{MethodChoice, MethodPart};
use super::{request::Filters, request::Regroup, request::Targets, *};
use crate::{
    app::progress::{Event, Progress, Quiet},
    clustering::ALGORITHMS,
    digest::Digest,
    extract::mfcc,
    file::{FileRecord, FileStamp},
    playlist::order::ORDERS,
    space::{Features, Precision, SpaceId},
    store::{Change, Library, Playlists},
    time::Moment,
    track::{ContentId, Division, Tags, TrackNumber, TrackRecord},
};

pub(in crate::app) fn request(path: Option<&str>) -> ClusterRequest {
    ClusterRequest {
        method: compared_by(mfcc_space()),
        algorithm: &ALGORITHMS[0],
        assignment: None,
        learn_from: None,
        settings: crate::clustering::AlgorithmSettings::default(),
        n: Some(2),
        seed: 42,
        path: path.map(PathBuf::from),
        configured: vec![],
        report: false,
        order: &ORDERS[0],
        set: None,
        fresh: false,
        regroup: Regroup::From(25.0),
        min_size: 0,
        rename: false,
        models: PathBuf::new(),
        filters: Filters::default(),
        explain: None,
        targets: Targets::default(),
    }
}

/// One space alone.
pub(in crate::app) fn compared_by(space: SpaceId) -> MethodChoice {
    MethodChoice::Named(vec![MethodPart { name: space.name.clone(), weight: 1.0, current: Ok(space) }])
}

fn mfcc_space() -> SpaceId {
    SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) }
}

mod further_tags;
mod learning;
mod month;
mod side_by_side;

/// Keeps the warnings.
#[derive(Default)]
pub(in crate::app) struct Warnings(pub(in crate::app) std::cell::RefCell<Vec<String>>);

impl Progress for Warnings {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning(text) = event {
            self.0.borrow_mut().push(text);
        }
    }
}

#[test]
fn without_tracks_there_is_one_line_and_nothing_is_written() {
    let store = tempfile::tempdir().unwrap();
    drop(Library::open(store.path()).unwrap());
    for (path, line) in [
        (None, "no track is indexed in mfcc: run `indexer scan` first"),
        (Some("/etc"), "no track under /etc is indexed in mfcc: run `indexer scan` on it first"),
    ] {
        let error = cluster(&request(path), store.path(), &Quiet).unwrap_err();
        assert_eq!(error.to_string(), line);
        assert!(!store.path().join("playlists.redb").exists());
    }
}

/// A store with six songs, three of each of two kinds.
fn songs() -> tempfile::TempDir {
    let store = tempfile::tempdir().unwrap();
    let value = |n: u32, column: usize| ((n % 2) as usize * 100 + column) as f32 + n as f32;
    put(store.path(), (0..6).map(|n| (n, (0..mfcc::WIDTH).map(|column| value(n, column)).collect())));
    store
}

/// Puts songs into a store: their numbers with their vectors.
pub(in crate::app) fn put(store: &Path, songs: impl Iterator<Item = (u32, Vec<f32>)>) {
    put_tagged(store, &mfcc_space(), songs.map(|(n, values)| (n, values, Tags::default())));
}

/// Puts songs with vectors of a space and tags into a store.
pub(in crate::app) fn put_tagged(
    store: &Path,
    space: &SpaceId,
    songs: impl Iterator<Item = (u32, Vec<f32>, Tags)>,
) {
    let mut changes = Vec::new();
    for (n, values, tags) in songs {
        let number = TrackNumber(n);
        let content = ContentId { recipe: 1, digest: Digest::of(&n.to_le_bytes()) };
        changes.push(Change::File(path(n), FileRecord { tags, ..file(n, None) }));
        let codec = "mp3".to_owned();
        let record = TrackRecord {
            content,
            codec,
            rate: 1,
            channels: 1,
            seconds: 1.0,
            partial: false,
            damage: None,
            decoder: String::new(),
        };
        changes.push(Change::Track(number, record));
        let features = Features { values, precision: Precision::Single, scores: vec![] };
        changes.push(Change::Vector(space.clone(), number, features));
    }
    Library::open(store).unwrap().commit(&changes).unwrap();
}

/// Says of songs that their files are missing since some time, or that they are there.
pub(in crate::app) fn mark(store: &Path, songs: impl Iterator<Item = u32>, missing: Option<Moment>) {
    let library = Library::open(store).unwrap();
    let known = |n: u32| library.view().unwrap().file(&path(n)).unwrap().unwrap();
    let changes: Vec<_> = songs.map(|n| Change::File(path(n), FileRecord { missing, ..known(n) })).collect();
    library.commit(&changes).unwrap();
}

fn path(n: u32) -> PathBuf {
    format!("/music/{n:05}.mp3").into()
}

pub(super) fn file(n: u32, missing: Option<Moment>) -> FileRecord {
    FileRecord {
        division: Division::Whole,
        stamp: FileStamp { size: 1, mtime: 1, ctime: None, inode: None },
        device: 1,
        content: Some(ContentId { recipe: 1, digest: Digest::of(&n.to_le_bytes()) }),
        track: Some(TrackNumber(n)),
        tags: Tags::default(),
        missing,
        checked: Moment::now(),
    }
}

#[test]
fn a_fresh_run_that_changes_only_names_is_kept() {
    let store = songs();
    let names = |fresh| -> Vec<String> {
        let summary = cluster(&ClusterRequest { fresh, ..request(None) }, store.path(), &Quiet).unwrap();
        summary.playlists.into_iter().map(|playlist| playlist.name).collect()
    };
    let given = names(false);
    rename_last(store.path(), "Mix");
    assert_eq!(names(false), ["Mix 0", "Mix 1"]);
    assert_eq!(names(true), given);
    assert_eq!(names(false), given);
}

#[test]
fn a_name_that_nobody_can_read_is_found_anew_and_said() {
    let store = songs();
    let run = |rename| {
        let summary = cluster(&ClusterRequest { rename, ..request(None) }, store.path(), &Quiet).unwrap();
        let names = summary.playlists.into_iter().map(|list| (list.name, list.was));
        names.unzip::<_, _, Vec<_>, Vec<_>>()
    };
    let (given, was) = run(false);
    assert_eq!(was, [None, None]);
    rename_last(store.path(), "Rooster");
    assert_eq!(run(false), (given.clone(), vec![Some("Rooster 0".into()), Some("Rooster 1".into())]));
    assert_eq!(run(false), (given.clone(), vec![None, None]), "once is enough");
    rename_last(store.path(), "Mix");
    assert_eq!(run(true), (given, vec![Some("Mix 0".into()), Some("Mix 1".into())]));
}

#[test]
fn another_order_is_the_same_run_with_the_same_typical_songs() {
    let store = songs();
    let first = cluster(&request(None), store.path(), &Quiet).unwrap();
    for order in ORDERS {
        let again = cluster(&ClusterRequest { order, ..request(None) }, store.path(), &Quiet).unwrap();
        assert_eq!(again.run, first.run, "{}", order.name);
        for (again, first) in again.playlists.iter().zip(&first.playlists) {
            assert_eq!(again.typical, first.typical);
        }
        let (database, _) = Playlists::open(store.path()).unwrap();
        let (set, _) = database.set("library").unwrap().unwrap();
        assert_eq!(set.latest, 1, "{} is no run of its own", order.name);
    }
}

/// Makes the set's last run one whose playlists have other names.
fn rename_last(store: &Path, name: &str) {
    let (database, _) = Playlists::open(store).unwrap();
    let (set, run) = database.set("library").unwrap().unwrap();
    let mut run = run.unwrap();
    run.playlists.iter_mut().for_each(|playlist| playlist.name = format!("{name} {}", playlist.id));
    database.keep("library", &set, &run).unwrap();
}

#[test]
fn a_folder_that_takes_no_playlists_leaves_the_output_as_it_was() {
    let (store, folder) = (songs(), tempfile::tempdir().unwrap());
    let output = folder.path().join("p.json");
    let ours = r#"{"generator": "indexer"}"#;
    std::fs::write(&output, ours).unwrap();
    let playlists = Some(output.join("lists"));
    let targets = Targets {
        output: Some(output.clone()),
        playlists,
        formats: vec!["m3u8".into()],
        ..Targets::default()
    };
    let request = ClusterRequest { targets, ..request(None) };
    assert!(cluster(&request, store.path(), &Quiet).is_err());
    assert_eq!(std::fs::read_to_string(output).unwrap(), ours);
}
