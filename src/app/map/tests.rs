use std::cell::RefCell;
use std::fs;

use super::*;
use crate::app::cluster::combination::{Combination, MethodChoice, MethodPart};
use crate::app::cluster::tests::{Warnings, put, put_tagged};
use crate::app::map::request::MapStart;
use crate::app::progress::Quiet;
use crate::digest::Digest;
use crate::layout::{LAYOUTS, MapLayout, layout};
use crate::space::SpaceId;
use crate::store::{Library, RunPlaylist, RunRecord, SetRecord, View};
use crate::track::{ContentId, Tags};

const COLUMNS: u32 = 6;

/// Five kinds of songs.
fn values(song: u32) -> Vec<f32> {
    let noise =
        |column: u32| f32::from(Digest::of(&[song.to_le_bytes(), column.to_le_bytes()].concat()).0[0]);
    (0..COLUMNS).map(|column| 900.0 * ((song % 5 * 7 + column) % 4) as f32 + noise(column)).collect()
}

fn space() -> SpaceId {
    SpaceId { name: "pairs".into(), fingerprint: Digest([3; 32]) }
}

fn store(songs: u32) -> tempfile::TempDir {
    let store = tempfile::tempdir().unwrap();
    add(store.path(), 0..songs);
    store
}

fn add(store: &Path, songs: std::ops::Range<u32>) {
    put_tagged(store, &space(), songs.map(|song| (song, values(song), Tags::default())));
}

fn request(store: &Path, layout: &'static MapLayout) -> MapRequest {
    let part = MethodPart { name: "pairs".into(), weight: 1.0, current: Ok(space()) };
    MapRequest {
        method: MethodChoice::Named(vec![part]),
        layout,
        set: None,
        default_set: String::new(),
        configured: vec![],
        seed: 42,
        fresh: false,
        page: Some(store.join("map.html")),
        picture: Some(store.join("map.png")),
        force: false,
    }
}

fn files(request: &MapRequest) -> Vec<Vec<u8>> {
    request.targets().map(|path| fs::read(path).unwrap()).collect()
}

fn kept(store: &Path, layout: &MapLayout) -> MapRecord {
    let name = format!("{} pairs/{}", layout.name, space().fingerprint.short(16));
    Playlists::look(store).unwrap().map(&name).unwrap().unwrap()
}

fn song(number: u32) -> ContentId {
    ContentId { recipe: 1, digest: Digest::of(&number.to_le_bytes()) }
}

/// A layout that takes landmarks from so few songs on.
fn small(most: usize) -> &'static MapLayout {
    Box::leak(Box::new(MapLayout { most, ..LAYOUTS[0].clone() }))
}

#[test]
fn the_same_songs_have_the_same_bytes_and_a_second_map_is_the_first() {
    for layout in [&LAYOUTS[0], &LAYOUTS[1], &LAYOUTS[2], small(40)] {
        let (one, other) = (store(90), store(90));
        let [first, second] = [&one, &other].map(|store| {
            let request = request(store.path(), layout);
            let summary = map(&request, store.path(), &Quiet).unwrap();
            assert_eq!((summary.songs, summary.start), (90, MapStart::Anew));
            request
        });
        assert_eq!(files(&first)[1], files(&second)[1], "{}", layout.name);
        let before = files(&first);
        let summary = map(&first, one.path(), &Quiet).unwrap();
        assert_eq!(summary.start, MapStart::Unchanged);
        assert!(files(&first) == before, "{}", layout.name);
        let anew = MapRequest { fresh: true, ..first };
        assert_eq!(map(&anew, one.path(), &Quiet).unwrap().start, MapStart::Anew);
        assert!(files(&anew) == before, "{}", layout.name);
    }
}

#[test]
fn a_hundredth_more_songs_move_the_others_by_less_than_a_twentieth_of_the_width() {
    for layout in [&LAYOUTS[0], &LAYOUTS[1], &LAYOUTS[2], small(150)] {
        let store = store(300);
        let request = request(store.path(), layout);
        map(&request, store.path(), &Quiet).unwrap();
        let before = kept(store.path(), layout);
        add(store.path(), 300..303);
        let summary = map(&request, store.path(), &Quiet).unwrap();
        assert_eq!((summary.songs, summary.start), (303, MapStart::From(300)));
        let after = kept(store.path(), layout);
        let places: Vec<_> =
            (0..300).map(|n| [&before, &after].map(|map| map.position(&song(n)).unwrap())).collect();
        let width = (0..2).map(|axis| {
            let values = places.iter().map(|[before, _]| before[axis]);
            values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
        });
        let width = width.fold(0.0, f32::max);
        let mut moves: Vec<_> = places.iter().map(|[a, b]| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
        moves.sort_by(f32::total_cmp);
        assert!(moves[150] <= 0.05 * width, "{}: {} of {width}", layout.name, moves[150]);
        // New songs lie among those of their kind.
        let new = after.position(&song(300)).unwrap();
        let nearest = (0..300).min_by(|a, b| {
            let far =
                |n: u32| after.position(&song(n)).map(|at| (at[0] - new[0]).hypot(at[1] - new[1])).unwrap();
            far(*a).total_cmp(&far(*b))
        });
        assert_eq!(nearest.unwrap() % 5, 0, "{}", layout.name);
    }
}

#[test]
fn without_playlists_the_map_has_no_colours_and_one_line_says_how_to_get_some() {
    let store = store(9);
    let warnings = Warnings(RefCell::default());
    let request = request(store.path(), &LAYOUTS[0]);
    let summary = map(&request, store.path(), &warnings).unwrap();
    assert_eq!((summary.set, summary.playlists, summary.listed), (None, 0, 0));
    assert_eq!(warnings.0.take(), ["the dots have no colours: `indexer cluster` makes playlists"]);

    let named = MapRequest { set: Some("jazz".into()), ..request.clone() };
    assert!(matches!(map(&named, store.path(), &Quiet), Err(MapError::History(_))));

    let (database, _) = Playlists::open(store.path()).unwrap();
    let members = vec![song(1), song(2)];
    let list = RunPlaylist { id: 0, name: "Calm".into(), members, absent: vec![] };
    database.keep("library", &SetRecord { next_id: 1, latest: 1 }, &RunRecord::example(vec![list])).unwrap();
    drop(database);
    let summary = map(&request, store.path(), &warnings).unwrap();
    assert_eq!((summary.set.as_deref(), summary.playlists, summary.listed), (Some("library"), 1, 2));
    assert!(warnings.0.take().is_empty());
}

#[test]
fn too_many_songs_for_a_layout_are_said_with_what_to_use_instead() {
    let store = store(9);
    let tsne = layout("tsne").unwrap();
    let few = Box::leak(Box::new(MapLayout { most: 8, ..tsne.clone() }));
    let error = map(&request(store.path(), few), store.path(), &Quiet).unwrap_err();
    assert_eq!(error.to_string(), "--layout tsne is for at most 8 songs, and there are 9: use --layout umap");
    assert!(!store.path().join("map.html").exists());
}

#[test]
fn somebody_elses_file_stays_and_nothing_is_laid_out() {
    let store = store(9);
    let request = request(store.path(), &LAYOUTS[0]);
    fs::write(store.path().join("map.png"), "mine").unwrap();
    assert!(matches!(map(&request, store.path(), &Quiet), Err(MapError::NotOurs { .. })));
    assert!(!store.path().join("map.html").exists());
    assert_eq!(fs::read(store.path().join("map.png")).unwrap(), b"mine");
}

#[test]
fn the_map_of_a_space_that_went_away_is_dropped_when_another_is_drawn() {
    let store = store(9);
    map(&request(store.path(), &LAYOUTS[2]), store.path(), &Quiet).unwrap();
    put(store.path(), (100..106).map(|song| (song, vec![song as f32; 67])));
    let spaces: Vec<_> =
        View::open(store.path()).unwrap().spaces().unwrap().into_iter().map(|row| row.space).collect();
    let other = spaces.into_iter().find(|found| *found != space()).unwrap();
    Library::open(store.path()).unwrap().commit(&[crate::store::Change::ForgetSpace(space())]).unwrap();
    let part = MethodPart { name: other.name.clone(), weight: 1.0, current: Ok(other.clone()) };
    let next = MapRequest { method: MethodChoice::Named(vec![part]), ..request(store.path(), &LAYOUTS[2]) };
    map(&next, store.path(), &Quiet).unwrap();
    let database = Playlists::look(store.path()).unwrap();
    let name = |space: &SpaceId| format!("pca {}/{}", space.name, space.fingerprint.short(16));
    assert_eq!(database.map(&name(&space())).unwrap(), None);
    assert!(database.map(&name(&Combination(vec![(other, 1.0)]).space())).unwrap().is_some());
}

#[test]
fn one_song_and_equal_songs_make_a_map_too() {
    for songs in [1, 2, 3] {
        let store = tempfile::tempdir().unwrap();
        let equal = (0..songs).map(|song| (song, vec![1.0; 6], Tags::default()));
        put_tagged(store.path(), &space(), equal);
        for layout in LAYOUTS {
            let summary = map(&request(store.path(), layout), store.path(), &Quiet).unwrap();
            assert_eq!(summary.songs, songs as usize, "{}", layout.name);
        }
    }
}
