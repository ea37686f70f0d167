use super::*;
use crate::{digest::Digest, space::SpaceId, track::ContentId};

fn points(name: &str, rows: &[Vec<f32>]) -> Points {
    let space = SpaceId { name: name.into(), fingerprint: Digest([0; 32]) };
    let content = |row: usize| ContentId { recipe: 1, digest: Digest([row as u8; 32]) };
    Points::new(space, rows.iter().enumerate().map(|(row, values)| (content(row), values.clone())).collect())
        .unwrap()
}

#[test]
fn near_vectors_of_one_length_are_one_recording_and_the_best_encoding_stays() {
    let rows = [vec![0.0, 0.0], vec![0.1, 0.0], vec![0.2, 0.2], vec![0.0, 0.36], vec![-0.1, -0.1]];
    let points = points("mfcc", &rows);
    for (seconds, ranks, repeated) in [
        ([60.0; 5], [0; 5], &[1_usize, 2, 4] as &[usize]),
        ([60.0; 5], [1, 0, 1, 1, 1], &[0, 2, 4]),
        ([60.0, 60.2, 60.3, 60.0, 61.0], [0; 5], &[1]),
        ([60.0, 120.0, 180.0, 240.0, 300.0], [0; 5], &[]),
    ] {
        assert_eq!(duplicates(&points, &seconds, &ranks), repeated, "{seconds:?} {ranks:?}");
    }
}

#[test]
fn a_model_tells_recordings_closer_apart() {
    let rows = [vec![0.0, 0.0], vec![0.09, 0.0], vec![0.2, 0.0]];
    assert_eq!(duplicates(&points("cnn14", &rows), &[1.0; 3], &[0; 3]), [1]);
}

#[test]
fn the_grid_misses_no_pair() {
    let value = |n: usize| ((n * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0;
    let rows: Vec<Vec<f32>> =
        (0..200).map(|n| (0..4).map(|column| value(4 * n + column)).collect()).collect();
    let seconds: Vec<f64> = (0..200).map(|n| f64::from(value(7 * n)).abs()).collect();
    let points = points("mfcc", &rows);
    let radius = traits_of("mfcc").duplicate_radius;
    let mut kept: Vec<usize> = Vec::new();
    let mut repeated = Vec::new();
    for row in 0..rows.len() {
        let is_same = |&other: &usize| {
            let gap = &points.values().row(row) - &points.values().row(other);
            (seconds[row] - seconds[other]).abs() <= SECONDS && gap.dot(&gap).sqrt() <= radius
        };
        if kept.iter().any(is_same) { repeated.push(row) } else { kept.push(row) }
    }
    assert!(repeated.len() > 5, "{repeated:?}");
    assert_eq!(duplicates(&points, &seconds, &[0; 200]), repeated);
}

#[test]
fn no_track_repeats_none() {
    assert_eq!(duplicates(&points("mfcc", &[]), &[], &[0; 0]), [] as [usize; 0]);
}
