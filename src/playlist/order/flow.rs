//! The order `flow`: a smooth walk that begins at a typical song and goes on to the nearest one not yet taken.
//!
//! The cost of a walk is the square of its length. More than 2 000 songs are walked in blocks along the first
//! principal direction.

use ndarray::{Array1, ArrayView1};

use super::center::compare;
use crate::playlist::Song;

/// The largest number of songs in one walk.
const ONE_WALK: usize = 2_000;
/// The songs of a block, where there are more.
const BLOCK: usize = 500;
/// Steps of the power iteration. The direction need not be exact, because songs are only sorted along it.
const STEPS: usize = 30;
/// Sums that are kept side by side, so that the compiler puts them into one vector register: a single sum
/// would take eight times as long.
const LANES: usize = 8;

/// A song with its point in the space.
#[derive(Clone, Copy)]
pub(super) struct PlacedSong<'a> {
    pub song: &'a Song,
    /// The song's index before it is put into order.
    pub index: usize,
    pub point: ArrayView1<'a, f32>,
}

/// Orders songs that stand in the order of their `ContentId`s.
pub(super) fn arrange(songs: &mut Vec<PlacedSong>) {
    if songs.len() > ONE_WALK {
        arrange_in_blocks(songs);
        return;
    }
    let first = (0..songs.len()).min_by(|&a, &b| compare(songs[a].song, songs[b].song));
    let points: Vec<_> = songs.iter().map(|placed| placed.point).collect();
    let order = first.map(|first| walk(&points, first)).unwrap_or_default();
    *songs = order.into_iter().map(|index| songs[index]).collect();
}

/// Divides the songs into blocks along the first principal direction and walks through each block. Every walk
/// begins at the song nearest to the last one of the block before.
fn arrange_in_blocks(songs: &mut Vec<PlacedSong>) {
    let positions = positions(songs);
    let mut sorted: Vec<usize> = (0..songs.len()).collect();
    sorted.sort_by(|&a, &b| positions[a].total_cmp(&positions[b]));
    let mut ordered: Vec<PlacedSong> = Vec::with_capacity(songs.len());
    for block in sorted.chunks(BLOCK) {
        // A walk begins at the last song of the block before; the first one at one end of the direction.
        let joint = ordered.last().copied();
        let block: Vec<_> = joint.into_iter().chain(block.iter().map(|&index| songs[index])).collect();
        let points: Vec<_> = block.iter().map(|placed| placed.point).collect();
        let skipped = usize::from(joint.is_some());
        ordered.extend(walk(&points, 0).into_iter().skip(skipped).map(|index| block[index]));
    }
    *songs = ordered;
}

/// Where each song stands along the first principal direction, found by power iteration. Sums are kept in f64, and
/// no copy of all points is made.
fn positions(songs: &[PlacedSong]) -> Vec<f64> {
    let width = songs.first().map_or(0, |placed| placed.point.len());
    let mut mean = Array1::<f64>::zeros(width);
    songs.iter().for_each(|placed| add(&mut mean, placed, 1.0 / songs.len() as f64));
    let along = |direction: &Array1<f64>| -> Vec<f64> {
        let middle = mean.dot(direction);
        let dot =
            |placed: &PlacedSong| placed.point.iter().zip(direction).map(|(&a, b)| f64::from(a) * b).sum();
        songs.iter().map(|placed| -> f64 { dot(placed) }).map(|position| position - middle).collect()
    };
    // Begins with the song farthest from the mean, which is hardly ever orthogonal to the principal direction.
    let centred = |placed: &PlacedSong| placed.point.mapv(f64::from) - &mean;
    let lengths = songs.iter().map(centred).map(|point| point.dot(&point));
    let farthest = lengths.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
    let mut direction = farthest.map_or_else(|| mean.clone(), |(index, _)| centred(&songs[index]));
    for _ in 0..STEPS {
        let length = direction.dot(&direction).sqrt();
        if length == 0.0 {
            break;
        }
        direction /= length;
        let positions = along(&direction);
        // The positions sum to zero, so the mean need not be subtracted.
        direction.fill(0.0);
        songs.iter().zip(positions).for_each(|(placed, position)| add(&mut direction, placed, position));
    }
    along(&direction)
}

fn add(sum: &mut Array1<f64>, placed: &PlacedSong, weight: f64) {
    sum.zip_mut_with(&placed.point, |sum, &value| *sum += weight * f64::from(value));
}

/// The indices of all points in the order of the walk, which begins at `first`. Of equally near points the
/// one of lower index is visited first.
fn walk(points: &[ArrayView1<f32>], first: usize) -> Vec<usize> {
    let points: Vec<_> = points.iter().map(|point| point.to_vec()).collect();
    let mut rest: Vec<usize> = (0..points.len()).filter(|&point| point != first).collect();
    let mut order = vec![first];
    let mut here = first;
    while !rest.is_empty() {
        let mut nearest = (f32::INFINITY, 0);
        for (index, &point) in rest.iter().enumerate() {
            let found = (squared_distance(&points[here], &points[point]), index);
            if found.0 < nearest.0 {
                nearest = found;
            }
        }
        here = rest.remove(nearest.1);
        order.push(here);
    }
    order
}

/// The squared distance of two points. The order of the additions is fixed, so every machine gets the same result.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum();
    sums.iter().sum::<f32>() + rest
}
