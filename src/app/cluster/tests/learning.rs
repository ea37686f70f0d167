//! A metric that tags teach, and what becomes of a set that is compared by it.

use super::*;
use crate::app::cluster::learn_from::LearnFrom;
use crate::app::cluster::summary::ClusterSummary;

/// Two songs of each of so many artists. Of a pair one is loud and one is not, which is most of what tells songs apart; the
/// artists are of two kinds, which differ by less.
fn store(artists: u32, artist: impl Fn(u32) -> String) -> tempfile::TempDir {
    let store = tempfile::tempdir().unwrap();
    let vector = |n: u32| {
        let (kind, loud) = ((n / 2 % 2) as f32, (n % 2) as f32);
        // Angles are compared: what is not in the first two columns is small against the last one.
        vec![kind + (n % 5) as f32 * 0.02, 2.0 * loud + (n % 7) as f32 * 0.02, 4.0]
    };
    let tags = |n: u32| Tags { artist: artist(n / 2), album: artist(n / 2), ..Tags::default() };
    put_tagged(store.path(), &space(), (0..2 * artists).map(|n| (n, vector(n), tags(n))));
    store
}

fn space() -> SpaceId {
    SpaceId { name: "heard".into(), fingerprint: Digest([3; 32]) }
}

fn named(n: u32) -> String {
    format!("Artist {n}")
}

fn asked(learn_from: Option<LearnFrom>) -> ClusterRequest {
    ClusterRequest { method: compared_by(space()), learn_from, ..request(None) }
}

fn run(store: &Path, learn_from: Option<LearnFrom>) -> ClusterSummary {
    cluster(&asked(learn_from), store, &Quiet).unwrap()
}

fn last(store: &Path) -> crate::store::RunRecord {
    Playlists::look(store).unwrap().set("library").unwrap().unwrap().1.unwrap()
}

/// Of how many artists both songs are in one playlist.
fn together(store: &Path, artists: u32) -> usize {
    let run = last(store);
    let list = |n: u32| {
        let content = ContentId { recipe: 1, digest: Digest::of(&n.to_le_bytes()) };
        run.playlists.iter().position(|list| list.members.contains(&content)).unwrap()
    };
    (0..artists).filter(|artist| list(2 * artist) == list(2 * artist + 1)).count()
}

#[test]
fn songs_of_one_artist_come_together_and_equal_calls_give_equal_runs() {
    for from in LearnFrom::ALL {
        let store = store(24, named);
        run(store.path(), None);
        assert_eq!(together(store.path(), 24), 0, "loudness tells most songs apart");
        let fresh = ClusterRequest { fresh: true, ..asked(Some(from)) };
        let learned = cluster(&fresh, store.path(), &Quiet).unwrap();
        assert_eq!(learned.learn_from, Some(from));
        assert_eq!(together(store.path(), 24), 24, "{from:?}");
        assert_eq!(run(store.path(), Some(from)).run, learned.run);
        assert_eq!(cluster(&fresh, store.path(), &Quiet).unwrap().run, learned.run);
    }
}

#[test]
fn setting_and_classes_are_part_of_a_run_and_names_of_artists_are_not() {
    let (first, renamed) = (store(24, named), store(24, |n| format!("Somebody {n}")));
    let one = run(first.path(), Some(LearnFrom::Artist));
    assert_eq!(run(renamed.path(), Some(LearnFrom::Artist)).run, one.run);
    let plain = store(24, named);
    assert_ne!(run(plain.path(), None).run, one.run);
    // One pair of artists is one artist; all else is the same.
    let retagged = store(24, |n| named(n - u32::from(n == 4) * 2));
    run(retagged.path(), Some(LearnFrom::Artist));
    let (one, other) = (last(first.path()), last(retagged.path()));
    assert_ne!(one.settings, other.settings);
    assert!(one.settings.contains(" learn_from=artist:"), "{}", one.settings);
}

#[test]
fn a_set_that_is_compared_otherwise_goes_on_with_its_playlists() {
    let store = store(24, named);
    let ids = |summary: ClusterSummary| summary.playlists.iter().map(|list| list.id).collect::<Vec<_>>();
    let never = |learn_from| ClusterRequest { regroup: Regroup::Never, ..asked(learn_from) };
    let plain = ids(run(store.path(), None));
    let learned = cluster(&never(Some(LearnFrom::Artist)), store.path(), &Quiet).unwrap();
    assert!(!learned.is_regrouped && learned.regroup_gain.is_some());
    assert_eq!(ids(learned), plain);
    assert_eq!(last(store.path()).lineage, 1);
}

#[test]
fn with_too_few_artists_one_line_says_so_and_the_run_is_as_without() {
    let without = run(store(19, named).path(), None);
    let various = |n: u32| if n < 19 { named(n) } else { "Various Artists".to_owned() };
    for (store, found) in [
        (store(19, named), "19 artists have"),
        (store(19, |n| if n == 0 { named(0) } else { String::new() }), "1 artist has"),
        (store(22, various), "19 artists have"),
    ] {
        let warnings = Warnings::default();
        let summary = cluster(&asked(Some(LearnFrom::Artist)), store.path(), &warnings).unwrap();
        let warnings = warnings.0.into_inner();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains(found) && warnings[0].contains("needs 20"), "{warnings:?}");
        assert_eq!(summary.learn_from, None);
        assert!(summary.tracks != 38 || summary.run == without.run);
    }
}

#[test]
fn a_restored_run_is_as_it_was() {
    let store = store(24, named);
    run(store.path(), Some(LearnFrom::Artist));
    let before = last(store.path());
    run(store.path(), None);
    let restored = restore::RestoreRequest {
        set: crate::app::history::sets::SetSelector { given: None, default: "" },
        run: &before.id,
        order: &ORDERS[0],
        seed: 42,
        targets: Targets::default(),
    };
    restore::restore(&restored, store.path(), &Quiet).unwrap();
    let after = last(store.path());
    assert_eq!((after.playlists, after.settings), (before.playlists, before.settings));
}
