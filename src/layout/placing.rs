//! Rows among others whose places are known: new songs of a map, and those of a large one that are no landmarks.

use rayon::prelude::*;

use super::fuzzy::memberships;
use super::random::RandomStream;
use super::task::{Nearest, Position};
use super::umap::{NEGATIVES, attraction, repulsion};

/// How often a row moves, and how far at first: what umap-learn does with new rows of a map.
const ROUNDS: u64 = 30;
const STEP: f32 = 0.25;

/// Each row in the midst of its nearest known rows, which count as they belong to it. Rows of `nearest` are those of `known`.
pub(crate) fn mean_of_nearest(known: &[Position], nearest: &Nearest) -> Vec<Position> {
    let mean = |row: usize| {
        let (rows, distances) = nearest.of(row);
        let weights = memberships(distances);
        let all: f32 = weights.iter().sum();
        let sum = |axis: usize| -> f32 {
            rows.iter().zip(&weights).map(|(row, weight)| weight * known[*row as usize][axis]).sum()
        };
        [sum(0) / all, sum(1) / all]
    };
    (0..nearest.len()).into_par_iter().map(mean).collect()
}

/// Moves rows by what attracts and pushes them in UMAP, among `landmarks` that stay where they are.
pub(crate) fn place(
    landmarks: &[Position],
    nearest: &Nearest,
    keys: &[u64],
    start: Vec<Position>,
) -> Vec<Position> {
    let placed = |(row, mut position): (usize, Position)| {
        let (rows, distances) = nearest.of(row);
        let weights = memberships(distances);
        for round in 0..ROUNDS {
            let mut random = RandomStream::of(keys[row], round);
            let rate = STEP * (1.0 - round as f32 / ROUNDS as f32);
            for (&other, &weight) in rows.iter().zip(&weights) {
                if ((round + 1) as f32 * weight).floor() <= (round as f32 * weight).floor() {
                    continue;
                }
                let pull = attraction(position, landmarks[other as usize]);
                (0..2).for_each(|axis| position[axis] += rate * pull[axis]);
                for _ in 0..NEGATIVES {
                    let push = repulsion(position, landmarks[random.below(landmarks.len())]);
                    (0..2).for_each(|axis| position[axis] += rate * push[axis]);
                }
            }
        }
        position
    };
    start.into_par_iter().enumerate().map(placed).collect()
}
