//! UMAP (McInnes, Healy and Melville 2018): rows that belong together attract each other, all others are pushed apart.
//!
//! The usual program moves one row after another, and from several threads as they come. Here all rows move at the end of an
//! epoch, with the steps of Adam (Kingma and Ba 2015), as uwot's `batch` does: the result is the same on any number of cores.

use rayon::prelude::*;

use super::fuzzy::FuzzyGraph;
use super::pca::pca;
use super::random::RandomStream;
use super::task::{LayoutTask, Position};

/// How attraction falls with the distance: 1 / (1 + A d^2B), fitted to a least distance of 0.1 and a spread of 1.
pub(super) const A: f32 = 1.576_943_5;
pub(super) const B: f32 = 0.895_060_9;
/// How many random rows push a row away for each that attracts it.
pub(super) const NEGATIVES: usize = 5;
/// No row pulls or pushes harder. The usual program bounds each axis for itself, which draws groups out along the diagonals.
const STRONGEST: f32 = 4.0;
/// A map that begins anew reaches so far to each side.
const EXTENT: f32 = 10.0;

/// Epochs of small and of large maps, as the usual program has them.
const EPOCHS: [u64; 2] = [500, 300];
const SMALL: usize = 10_000;
/// A map that goes on needs fewer, and smaller steps.
const EPOCHS_ON: u64 = 100;
const STEP_ON: f32 = 0.1;

/// Adam's decay of the mean and of the squares, as uwot has them.
const DECAY: [f32; 2] = [0.5, 0.9];
const EPSILON: f32 = 1e-7;

pub(super) fn steps(task: &LayoutTask) -> u64 {
    let anew = if task.keys.len() <= SMALL { EPOCHS[0] } else { EPOCHS[1] };
    if task.start.is_some() { EPOCHS_ON } else { anew }
}

pub(super) fn run(task: &LayoutTask, tick: &mut dyn FnMut()) -> Vec<Position> {
    let graph = FuzzyGraph::of(task.nearest, task.keys.len());
    let (mut positions, step) = match &task.start {
        Some(start) => (start.clone(), STEP_ON),
        None => (beginning(task), 1.0),
    };
    let mut adam = vec![AdamState::default(); positions.len()];
    let most = graph.edges.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
    let epochs = steps(task);
    for epoch in 0..epochs {
        let rate = step * (1.0 - epoch as f32 / epochs as f32);
        let rate =
            rate * (1.0 - DECAY[1].powi(epoch as i32 + 1)).sqrt() / (1.0 - DECAY[0].powi(epoch as i32 + 1));
        let moved = |(row, adam): (usize, &mut AdamState)| {
            let force =
                force(&graph, &positions, row, most, epoch, &mut RandomStream::of(task.keys[row], epoch));
            let step = adam.step(force);
            [0, 1].map(|axis| positions[row][axis] + rate * step[axis])
        };
        positions = adam.par_iter_mut().enumerate().map(moved).collect();
        tick();
    }
    positions
}

/// The principal components, a little apart from each other.
fn beginning(task: &LayoutTask) -> Vec<Position> {
    let mut positions = pca(task.values);
    let far = positions.iter().flatten().fold(0.0_f32, |far, value| far.max(value.abs()));
    let scale = if far > 0.0 { EXTENT / far } else { 1.0 };
    for (position, key) in positions.iter_mut().zip(task.keys) {
        let mut random = RandomStream::of(*key, u64::MAX);
        *position = position.map(|value| value * scale + 1e-3 * random.centred());
    }
    positions
}

/// What pulls and pushes a row in an epoch, in which stronger edges take part more often.
fn force(
    graph: &FuzzyGraph,
    positions: &[Position],
    row: usize,
    most: f32,
    epoch: u64,
    random: &mut RandomStream,
) -> Position {
    let own = positions[row];
    let mut force = [0.0; 2];
    for &(other, weight) in graph.of_row(row) {
        let share = weight / most;
        if ((epoch + 1) as f32 * share).floor() <= (epoch as f32 * share).floor() {
            continue;
        }
        // Each edge attracts both of its ends, in each of its directions.
        let pull = attraction(own, positions[other as usize]);
        (0..2).for_each(|axis| force[axis] += 2.0 * pull[axis]);
        for _ in 0..NEGATIVES {
            let other = random.below(positions.len());
            if other != row {
                let push = repulsion(own, positions[other]);
                (0..2).for_each(|axis| force[axis] += push[axis]);
            }
        }
    }
    force
}

fn between(own: Position, other: Position) -> (Position, f32) {
    let gap = [own[0] - other[0], own[1] - other[1]];
    (gap, gap[0] * gap[0] + gap[1] * gap[1])
}

/// A force along the gap, of so many times its length.
fn bounded(gap: Position, square: f32, strength: f32) -> Position {
    let most = STRONGEST / square.sqrt().max(f32::MIN_POSITIVE);
    gap.map(|gap| strength.clamp(-most, most) * gap)
}

/// How a row is drawn to another.
pub(super) fn attraction(own: Position, other: Position) -> Position {
    let (gap, square) = between(own, other);
    if square <= 0.0 {
        return [0.0; 2];
    }
    let power = square.powf(B);
    let strength = -2.0 * A * B * power / square / (A * power + 1.0);
    bounded(gap, square, strength)
}

/// How a row is pushed away by another.
pub(super) fn repulsion(own: Position, other: Position) -> Position {
    let (gap, square) = between(own, other);
    let strength = 2.0 * B / ((0.001 + square) * (A * square.powf(B) + 1.0));
    bounded(gap, square, strength)
}

/// What Adam remembers of a row.
#[derive(Clone, Copy, Default)]
struct AdamState {
    mean: Position,
    /// Of both axes together: each for itself would draw everything out along the diagonals.
    square: f32,
}

impl AdamState {
    fn step(&mut self, force: Position) -> Position {
        let square = (force[0] * force[0] + force[1] * force[1]) / 2.0;
        self.square += (1.0 - DECAY[1]) * (square - self.square);
        [0, 1].map(|axis| {
            self.mean[axis] += (1.0 - DECAY[0]) * (force[axis] - self.mean[axis]);
            self.mean[axis] / (self.square.sqrt() + EPSILON)
        })
    }
}
