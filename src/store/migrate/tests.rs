use redb::{Builder, ConcurrencyMode};

use super::*;
use crate::store::{Library, Playlists, View, tables::SCHEMA};

/// A store of schema 1, as an indexer of 2026 wrote it: see tests/fixtures/store-1.
fn store_of_schema_1() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-1");
    for file in ["library.redb", "playlists.redb"] {
        fs::copy(fixture.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn open(path: &Path) -> Database {
    Builder::new().set_concurrency_mode(ConcurrencyMode::SingleWriter).open(path).unwrap()
}

#[test]
fn every_schema_before_todays_has_a_step() {
    assert_eq!(STEPS.len() + 1, SCHEMA as usize);
}

#[test]
fn a_store_of_schema_1_is_read_whole() {
    let folder = store_of_schema_1();
    let view = View::open(folder.path()).unwrap();
    assert_eq!(view.roots().unwrap().len(), 1);
    assert_eq!((view.track_numbers().unwrap().len(), view.damaged()), (18, 0));
    let mut files = 0;
    view.files(|_, record| {
        files += usize::from(record.track.is_some());
        let tags = record.tags;
        assert!(!tags.title.is_empty() && tags.genres.len() == 1 && tags.further.is_none(), "{tags:?}");
    })
    .unwrap();
    assert_eq!(files, 18);
    let spaces = view.spaces().unwrap();
    assert_eq!(spaces.len(), 2);
    for record in spaces {
        assert_eq!(view.vectors(&record.space).unwrap().len(), 18, "{}", record.space.name);
        assert!(view.pace(&record.space).unwrap().is_some());
        let scores = if record.space.name == "mfcc" { 0 } else { 18 };
        assert_eq!(view.scores(&record.space).unwrap().len(), scores, "{}", record.space.name);
    }
    assert!(view.audited().unwrap().is_none());
    assert_eq!(view.damaged(), 0);

    let playlists = Playlists::read(folder.path()).unwrap().unwrap();
    for set in playlists.sets().unwrap() {
        let (_, run) = playlists.set(&set).unwrap().unwrap();
        let run = run.unwrap();
        assert_eq!(run.playlists.iter().map(|list| list.members.len()).sum::<usize>(), 18, "{set}");
        assert!(playlists.run_over(&set, &run.tracks, |_| true).unwrap().is_some());
    }
    assert!(!playlists.is_damaged());
}

#[test]
fn a_migration_leaves_no_copy_and_is_made_once() {
    let folder = store_of_schema_1();
    let path = folder.path().join("library.redb");
    fs::write(copy_of(&path), "the rest of a migration that was killed").unwrap();
    drop(Library::open(folder.path()).unwrap());
    assert!(!copy_of(&path).exists());
    let migrated = fs::read(&path).unwrap();
    fs::write(copy_of(&path), "killed after its commit").unwrap();
    drop(View::open(folder.path()).unwrap());
    assert_eq!(fs::read(&path).unwrap(), migrated, "a reader changes nothing");
    drop(Library::open(folder.path()).unwrap());
    assert!(!copy_of(&path).exists());
}

#[test]
fn without_room_for_a_copy_the_store_stays_as_it_was() {
    let folder = store_of_schema_1();
    let path = folder.path().join("library.redb");
    let before = fs::read(&path).unwrap();
    fs::create_dir(copy_of(&path)).unwrap();
    let error = View::open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("make room beside it") && error.contains("library.redb"), "{error}");
    fs::remove_dir(copy_of(&path)).unwrap();
    assert_eq!(View::open(folder.path()).unwrap().track_numbers().unwrap().len(), 18);
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_row_stays_damaged_and_the_others_are_migrated() {
    let folder = store_of_schema_1();
    let path = folder.path().join("library.redb");
    let database = open(&path);
    let write = database.begin_write().unwrap();
    write.open_table(TRACKS).unwrap().insert(7, &[9_u8; 40][..]).unwrap();
    write.commit().unwrap();
    drop(database);
    let view = View::open(folder.path()).unwrap();
    assert_eq!((view.track_numbers().unwrap().len(), view.damaged()), (17, 1));
}
