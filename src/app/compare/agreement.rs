//! How far two models agree about the same songs.

use std::cmp::Ordering;

use ndarray::{Array2, ArrayView1, Axis};
use rayon::{iter::ParallelIterator, slice::ParallelSlice};

use crate::space::{Features, Score, scale::unit_length};

/// How many of the nearest songs, and of the strongest classes, are compared.
pub const COMPARED: usize = 5;
/// With fewer songs nearly all others are among the nearest.
pub const LEAST_SONGS: usize = COMPARED + 2;
/// Songs whose nearest are looked for, of a library that has more.
const MOST_ASKED: usize = 2_000;
/// Songs whose distances to all others are computed at once.
const TILE: usize = 128;

/// How far two models agree; none where that cannot be said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Between the vectors of one song, if both have the same width.
    pub cosine: Option<Cosine>,
    /// The share of the five nearest songs that stay, from [`LEAST_SONGS`] songs on.
    pub neighbours: Option<f64>,
    /// The share of the five strongest classes that stay, if both models have the same ones.
    pub classes: Option<f64>,
}

/// Cosines of songs, from -1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Cosine {
    pub mean: f64,
    pub least: f64,
}

/// Compares what two models made of the same songs, at least one; `same_classes` says whether their classes mean the same.
pub(super) fn compare(one: &[Features], other: &[Features], same_classes: bool) -> Agreement {
    let width = |songs: &[Features]| songs.first().map_or(0, |song| song.values.len());
    let cosines = (width(one) == width(other)).then(|| cosine(one, other));
    let is_enough = one.len() >= LEAST_SONGS;
    let nearest = |songs| nearest(&unit_vectors(songs));
    let neighbours = is_enough.then(|| mean_share(&nearest(one), &nearest(other), COMPARED));
    let classes = same_classes.then(|| {
        let [one, other] = [one, other].map(|songs| songs.iter().map(strongest).collect::<Vec<_>>());
        let compared = one.iter().chain(&other).map(Vec::len).max().unwrap_or_default();
        (compared > 0).then(|| mean_share(&one, &other, compared))
    });
    Agreement { cosine: cosines, neighbours, classes: classes.flatten() }
}

fn cosine(one: &[Features], other: &[Features]) -> Cosine {
    let cosines = one.iter().zip(other).map(|(one, other)| cosine_of(&one.values, &other.values));
    let (sum, least) = cosines.fold((0.0, 1.0_f64), |(sum, least), now| (sum + now, least.min(now)));
    Cosine { mean: sum / one.len() as f64, least }
}

/// A vector of zeros is like no other, and like itself.
fn cosine_of(one: &[f32], other: &[f32]) -> f64 {
    let dot =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
    match (dot(one, one).sqrt(), dot(other, other).sqrt()) {
        (0.0, 0.0) => 1.0,
        (0.0, _) | (_, 0.0) => 0.0,
        (a, b) => (dot(one, other) / (a * b)).clamp(-1.0, 1.0),
    }
}

/// A row of unit length a song: the nearest is then the one of the largest cosine.
fn unit_vectors(songs: &[Features]) -> Array2<f32> {
    let width = songs.first().map_or(0, |song| song.values.len());
    unit_length(Array2::from_shape_fn((songs.len(), width), |(song, column)| songs[song].values[column]))
}

/// The nearest other songs of each song, or of as many, evenly spread, as are asked.
fn nearest(vectors: &Array2<f32>) -> Vec<Vec<usize>> {
    let songs = vectors.nrows();
    let asked: Vec<usize> = spread(songs, MOST_ASKED).collect();
    let of_tile = |tile: &[usize]| {
        let rows = vectors.select(Axis(0), tile);
        let cosines = rows.dot(&vectors.t());
        let nearest = |(row, song): (ArrayView1<f32>, &usize)| nearest_of(row, *song);
        cosines.rows().into_iter().zip(tile).map(nearest).collect::<Vec<_>>()
    };
    asked.par_chunks(TILE).map(of_tile).collect::<Vec<_>>().concat()
}

/// The songs of the largest cosines, of equal ones the first, without the song itself.
fn nearest_of(cosines: ArrayView1<f32>, song: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..cosines.len()).filter(|other| *other != song).collect();
    let nearer = |a: &usize, b: &usize| -> Ordering { cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b)) };
    if others.len() > COMPARED {
        others.select_nth_unstable_by(COMPARED - 1, nearer);
        others.truncate(COMPARED);
    }
    others
}

fn strongest(song: &Features) -> Vec<usize> {
    song.scores.iter().take(COMPARED).map(|Score { class, .. }| usize::from(*class)).collect()
}

/// The share of `of` numbers that two lists have in common, over all pairs of lists.
fn mean_share(one: &[Vec<usize>], other: &[Vec<usize>], of: usize) -> f64 {
    let common = |(one, other): (&Vec<usize>, &Vec<usize>)| one.iter().filter(|n| other.contains(n)).count();
    let common: usize = one.iter().zip(other).map(common).sum();
    common as f64 / (one.len() * of) as f64
}

/// At most `most` of the numbers below `all`, evenly spread.
pub(super) fn spread(all: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = all.min(most);
    (0..count).map(move |place| place * all / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Precision;

    fn songs(count: usize, values: impl Fn(usize) -> Vec<f32>) -> Vec<Features> {
        let song = |n| {
            let values: Vec<f32> = values(n);
            let scores = Score::best(&values);
            Features { values, precision: Precision::Single, scores }
        };
        (0..count).map(song).collect()
    }

    /// On an eighth of a circle, so that the nearest songs are those whose numbers are nearest.
    fn on_a_curve(n: usize) -> Vec<f32> {
        let angle = (n * n) as f32 * 1e-4;
        vec![angle.cos(), angle.sin()]
    }

    #[test]
    fn a_model_agrees_with_itself_at_any_scale() {
        let (one, other) =
            (songs(20, on_a_curve), songs(20, |n| on_a_curve(n).iter().map(|v| v * 7.0).collect()));
        let found = compare(&one, &other, true);
        assert_eq!((found.neighbours, found.classes), (Some(1.0), Some(1.0)));
        let Cosine { mean, least } = found.cosine.unwrap();
        assert!(mean > 0.999_999 && least > 0.999_999, "{mean} {least}");
    }

    #[test]
    fn one_song_of_seven_that_went_elsewhere_shows_in_all_figures() {
        let one = songs(7, on_a_curve);
        let other = songs(7, |n| if n == 0 { vec![-1.0, 0.0] } else { on_a_curve(n) });
        let found = compare(&one, &other, false);
        let Cosine { mean, least } = found.cosine.unwrap();
        assert!((least + 1.0).abs() < 1e-6 && (mean - 5.0 / 7.0).abs() < 1e-3, "{mean} {least}");
        // Each song has six others; the nearest five of 1 to 6 lacked the song that is farthest from them: of 4, 5 and 6
        // that was 0, and 1 to 3 lack it now.
        let share = found.neighbours.unwrap();
        assert!(share < 1.0 && share > 0.8, "{share}");
        assert_eq!(found.classes, None);
    }

    #[test]
    fn two_widths_have_no_cosine_and_still_neighbours() {
        let wide = songs(9, |n| [on_a_curve(n), vec![0.0; 3]].concat());
        let found = compare(&songs(9, on_a_curve), &wide, false);
        assert_eq!(found, Agreement { cosine: None, neighbours: Some(1.0), classes: None });
    }

    #[test]
    fn few_songs_have_no_neighbours_to_compare() {
        let found = compare(&songs(6, on_a_curve), &songs(6, on_a_curve), true);
        assert_eq!((found.neighbours, found.classes), (None, Some(1.0)));
        assert!(found.cosine.is_some());
        let found = compare(&songs(LEAST_SONGS, on_a_curve), &songs(LEAST_SONGS, on_a_curve), true);
        assert_eq!(found.neighbours, Some(1.0));
    }

    #[test]
    fn of_many_songs_some_are_asked_and_all_may_be_near() {
        let all = songs(5_000, |n| on_a_curve(n % 70).into_iter().chain([n as f32 * 1e-6]).collect());
        assert_eq!(nearest(&unit_vectors(&all)).len(), MOST_ASKED);
        assert_eq!(spread(10, 4).collect::<Vec<_>>(), [0, 2, 5, 7]);
        assert_eq!(spread(3, 4).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(0, 4).count(), 0);
    }

    #[test]
    fn silence_is_like_silence_only() {
        assert_eq!(cosine_of(&[0.0, 0.0], &[0.0, 0.0]), 1.0);
        assert_eq!(cosine_of(&[0.0, 0.0], &[1.0, 0.0]), 0.0);
    }
}
