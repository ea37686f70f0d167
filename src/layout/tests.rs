use std::collections::HashSet;

use ndarray::Array2;

use super::random::RandomStream;
use super::*;

/// Points of several groups, the columns of each around a mean of its own; and the group of each.
fn groups(points: usize, groups: usize) -> (Array2<f32>, Vec<usize>) {
    let mean = |group: usize, column: usize| 20.0 * RandomStream::of(group as u64, column as u64).centred();
    let noise = |row: usize, column: usize| RandomStream::of(row as u64 + 1000, column as u64).centred();
    let values =
        Array2::from_shape_fn((points, 8), |(row, column)| mean(row % groups, column) + noise(row, column));
    (values, (0..points).map(|row| row % groups).collect())
}

fn keys(points: usize) -> Vec<u64> {
    (0..points as u64).map(|row| RandomStream::of(row, 0).next()).collect()
}

/// By sorting all distances.
fn nearest(values: &Array2<f32>, k: usize) -> Nearest {
    let mut found = Nearest { k: k.min(values.nrows().saturating_sub(1)), ..Nearest::default() };
    for row in 0..values.nrows() {
        let distance = |other: usize| {
            let gap = &values.row(row) - &values.row(other);
            gap.dot(&gap).sqrt()
        };
        let mut others: Vec<_> = (0..values.nrows())
            .filter(|other| *other != row)
            .map(|other| (distance(other), other as u32))
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.rows.extend(others[..found.k].iter().map(|(_, other)| *other));
        found.distances.extend(others[..found.k].iter().map(|(distance, _)| *distance));
    }
    found
}

fn run(layout: &MapLayout, values: &Array2<f32>, start: Option<Vec<Position>>) -> Vec<Position> {
    let nearest = nearest(values, layout.neighbours);
    let task = LayoutTask { values, nearest: &nearest, keys: &keys(values.nrows()), start };
    let (wanted, mut steps) = ((layout.steps)(&task), 0);
    let positions = (layout.run)(&task, &mut || steps += 1);
    assert_eq!(steps, wanted, "{}", layout.name);
    positions
}

fn distance(one: Position, other: Position) -> f32 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

#[test]
fn groups_lie_apart_in_every_layout() {
    let (values, groups) = groups(200, 4);
    for layout in LAYOUTS {
        let positions = run(layout, &values, None);
        let nearest_on_map = |row: usize| {
            let others = (0..positions.len()).filter(|other| *other != row);
            others.min_by(|a, b| {
                distance(positions[row], positions[*a]).total_cmp(&distance(positions[row], positions[*b]))
            })
        };
        let same = (0..200).filter(|row| groups[nearest_on_map(*row).unwrap()] == groups[*row]).count();
        assert!(same >= 198, "{}: {same} of 200", layout.name);
    }
}

#[test]
fn the_same_points_have_the_same_bytes_whatever_the_number_of_threads() {
    let (values, _) = groups(300, 5);
    for layout in LAYOUTS {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(layout, &values, None))
        };
        let (one, three) = (with(1), with(3));
        assert_eq!(one, three, "{}", layout.name);
        let distinct: HashSet<_> = one.iter().map(|position| position.map(f32::to_bits)).collect();
        assert_eq!(distinct.len(), 300, "{}", layout.name);
    }
}

#[test]
fn few_points_and_equal_ones_have_finite_places() {
    for layout in LAYOUTS {
        for points in 0..5 {
            let (values, _) = groups(points, 2);
            for values in [values, Array2::zeros((points, 8)), Array2::ones((points, 1))] {
                let positions = run(layout, &values, None);
                assert_eq!(positions.len(), points);
                assert!(
                    positions.iter().flatten().all(|value| value.is_finite()),
                    "{} {points}",
                    layout.name
                );
            }
        }
    }
}

#[test]
fn a_map_that_goes_on_stays_where_it_was() {
    let (values, _) = groups(400, 5);
    for layout in LAYOUTS {
        let before = run(layout, &values, None);
        let mut after = run(layout, &values, Some(before.clone()));
        align(&mut after, &before.iter().copied().map(Some).collect::<Vec<_>>());
        let across = |axis: usize| {
            let values = before.iter().map(|position| position[axis]);
            values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
        };
        let mut moves: Vec<_> = before.iter().zip(&after).map(|(a, b)| distance(*a, *b)).collect();
        moves.sort_by(f32::total_cmp);
        let width = across(0).max(across(1));
        assert!(moves[200] <= 0.05 * width, "{}: {} of {width}", layout.name, moves[200]);
    }
}

#[test]
fn a_row_is_placed_among_its_nearest() {
    let known = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [50.0, 50.0]];
    let nearest = Nearest { k: 3, rows: vec![0, 1, 2], distances: vec![1.0, 1.0, 1.0] };
    let mean = mean_of_nearest(&known, &nearest);
    assert!(distance(mean[0], [1.0 / 3.0, 1.0 / 3.0]) < 1e-5);
    let placed = place(&known, &nearest, &[7], mean);
    assert!(distance(placed[0], [0.5, 0.5]) < 3.0, "{placed:?}");
}
