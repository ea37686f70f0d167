use super::*;
use crate::digest::Digest;
use crate::store::tables::{CHOICES, OWNED};

/// A run with one playlist of this id.
fn run(id: u32) -> RunRecord {
    let list = RunPlaylist { id, name: "Calm".into(), members: vec![], absent: vec![] };
    RunRecord { id: format!("run {id}"), ..RunRecord::example(vec![list]) }
}

#[test]
fn the_last_fifty_runs_are_kept_and_listed_the_latest_first() {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = Playlists::open(folder.path()).unwrap();
    database.keep("other", &SetRecord { next_id: 1, latest: 1 }, &run(0)).unwrap();
    for number in 1..=60_u32 {
        let set = SetRecord { next_id: number, latest: number.into() };
        database.keep("mfcc", &set, &RunRecord { lineage: u64::from(number) / 30, ..run(number) }).unwrap();
    }
    let mut ids = Vec::new();
    database.runs("mfcc", |run| ids.push(run.playlists[0].id)).unwrap();
    assert_eq!(ids, (11..=60).rev().collect::<Vec<_>>());
    assert_eq!([0, 1, 2, 3].map(|lineage| database.next_id("mfcc", lineage).unwrap()), [30, 60, 61, 0]);
    assert_eq!(database.sets().unwrap().into_iter().collect::<Vec<_>>(), ["mfcc", "other"]);
}

#[test]
fn a_damaged_row_costs_no_identity() {
    let folder = tempfile::tempdir().unwrap();
    let set = SetRecord { next_id: 7, latest: 2 };
    let (database, _) = Playlists::open(folder.path()).unwrap();
    database.keep("mfcc", &SetRecord { next_id: 5, latest: 1 }, &run(4)).unwrap();
    database.keep("mfcc", &set, &run(3)).unwrap();
    assert_eq!((database.set("mfcc").unwrap().unwrap().0, database.is_damaged()), (set.clone(), false));

    let bad: &[u8] = b"not what was written";
    database
        .write(|write| {
            write.open_table(RUNS)?.insert(("mfcc", 2), bad)?;
            Ok(())
        })
        .unwrap();
    let (found, last) = database.set("mfcc").unwrap().unwrap();
    assert_eq!((found, last.unwrap().id.as_str(), database.is_damaged()), (set, "run 4", true));

    database
        .write(|write| {
            write.open_table(SETS)?.insert("mfcc", bad)?;
            Ok(())
        })
        .unwrap();
    let (found, last) = database.set("mfcc").unwrap().unwrap();
    assert_eq!(found, SetRecord { next_id: 5, latest: 2 });
    assert_eq!(last.unwrap().id, "run 4");
}

#[test]
fn a_damaged_row_of_a_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = Playlists::open(folder.path()).unwrap();
    database
        .write(|write| {
            write.open_table(OWNED)?.insert(&b"/a"[..], &b"bad"[..])?;
            Ok(())
        })
        .unwrap();
    assert_eq!((database.owned("mfcc").unwrap(), database.is_damaged()), (vec![], true));
}

#[test]
fn choices_are_of_one_lineage_and_the_damaged_one_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = Playlists::open(folder.path()).unwrap();
    let named = |name: &str| PlaylistChoice { name: Some(name.to_owned()), ..PlaylistChoice::default() };
    let choices = Choices::from([(0, named("Calm")), (3, named("Loud"))]);
    database.choose("mfcc", 1, &choices).unwrap();
    database
        .choose("mfcc", 2, &Choices::from([(0, named("other")), (1, PlaylistChoice::default())]))
        .unwrap();
    assert_eq!(database.choices("mfcc", 1).unwrap(), choices);
    assert_eq!(database.choices("mfcc", 2).unwrap().len(), 1, "what says nothing is not kept");
    assert_eq!(database.choices("mfc", 1).unwrap(), Choices::new());
    assert!(!database.is_damaged());

    let bad: &[u8] = b"not what was written";
    database
        .write(|write| {
            write.open_table(CHOICES)?.insert(("mfcc", 1, 0), bad)?;
            Ok(())
        })
        .unwrap();
    assert_eq!(database.choices("mfcc", 1).unwrap().into_keys().collect::<Vec<_>>(), [3]);
    assert!(database.is_damaged());
}

#[test]
fn a_folder_tells_the_files_of_other_sets_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = Playlists::open(folder.path()).unwrap();
    let file = |path: &str| OwnedFile { path: path.into(), digest: Digest([1; 32]), playlist: 0 };
    let (mine, theirs) = (file("/lists/Calm.m3u8"), file("/lists/Loud.m3u8"));
    for (set, files) in [("mine", vec![mine]), ("theirs", vec![theirs.clone(), file("/lists/deeper/x.m3u8")])]
    {
        database.keep(set, &SetRecord { next_id: 1, latest: 1 }, &run(0)).unwrap();
        database.claim(set, &files).unwrap();
    }
    let others = |folder: &str, set: &str| database.files_of_others(Path::new(folder), set).unwrap();
    assert_eq!(others("/lists", "mine"), [("theirs".to_owned(), theirs)]);
    assert_eq!(others("/lists", "new").len(), 2);
    assert_eq!(others("/", "new"), []);
}
