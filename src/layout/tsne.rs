//! t-SNE (van der Maaten and Hinton 2008) with the settings of Kobak and Berens (2019).
//!
//! All pairs push each other apart: for the number of points that it is for, that takes as long as approximating it, and is
//! exact.

use rayon::prelude::*;

use super::pca::pca;
use super::task::{LayoutTask, Nearest, Position};

/// How many neighbours a row has, in effect; a third of those that are looked at.
const PERPLEXITY: f32 = 30.0;
/// Rows attract each other so much more in the first steps, which brings groups together.
const EXAGGERATION: f32 = 12.0;
const EARLY: u64 = 250;
const LATE: u64 = 500;
/// A map that goes on.
const STEPS_ON: u64 = 150;
/// How much of the last step goes on, in the early steps and in the late.
const MOMENTUM: [f32; 2] = [0.5, 0.8];
const LEAST_GAIN: f32 = 0.01;
/// Spread of the beginning.
const SPREAD: f32 = 1e-4;
/// No row moves farther in one step.
const FARTHEST: f32 = 5.0;

pub(super) fn steps(task: &LayoutTask) -> u64 {
    if task.start.is_some() { STEPS_ON } else { EARLY + LATE }
}

pub(super) fn run(task: &LayoutTask, tick: &mut dyn FnMut()) -> Vec<Position> {
    let edges = joint(task.nearest, task.keys.len());
    let rows = task.keys.len();
    let mut positions = task.start.clone().unwrap_or_else(|| beginning(task));
    let (mut velocity, mut gains) = (vec![[0.0_f32; 2]; rows], vec![[1.0_f32; 2]; rows]);
    for step in 0..steps(task) {
        let is_early = task.start.is_none() && step < EARLY;
        let exaggeration = if is_early { EXAGGERATION } else { 1.0 };
        let rate = (rows as f32 / EXAGGERATION).max(10.0)
            * if is_early || task.start.is_some() { 1.0 } else { EXAGGERATION };
        let momentum = MOMENTUM[usize::from(!is_early)];
        let pushes = pushes(&positions);
        // In the order of the rows, whatever thread added which.
        let all: f64 = pushes.iter().map(|(_, sum)| f64::from(*sum)).sum();
        let all = (all as f32).max(f32::MIN_POSITIVE);
        let gradient: Vec<Position> = (0..rows)
            .into_par_iter()
            .map(|row| {
                let pull = pull(&edges[row], &positions, row);
                [0, 1].map(|axis| 4.0 * (exaggeration * pull[axis] - pushes[row].0[axis] / all))
            })
            .collect();
        for row in 0..rows {
            for axis in 0..2 {
                let (slope, speed) = (gradient[row][axis], velocity[row][axis]);
                let gain = &mut gains[row][axis];
                *gain = if (slope > 0.0) == (speed > 0.0) { *gain * 0.8 } else { *gain + 0.2 };
                *gain = gain.max(LEAST_GAIN);
                velocity[row][axis] = (momentum * speed - rate * *gain * slope).clamp(-FARTHEST, FARTHEST);
                positions[row][axis] += velocity[row][axis];
            }
        }
        tick();
    }
    positions
}

fn beginning(task: &LayoutTask) -> Vec<Position> {
    let mut positions = pca(task.values);
    let variance = positions.iter().map(|[x, _]| x * x).sum::<f32>() / positions.len().max(1) as f32;
    let scale = if variance > 0.0 { SPREAD / variance.sqrt() } else { 1.0 };
    for (position, key) in positions.iter_mut().zip(task.keys) {
        let mut random = super::random::RandomStream::of(*key, u64::MAX);
        *position = position.map(|value| value * scale + 0.01 * SPREAD * random.centred());
    }
    positions
}

/// The joint probabilities of rows and their neighbours: other rows with the probability, for each row.
fn joint(nearest: &Nearest, rows: usize) -> Vec<Vec<(u32, f32)>> {
    let conditional: Vec<Vec<f32>> =
        (0..rows).into_par_iter().map(|row| calibrated(nearest.of(row).1)).collect();
    let mut edges: Vec<Vec<(u32, f32)>> = vec![Vec::new(); rows];
    for (row, weights) in conditional.iter().enumerate() {
        for (&other, &weight) in nearest.of(row).0.iter().zip(weights) {
            let weight = weight / (2.0 * rows as f32);
            edges[row].push((other, weight));
            edges[other as usize].push((row as u32, weight));
        }
    }
    edges
}

/// Probabilities of a row's neighbours, whose entropy is that of [`PERPLEXITY`] equal ones.
fn calibrated(distances: &[f32]) -> Vec<f32> {
    let wanted = PERPLEXITY.min(distances.len() as f32 / 3.0).max(1.0).ln();
    let least = distances.first().map_or(0.0, |distance| distance * distance);
    let (mut low, mut high, mut precision) = (0.0, f32::INFINITY, 1.0_f32);
    let mut weights = Vec::new();
    for _ in 0..64 {
        weights =
            distances.iter().map(|distance| (-(distance * distance - least) * precision).exp()).collect();
        let all: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= all);
        let entropy: f32 =
            weights.iter().filter(|weight| **weight > 0.0).map(|weight| -weight * weight.ln()).sum();
        if (entropy - wanted).abs() < 1e-4 {
            break;
        }
        if entropy > wanted {
            low = precision
        } else {
            high = precision
        }
        precision = if high.is_finite() { (low + high) / 2.0 } else { (2.0 * precision).min(f32::MAX / 4.0) };
    }
    weights
}

fn pull(edges: &[(u32, f32)], positions: &[Position], row: usize) -> Position {
    let [x, y] = positions[row];
    edges.iter().fold([0.0; 2], |[across, up], (other, weight)| {
        let [dx, dy] = [x - positions[*other as usize][0], y - positions[*other as usize][1]];
        let near = weight / (1.0 + dx * dx + dy * dy);
        [across + near * dx, up + near * dy]
    })
}

/// How all others push each row, not yet divided by the sum over all pairs, and its own part of that sum.
fn pushes(positions: &[Position]) -> Vec<(Position, f32)> {
    let (across, up): (Vec<f32>, Vec<f32>) = positions.iter().map(|[x, y]| (*x, *y)).unzip();
    let of_row = |[x, y]: &Position| {
        // Lanes of a fixed number, so that the sums do not depend on the machine.
        let mut sums = [[0.0_f32; 8]; 3];
        let chunks = across.chunks(8).zip(up.chunks(8));
        for (across, up) in chunks {
            for lane in 0..across.len() {
                let (dx, dy) = (x - across[lane], y - up[lane]);
                let near = 1.0 / (1.0 + dx * dx + dy * dy);
                sums[0][lane] += near;
                sums[1][lane] += near * near * dx;
                sums[2][lane] += near * near * dy;
            }
        }
        let [near, dx, dy] = sums.map(|lanes| lanes.iter().sum::<f32>());
        // It does not push itself.
        ([dx, dy], near - 1.0)
    };
    positions.par_iter().map(of_row).collect()
}
