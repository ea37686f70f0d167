//! What becomes of an earlier partition.

use super::*;

/// Three places on a line, at 0, 10 and 20, with points around each.
fn line() -> Vec<Vec<f32>> {
    (0..60).map(|row| vec![(row % 3) as f32 * 10.0 + (row / 3) as f32 / 20.0, 0.0]).collect()
}

/// Labels for numbered rows, in the order of the points.
fn earlier(
    points: &Points,
    rows: usize,
    label: impl Fn(usize) -> Option<usize>,
    n: usize,
) -> EarlierPartition {
    let label_of: HashMap<_, _> = (0..rows).map(|row| (track(row), label(row))).collect();
    let labels = points.contents().iter().map(|content| label_of[content]).collect();
    EarlierPartition { labels, is_users: vec![false; n] }
}

fn task(n: Option<usize>) -> CarryOn {
    CarryOn { n, settles: true, min_size: 1 }
}

/// The rows of each cluster, ascending.
fn sets(points: &Points, rows: usize, clustering: &Clustering) -> BTreeSet<BTreeSet<usize>> {
    let row_of: HashMap<_, _> = (0..rows).map(|row| (track(row), row)).collect();
    let set = |rows: Vec<usize>| rows.into_iter().map(|row| row_of[&points.contents()[row]]).collect();
    clustering.members().into_iter().map(set).collect()
}

#[test]
fn a_point_moves_only_to_a_centroid_that_is_clearly_nearer() {
    // Two clusters around 0 and 10; the last point lies between them.
    for (at, moves) in [(5.1, false), (5.2, false), (5.6, true), (9.0, true)] {
        let mut rows: Vec<Vec<f32>> = (0..40).map(|row| vec![(row % 2) as f32 * 10.0]).collect();
        rows.push(vec![at]);
        let points = numbered(&rows);
        let before = earlier(&points, 41, |row| Some(if row == 40 { 0 } else { row % 2 }), 2);
        let after = sets(&points, 41, &carry_on(&points, &before, task(None)).unwrap());
        let with_first = after.iter().any(|rows| rows.contains(&0) && rows.contains(&40));
        assert_eq!(with_first, !moves, "{at}");
        let still = CarryOn { settles: false, ..task(None) };
        let after = sets(&points, 41, &carry_on(&points, &before, still).unwrap());
        assert!(after.iter().any(|rows| rows.contains(&0) && rows.contains(&40)), "{at}");
    }
}

#[test]
fn new_points_go_to_the_nearest_centroid_and_empty_clusters_end() {
    let points = numbered(&line());
    // Every second point is new; cluster 3 has no points any more.
    let before = earlier(&points, 60, |row| (row % 2 == 0).then_some(row % 3), 4);
    let after = carry_on(&points, &before, task(None)).unwrap();
    let expected = (0..3).map(|place| (place..60).step_by(3).collect()).collect();
    assert_eq!(sets(&points, 60, &after), expected);
    assert_eq!(carry_on(&points, &earlier(&points, 60, |_| None, 2), task(Some(2))), None);
}

#[test]
fn the_closest_clusters_are_merged_and_those_of_the_user_last() {
    let rows: Vec<Vec<f32>> =
        (0..80).map(|row| vec![[0.0, 1.0, 10.0, 12.0][row % 4] + (row / 4) as f32 / 1000.0]).collect();
    let points = numbered(&rows);
    let mut before = earlier(&points, 80, |row| Some(row % 4), 4);
    let places = |wanted: [&[usize]; 3]| -> BTreeSet<BTreeSet<usize>> {
        let rows = |places: &&[usize]| (0..80).filter(|row| places.contains(&(row % 4))).collect();
        wanted.iter().map(rows).collect()
    };
    let merged = carry_on(&points, &before, task(Some(3))).unwrap();
    assert_eq!(sets(&points, 80, &merged), places([&[0, 1], &[2], &[3]]));
    before.is_users[1] = true;
    let merged = carry_on(&points, &before, task(Some(3))).unwrap();
    assert_eq!(sets(&points, 80, &merged), places([&[0], &[1], &[2, 3]]));
    assert_eq!(carry_on(&points, &before, task(Some(1))).unwrap().n(), 1);
}

#[test]
fn the_loosest_cluster_is_split_where_its_points_lie_apart() {
    let points = numbered(&line());
    let before = earlier(&points, 60, |row| Some(usize::from(row % 3 == 0)), 2);
    let after = carry_on(&points, &before, task(Some(3))).unwrap();
    let expected = (0..3).map(|place| (place..60).step_by(3).collect()).collect();
    assert_eq!(sets(&points, 60, &after), expected);
    assert_eq!(carry_on(&points, &before, task(Some(40))).unwrap().n(), 40);
    // Equal points cannot be told apart, however many clusters are asked for.
    let equal = numbered(&vec![vec![1.0, 2.0]; 9]);
    let before = earlier(&equal, 9, |_| Some(0), 1);
    assert_eq!(carry_on(&equal, &before, task(Some(3))).unwrap().n(), 1);
}

#[test]
fn small_clusters_are_joined_to_the_nearest_but_for_the_users() {
    // 20 points at 0, 3 at 8, 20 at 10, 2 at 100.
    let place = |row: usize| match row {
        0..20 => (0, 0.0),
        20..23 => (1, 8.0),
        23..43 => (2, 10.0),
        _ => (3, 100.0),
    };
    let rows: Vec<Vec<f32>> = (0..45).map(|row| vec![place(row).1 + row as f32 / 1e4]).collect();
    let points = numbered(&rows);
    let mut before = earlier(&points, 45, |row| Some(place(row).0), 4);
    let sizes = |before: &EarlierPartition, min_size| {
        let task = CarryOn { min_size, settles: false, n: None };
        carry_on(&points, before, task).unwrap().members().iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&before, 1), [20, 20, 3, 2]);
    assert_eq!(sizes(&before, 3), [22, 20, 3]);
    assert_eq!(sizes(&before, 4), [23, 22], "two at 100 pull the centre at 10 away");
    assert_eq!(sizes(&before, 100), [45]);
    before.is_users[1] = true;
    assert_eq!(sizes(&before, 4), [22, 20, 3]);
    let fresh = carry_on(&points, &before, CarryOn { settles: false, ..task(None) }).unwrap();
    let joined = join_small(&points, fresh, 4);
    assert_eq!(joined.members().iter().map(Vec::len).collect::<Vec<_>>(), [23, 22]);
}
