use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};

use super::*;
use crate::{
    app::{
        cluster::{
            cluster,
            request::{ClusterRequest, Targets},
            summary::ClusterSummary,
            tests::{mark, put, request},
        },
        progress::Quiet,
    },
    extract::mfcc,
    store::Playlists,
    time::Moment,
};

/// Songs of 24 kinds that run into each other.
fn songs(numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = (u32, Vec<f32>)> {
    numbers.map(|n| {
        let value = |random: &mut Xoshiro256Plus| (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32;
        let mut own = Xoshiro256Plus::seed_from_u64(n.into());
        let kind = own.next_u64() % 24;
        let mut of_kind = Xoshiro256Plus::seed_from_u64(1_000_000 + kind);
        let values = (0..mfcc::WIDTH).map(|_| 2.0 * value(&mut of_kind) + 1.5 * value(&mut own)).collect();
        (n, values)
    })
}

/// A store with 10 000 songs, and the JSON of its 20 playlists.
struct Refreshed {
    folder: tempfile::TempDir,
}

impl Refreshed {
    fn new() -> Self {
        Self::of(10_000)
    }

    fn of(count: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), songs(0..count));
        Self { folder }
    }

    fn store(&self) -> &Path {
        self.folder.path()
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("p.json")
    }

    fn cluster(&self) -> ClusterSummary {
        self.cluster_as(ClusterRequest { n: Some(20), ..request(None) })
    }

    fn cluster_as(&self, request: ClusterRequest) -> ClusterSummary {
        let targets = Targets { output: Some(self.output()), ..Targets::default() };
        cluster(&ClusterRequest { targets, ..request }, self.store(), &Quiet).unwrap()
    }

    /// Each playlist's id, name and members.
    fn lists(&self, set: &str) -> Vec<(u32, String, BTreeSet<ContentId>)> {
        let (database, _) = Playlists::open(self.store()).unwrap();
        let run = database.set(set).unwrap().unwrap().1.unwrap();
        run.playlists
            .into_iter()
            .map(|list| (list.id, list.name, list.members.into_iter().collect()))
            .collect()
    }
}

#[test]
fn a_hundredth_more_songs_moves_few_of_the_others_and_renames_nothing() {
    let library = Refreshed::new();
    library.cluster();
    let before = library.lists("library");
    put(library.store(), songs(10_000..10_100));
    let summary = library.cluster();
    let after = library.lists("library");
    assert_eq!(summary.tracks, 10_100);
    let names = |lists: &[(u32, String, BTreeSet<_>)]| -> Vec<_> {
        lists.iter().map(|(id, name, _)| (*id, name.clone())).collect()
    };
    assert_eq!(names(&after), names(&before));
    let moved: usize =
        before.iter().zip(&after).map(|((.., old), (.., new))| old.difference(new).count()).sum();
    println!("{moved} of 10 000 songs moved");
    assert!(moved <= 500, "{moved} of 10 000 songs moved");
    let placed: usize = summary.playlists.iter().map(|list| list.churn.added - list.churn.removed).sum();
    assert_eq!(placed, 100);
}

#[test]
fn songs_that_return_go_where_they_were() {
    let library = Refreshed::new();
    library.cluster();
    let (before, bytes) = (library.lists("library"), fs::read(library.output()).unwrap());
    let tenth = || (0..10_000).step_by(10);
    mark(library.store(), tenth(), Some(Moment::now()));
    assert_eq!(library.cluster().tracks, 9000);
    assert_ne!(library.lists("library"), before);
    // However often the rest is clustered meanwhile.
    library.cluster();
    mark(library.store(), tenth(), None);
    assert_eq!(library.cluster().tracks, 10_000);
    assert_eq!(library.lists("library"), before);
    assert_eq!(fs::read(library.output()).unwrap(), bytes);
}

#[test]
fn in_a_small_library_where_others_move_meanwhile_every_list_is_as_it_was() {
    let library = Refreshed::of(50);
    let cluster = || library.cluster_as(ClusterRequest { n: Some(7), ..request(None) });
    cluster();
    let (before, bytes) = (library.lists("library"), fs::read(library.output()).unwrap());
    let mut moved = 0;
    for first in 0..9 {
        let some = || (first..50).step_by(9);
        mark(library.store(), some(), Some(Moment::now()));
        library.cluster_as(ClusterRequest { n: Some(6), ..request(None) });
        let meanwhile = library.lists("library");
        let here: BTreeSet<_> = meanwhile.iter().flat_map(|(.., list)| list).collect();
        let stayed = |(id, _, list): &(u32, String, BTreeSet<ContentId>)| {
            let same = before.iter().find(|(other, ..)| other == id);
            same.is_some_and(|(.., old)| list.iter().eq(old.iter().filter(|song| here.contains(song))))
        };
        moved += usize::from(!meanwhile.iter().all(stayed));
        mark(library.store(), some(), None);
        cluster();
        assert_eq!(library.lists("library"), before);
        assert_eq!(fs::read(library.output()).unwrap(), bytes);
    }
    assert!(moved > 0, "others never moved");
}

#[test]
fn a_second_refresh_changes_nothing_and_an_experiment_nothing_of_the_crons() {
    let library = Refreshed::new();
    library.cluster();
    put(library.store(), songs(10_000..10_500));
    let first = library.cluster();
    let bytes = fs::read(library.output()).unwrap();
    let written = fs::metadata(library.output()).unwrap().modified().unwrap();
    let lists = library.lists("library");

    let second = library.cluster();
    assert_eq!(second.run, first.run);
    assert_eq!(fs::read(library.output()).unwrap(), bytes);
    assert_eq!(fs::metadata(library.output()).unwrap().modified().unwrap(), written);
    let latest = || Playlists::open(library.store()).unwrap().0.set("library").unwrap().unwrap().0.latest;
    assert_eq!(latest(), 2);

    let one_off = ClusterRequest { n: Some(7), set: Some("try".to_owned()), ..request(None) };
    assert_eq!(library.cluster_as(one_off).playlists.len(), 7);
    assert_eq!((library.lists("library"), latest()), (lists, 2));
    assert_eq!(library.cluster().run, first.run);
}

#[test]
fn more_or_fewer_playlists_leave_the_others_mostly_as_they_are() {
    for n in [19, 21] {
        let library = Refreshed::new();
        library.cluster();
        let summary = library.cluster_as(ClusterRequest { n: Some(n), ..request(None) });
        let kept: usize = summary.playlists.iter().map(|list| list.churn.kept).sum();
        println!("n = {n}: {kept} of 10 000 songs stay");
        assert_eq!(summary.playlists.len(), n);
        assert!(kept > 8000, "n = {n}: {kept} of 10 000 songs stay");
    }
}
