//! The order `flow`: a smooth walk that begins at a typical song and goes on to the nearest one not yet taken.
//!
//! A walk costs the square of its length. Above 2 000 songs it goes along the first principal direction, in blocks.

use ndarray::Array1;

use super::{Placed, center, walk::walk};

/// Songs that one walk can take.
const ONE_WALK: usize = 2_000;
/// Songs of each block of a longer one.
const BLOCK: usize = 500;
/// Steps of the power iteration. The direction need not be exact: songs are sorted along it, no more.
const STEPS: usize = 30;

/// Orders songs that stand in the order of their `ContentId`s.
pub(super) fn arrange(songs: &mut Vec<Placed>) {
    if songs.len() > ONE_WALK {
        along(songs);
        return;
    }
    let first = (0..songs.len()).min_by(|&a, &b| center::compare(songs[a].song, songs[b].song));
    let points: Vec<_> = songs.iter().map(|placed| placed.point).collect();
    let way = first.map(|first| walk(&points, first)).unwrap_or_default();
    *songs = way.into_iter().map(|place| songs[place]).collect();
}

/// Blocks along the first principal direction, a walk in each. Every walk begins at the song nearest to the last one.
fn along(songs: &mut Vec<Placed>) {
    let positions = positions(songs);
    let mut sorted: Vec<usize> = (0..songs.len()).collect();
    sorted.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
    let mut way: Vec<Placed> = Vec::with_capacity(songs.len());
    for block in sorted.chunks(BLOCK) {
        // The walk begins at the last song so far; the very first at the end of the direction.
        let joint = way.last().copied();
        let block: Vec<_> = joint.into_iter().chain(block.iter().map(|&place| songs[place])).collect();
        let points: Vec<_> = block.iter().map(|placed| placed.point).collect();
        let skipped = usize::from(joint.is_some());
        way.extend(walk(&points, 0).into_iter().skip(skipped).map(|place| block[place]));
    }
    *songs = way;
}

/// Where each song stands along the first principal direction, found by power iteration. Sums are kept in f64, and
/// no copy of all points is made.
fn positions(songs: &[Placed]) -> Vec<f64> {
    let width = songs.first().map_or(0, |placed| placed.point.len());
    let mut mean = Array1::<f64>::zeros(width);
    songs.iter().for_each(|placed| add(&mut mean, placed, 1.0 / songs.len() as f64));
    let along = |direction: &Array1<f64>| -> Vec<f64> {
        let middle = mean.dot(direction);
        let dot = |placed: &Placed| placed.point.iter().zip(direction).map(|(&a, b)| f64::from(a) * b).sum();
        songs.iter().map(|placed| -> f64 { dot(placed) }).map(|position| position - middle).collect()
    };
    // Begins with the song farthest from the mean, which is hardly ever at a right angle to where the spread is.
    let centred = |placed: &Placed| placed.point.mapv(f64::from) - &mean;
    let lengths = songs.iter().map(centred).map(|point| point.dot(&point));
    let farthest = lengths.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
    let mut direction = farthest.map_or_else(|| mean.clone(), |(place, _)| centred(&songs[place]));
    for _ in 0..STEPS {
        let length = direction.dot(&direction).sqrt();
        if length == 0.0 {
            break;
        }
        direction /= length;
        let positions = along(&direction);
        // The positions add up to nothing, so the mean need not be taken off.
        direction.fill(0.0);
        songs.iter().zip(positions).for_each(|(placed, position)| add(&mut direction, placed, position));
    }
    along(&direction)
}

fn add(sum: &mut Array1<f64>, placed: &Placed, weight: f64) {
    sum.zip_mut_with(&placed.point, |sum, &value| *sum += weight * f64::from(value));
}
