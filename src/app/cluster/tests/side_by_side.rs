//! Spaces side by side, and the choice among methods.

use std::collections::BTreeSet;

use super::*;
use crate::app::cluster::summary::ClusterSummary;

fn space(name: &str) -> SpaceId {
    SpaceId { name: name.into(), fingerprint: Digest([1; 32]) }
}

fn part(name: &str, weight: f32) -> MethodPart {
    MethodPart { name: name.into(), weight, current: Ok(space(name)) }
}

/// Two vectors for each of the songs: `kind` tells even numbers from odd ones, `half` the first 20 from the others, and has
/// only the songs below `known`.
fn store(known: u32) -> tempfile::TempDir {
    let store = tempfile::tempdir().unwrap();
    let vector = |is_first: bool, n: u32| {
        let (a, b) = if is_first { (1.0, 0.0) } else { (0.0, 1.0) };
        vec![a, b, (n % 7) as f32 * 0.01]
    };
    let tagged = |n: u32, values: Vec<f32>| (n, values, Tags::default());
    put_tagged(store.path(), &space("kind"), (0..40).map(|n| tagged(n, vector(n % 2 == 0, n))));
    put_tagged(store.path(), &space("half"), (0..known).map(|n| tagged(n, vector(n < 20, n))));
    store
}

fn run(store: &Path, method: MethodChoice, n: usize, fresh: bool) -> ClusterSummary {
    let request = ClusterRequest { method, n: Some(n), fresh, ..request(None) };
    cluster(&request, store, &Quiet).unwrap()
}

/// The numbers of the songs of each playlist.
fn lists(store: &Path) -> BTreeSet<BTreeSet<u32>> {
    let database = Playlists::look(store).unwrap();
    let (_, last) = database.set("library").unwrap().unwrap();
    let number =
        |content: &ContentId| (0..40).find(|n: &u32| content.digest == Digest::of(&n.to_le_bytes())).unwrap();
    last.unwrap().playlists.iter().map(|list| list.members.iter().map(number).collect()).collect()
}

#[test]
fn two_spaces_tell_apart_what_each_alone_does_not() {
    let store = store(40);
    let both = MethodChoice::Named(vec![part("kind", 1.0), part("half", 1.0)]);
    let summary = run(store.path(), both, 4, false);
    assert_eq!((summary.method.as_str(), summary.tracks, summary.coverage), ("kind+half", 40, 1.0));
    let expected = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(half, parity)| {
        (0..40).filter(|n| n % 2 == parity && n / 20 == half).collect::<BTreeSet<u32>>()
    });
    assert_eq!(lists(store.path()), BTreeSet::from(expected));

    // Of two playlists the heavier space decides.
    for (weight, first) in [(5.0, "kind"), (0.2, "half")] {
        let parts = vec![part("kind", weight), part("half", 1.0)];
        run(store.path(), MethodChoice::Named(parts), 2, true);
        let is_first = |n: &u32| if first == "kind" { n.is_multiple_of(2) } else { n / 20 == 0 };
        let (yes, no): (BTreeSet<u32>, BTreeSet<u32>) = (0..40).partition(is_first);
        assert_eq!(lists(store.path()), BTreeSet::from([yes, no]), "{first}");
    }
}

#[test]
fn songs_that_one_of_the_spaces_lacks_are_left_out_and_lower_the_coverage() {
    let store = store(30);
    let summary =
        run(store.path(), MethodChoice::Named(vec![part("kind", 1.0), part("half", 1.0)]), 2, false);
    assert_eq!((summary.tracks, summary.coverage), (30, 0.75));
}

#[test]
fn the_best_is_taken_where_nearly_all_songs_have_it_and_stays_until_the_set_begins_anew() {
    let best = || MethodChoice::Best {
        alternatives: vec![vec![part("kind", 1.0), part("half", 1.0)], vec![part("kind", 1.0)]],
        installed: vec![part("kind", 1.0), part("half", 1.0)],
    };
    let few = store(35);
    assert_eq!(run(few.path(), best(), 2, false).method, "kind");
    let many = store(36);
    assert_eq!(run(many.path(), best(), 2, false).method, "kind+half");

    let named = MethodChoice::Named(vec![part("kind", 2.0), part("half", 1.0)]);
    assert_eq!(run(many.path(), named, 2, false).method, "kind:2+half");
    assert_eq!(run(many.path(), best(), 2, false).method, "kind:2+half");
    let alone = MethodChoice::Named(vec![part("half", 1.0)]);
    assert_eq!(run(many.path(), alone, 2, false).method, "half");
    assert_eq!(run(many.path(), best(), 2, false).method, "half");
    assert_eq!(run(many.path(), best(), 2, true).method, "kind+half");
}

#[test]
fn a_run_over_several_spaces_is_restored() {
    let store = store(40);
    let both = || MethodChoice::Named(vec![part("kind", 1.0), part("half", 1.0)]);
    run(store.path(), both(), 4, false);
    let before = lists(store.path());
    run(store.path(), MethodChoice::Named(vec![part("kind", 1.0)]), 2, false);
    assert_ne!(lists(store.path()), before);
    let restored = restore::RestoreRequest {
        set: crate::app::history::sets::SetSelector { given: None, default: "" },
        run: "previous",
        order: &ORDERS[0],
        seed: 42,
        targets: Targets::default(),
    };
    restore::restore(&restored, store.path(), &Quiet).unwrap();
    assert_eq!(lists(store.path()), before);
}
