//! A month with a library: albums go and come back, songs are added, numbers and methods change. What must not happen is
//! that other songs move, or that a playlist or a file goes without a word.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use super::*;
use crate::app::cluster::restore::{RestoreRequest, restore};
use crate::app::history::sets::SetSelector;

const GENRES: [&str; 14] = [
    "Rock",
    "Jazz",
    "Techno",
    "Folk",
    "Classical",
    "Metal",
    "Ambient",
    "Hip hop",
    "Reggae",
    "Blues",
    "Punk",
    "House",
    "Soul",
    "Tango",
];
/// Songs of an album: from so many on, up to as many more.
const ALBUM: (u64, u64) = (8, 9);

/// How far genres, the albums of a genre, and the songs of an album lie apart in as many dimensions.
const DIMENSIONS: usize = 8;
const GENRE: f32 = 1.6;
const ALBUM_SPREAD: f32 = 0.8;
const SONG: f32 = 1.0;

/// From 0 to 1.
fn uniform(random: &mut Xoshiro256Plus) -> f32 {
    (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32
}

fn vector(seed: u64) -> Vec<f32> {
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    (0..mfcc::WIDTH).map(|_| uniform(&mut random)).collect()
}

/// A store with a folder of playlists.
struct Month {
    home: tempfile::TempDir,
    seed: u64,
    /// The numbers of the songs of each album.
    albums: Vec<Vec<u32>>,
    songs: u32,
}

/// What one refresh left: the playlist of each song by its id, and the names.
#[derive(Clone, PartialEq)]
struct State {
    list_of: BTreeMap<ContentId, u32>,
    names: BTreeMap<u32, String>,
}

impl State {
    /// How many of the songs of `before` that are there are in another playlist now.
    fn moved_since(&self, before: &Self) -> usize {
        let moved =
            |(song, list): &(&ContentId, &u32)| self.list_of.get(song).is_some_and(|now| now != *list);
        before.list_of.iter().filter(moved).count()
    }

    fn songs_of(&self, list: u32) -> BTreeSet<ContentId> {
        let songs = self.list_of.iter().filter(|(_, of)| **of == list);
        songs.map(|(song, _)| *song).collect()
    }
}

impl Month {
    /// About so many songs in albums; those of an album are alike, and those of a genre are more alike than others.
    fn of(songs: u32, seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut month = Self { home, seed, albums: vec![], songs: 0 };
        month.add(songs);
        month
    }

    fn add(&mut self, songs: u32) {
        let until = self.songs + songs;
        let mut tagged = Vec::new();
        while self.songs < until {
            let album = self.albums.len() as u64;
            let mut random = Xoshiro256Plus::seed_from_u64(self.seed << 32 | album);
            let genre = random.next_u64() as usize % GENRES.len();
            let size = (ALBUM.0 + random.next_u64() % ALBUM.1) as u32;
            let numbers: Vec<u32> = (self.songs..self.songs + size).collect();
            tagged.extend(numbers.iter().map(|&n| (n, album, genre)));
            self.albums.push(numbers);
            self.songs += size;
        }
        for space in [mfcc_space(), other_space()] {
            let songs = tagged.iter().map(|&(n, album, genre)| {
                let tags = Tags {
                    title: format!("Song {n}"),
                    artist: format!("Artist {}", album / 2),
                    album: format!("Album {album}"),
                    genres: vec![GENRES[genre].to_owned()],
                    ..Tags::default()
                };
                (n, self.values(&space, n, album, genre), tags)
            });
            put_tagged(self.store(), &space, songs);
        }
    }

    /// What songs sound like has few dimensions, in which genres run into each other; each space shows them in its own way.
    fn values(&self, space: &SpaceId, n: u32, album: u64, genre: usize) -> Vec<f32> {
        let key = |kind: u64, number: u64| self.seed << 48 | kind << 40 | number;
        let own = |kind, number| vector(key(kind, number));
        let (genre, album, song) = (own(1, genre as u64), own(2, album), own(3, n.into()));
        let view = u64::from(space.name == "mfcc");
        let mut values: Vec<f32> = vector(key(4 + view, n.into())).iter().map(|noise| 0.5 * noise).collect();
        for dimension in 0..DIMENSIONS {
            let place = GENRE * genre[dimension] + ALBUM_SPREAD * album[dimension] + SONG * song[dimension];
            let axis = vector(key(6 + view, dimension as u64));
            values.iter_mut().zip(axis).for_each(|(value, axis)| *value += place * (axis - 0.5));
        }
        values
    }

    fn store(&self) -> &Path {
        self.home.path()
    }

    fn lists(&self) -> PathBuf {
        self.home.path().join("lists")
    }

    fn targets(&self) -> Targets {
        Targets { playlists: Some(self.lists()), formats: vec!["m3u8".into()], ..Targets::default() }
    }

    fn files(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.lists()).into_iter().flatten();
        entries
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect()
    }

    /// One refresh. Whatever list or file is not there any more has a line in the summary.
    fn refresh(&self, request: ClusterRequest) -> (State, ClusterSummary) {
        let (before, files) = (self.last(), self.files());
        let request = ClusterRequest { targets: self.targets(), ..request };
        let summary = cluster(&request, self.store(), &Quiet).unwrap();
        let after = self.last();
        let gone: BTreeMap<_, _> = summary.gone.iter().map(|list| (list.id, &list.name)).collect();
        let missing = before.names.iter().filter(|(id, _)| !after.names.contains_key(id));
        assert_eq!(gone, missing.map(|(id, name)| (*id, name)).collect());
        for list in &summary.playlists {
            let was = before.names.get(&list.id).filter(|was| **was != list.name);
            assert_eq!(list.was.as_ref(), was, "{}", list.name);
        }
        let told: BTreeSet<_> = summary.playlists.iter().filter_map(|list| list.was.clone()).collect();
        for file in files.difference(&self.files()) {
            assert!(gone.values().any(|name| *name == file) || told.contains(file), "{file} went unsaid");
        }
        (after, summary)
    }

    fn last(&self) -> State {
        let (database, _) = Playlists::open(self.store()).unwrap();
        let run = database.sets().unwrap().pop_first().and_then(|set| database.set(&set).unwrap()?.1);
        let lists = run.map(|run| run.playlists).unwrap_or_default();
        let songs = lists.iter().flat_map(|list| list.members.iter().map(|song| (*song, list.id)));
        State {
            list_of: songs.collect(),
            names: lists.iter().map(|list| (list.id, list.name.clone())).collect(),
        }
    }

    fn take_out(&self, album: usize) {
        mark(self.store(), self.albums[album].iter().copied(), Some(Moment::now()));
    }

    fn put_back(&self, album: usize) {
        mark(self.store(), self.albums[album].iter().copied(), None);
    }
}

fn other_space() -> SpaceId {
    SpaceId { name: "other".into(), fingerprint: Digest([1; 32]) }
}

fn asked(n: Option<usize>) -> ClusterRequest {
    ClusterRequest { n, ..request(None) }
}

/// The figures of one month.
#[derive(Debug, Default)]
struct Figures {
    /// Of the first run.
    silhouette: f64,
    /// Shares of the other songs in percent: the most that moved when an album went, and when it was back.
    out: f64,
    back: f64,
    /// That of the old songs when a tenth more came.
    grown: f64,
    /// Songs that are in their list again after another number was tried.
    tried: f64,
    /// Lists of which most stays together when the method changes, and those of them that are still themselves: under
    /// their name, or told under which one.
    together: usize,
    named: usize,
    /// By how many percent a fresh grouping would fit better: after a tenth more came, and after the method changed.
    gain_grown: f64,
    gain: f64,
}

/// Lives through a month with every `step`th album.
fn live(songs: u32, seed: u64, n: usize, step: usize) -> Figures {
    let mut month = Month::of(songs, seed);
    let mut figures = Figures::default();
    let percent = |part: usize, all: usize| 100.0 * part as f64 / all as f64;
    let (first, first_summary) = month.refresh(asked(Some(n)));
    let total = first.list_of.len();
    for album in (0..month.albums.len()).step_by(step) {
        let others = total - month.albums[album].len();
        month.take_out(album);
        let (out, summary) = month.refresh(asked(Some(n)));
        // A list that is this album is empty without it.
        assert!(
            summary.gone.iter().all(|list| list.to.is_empty()),
            "seed {seed}, album {album}: {:?}",
            summary.gone
        );
        figures.out = figures.out.max(percent(out.moved_since(&first), others));
        month.put_back(album);
        let (back, summary) = month.refresh(asked(Some(n)));
        assert!(summary.gone.is_empty(), "seed {seed}, album {album}: {:?}", summary.gone);
        // A name may have become untrue meanwhile; then it was said.
        assert!(back.names.keys().eq(first.names.keys()), "seed {seed}, album {album}");
        figures.back = figures.back.max(percent(back.moved_since(&first), total));
    }

    let before = month.last();
    let (_, fewer) = month.refresh(asked(Some(n - 2)));
    assert_eq!((fewer.playlists.len(), fewer.gone.len()), (n - 2, 2));
    let (again, _) = month.refresh(asked(Some(n)));
    figures.tried = 100.0 - percent(again.moved_since(&before), total);

    month.add(songs / 10);
    let (grown, summary) = month.refresh(asked(Some(n)));
    figures.gain_grown = summary.regroup_gain.unwrap();
    figures.grown = percent(grown.moved_since(&again), total);

    let restored = RestoreRequest {
        set: SetSelector { given: None, default: "" },
        run: "previous",
        order: &ORDERS[0],
        seed: 42,
        targets: month.targets(),
    };
    restore(&restored, month.store(), &Quiet).unwrap();
    let restored = month.last();
    assert_eq!(restored.moved_since(&again), 0);
    let (one, _) = month.refresh(asked(Some(n)));
    assert_eq!(one.moved_since(&restored), 0, "seed {seed}: a restored run lasts");
    let (two, _) = month.refresh(asked(Some(n)));
    assert!(two == one, "seed {seed}: a restored run lasts");

    let (switched, summary) =
        month.refresh(ClusterRequest { method: compared_by(other_space()), ..asked(Some(n)) });
    for (id, name) in &two.names {
        let old = two.songs_of(*id);
        let jaccard = |now: &u32| {
            let new = switched.songs_of(*now);
            old.intersection(&new).count() as f64 / old.union(&new).count() as f64
        };
        if let Some(list) = switched.names.keys().find(|now| jaccard(now) >= 0.5) {
            figures.together += 1;
            let now = summary.playlists.iter().find(|now| now.id == *id && now.id == *list);
            let is_told = now.is_some_and(|now| now.name == *name || now.was.as_ref() == Some(name));
            figures.named += usize::from(is_told);
        }
    }
    figures.gain = summary.regroup_gain.unwrap();
    figures.silhouette = first_summary.silhouette.unwrap();
    figures
}

/// The months of five seeds, side by side.
fn assert_calm(songs: u32, n: usize, step: usize) {
    let months: Vec<_> = (1..=5).into_par_iter().map(|seed| live(songs, seed, n, step)).collect();
    println!("{songs} songs in {n} playlists: {months:#?}");
    for figures in months {
        assert!(figures.out <= 2.0 && figures.back <= 2.0, "{figures:?}");
        assert!(figures.grown <= 3.0 && figures.tried >= 95.0, "{figures:?}");
        assert!(figures.together > 0 && figures.named == figures.together, "{figures:?}");
    }
}

#[test]
fn in_a_month_with_300_songs_others_stay_where_they_are() {
    assert_calm(300, 12, 1);
}

#[test]
fn in_a_month_with_10_000_songs_others_stay_where_they_are() {
    assert_calm(10_000, 20, 400);
}

#[test]
fn a_library_that_has_grown_tenfold_does_not_keep_its_few_lists() {
    let mut month = Month::of(60, 1);
    let (few, _) = month.refresh(asked(None));
    let mut gains = vec![];
    for _ in 0..9 {
        month.add(60);
        let (_, summary) = month.refresh(asked(None));
        gains.push((summary.regroup_gain, summary.is_regrouped, summary.playlists.len()));
    }
    println!("{} lists of 60 songs; then {gains:?}", few.names.len());
    assert!(month.last().names.len() > few.names.len());
}
