//! The true nearest rows of rows, by looking at all: a part of them at a time, so that a bar can move.

use std::ops::Range;

use ndarray::{Array2, Axis, concatenate, s};

use crate::app::progress::{Event, Progress};
use crate::clustering::nearest;
use crate::layout::Nearest;

/// Rows that are looked for at once.
const PART: usize = 2048;

/// The `k` nearest of all rows, or as many as there are others.
pub(super) fn nearest_of_all(values: &Array2<f32>, k: usize, progress: &dyn Progress) -> Nearest {
    let rows = values.nrows();
    let mut found = Nearest { k: k.min(rows.saturating_sub(1)), ..Nearest::default() };
    each_part(0..rows, progress, |part| {
        let queries: Vec<_> = part.clone().collect();
        let lists = nearest(values, &queries, found.k, |_, _| true);
        part.zip(lists).for_each(|(row, list)| push(&mut found, values, row, values, &list));
    });
    found
}

/// The `k` nearest of `known` rows to each row of `values`.
pub(super) fn nearest_known(
    known: &Array2<f32>,
    values: &Array2<f32>,
    k: usize,
    progress: &dyn Progress,
) -> Nearest {
    let first = known.nrows();
    let mut found = Nearest { k: k.min(first), ..Nearest::default() };
    each_part(0..values.nrows(), progress, |part| {
        let rows = values.slice(s![part.clone(), ..]);
        let both = concatenate(Axis(0), &[known.view(), rows]).expect("rows of one width");
        let queries: Vec<_> = (first..both.nrows()).collect();
        let lists = nearest(&both, &queries, found.k, |_, row| row < first);
        part.zip(lists).for_each(|(row, list)| push(&mut found, values, row, known, &list));
    });
    found
}

fn each_part(rows: Range<usize>, progress: &dyn Progress, mut work: impl FnMut(Range<usize>)) {
    progress.event(Event::Steps { steps: rows.len().div_ceil(PART) as u64 });
    for begin in rows.clone().step_by(PART) {
        work(begin..rows.end.min(begin + PART));
        progress.event(Event::Step);
    }
}

fn push(found: &mut Nearest, values: &Array2<f32>, row: usize, others: &Array2<f32>, list: &[usize]) {
    let own = values.row(row);
    for &other in list {
        let square: f32 = own.iter().zip(others.row(other)).map(|(a, b)| (a - b) * (a - b)).sum();
        found.rows.push(other as u32);
        found.distances.push(square.sqrt());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::progress::Quiet;

    #[test]
    fn the_nearest_stand_with_their_distances_and_those_among_others_are_numbered_there() {
        let values = ndarray::array![[0.0], [1.0], [3.0], [7.0]];
        let all = nearest_of_all(&values, 2, &Quiet);
        assert_eq!((all.k, all.of(3)), (2, (&[2, 1][..], &[4.0, 6.0][..])));
        assert_eq!(nearest_of_all(&values, 9, &Quiet).k, 3);
        let known = nearest_known(&values.slice(s![2.., ..]).to_owned(), &values, 1, &Quiet);
        assert_eq!((known.rows, known.distances), (vec![0, 0, 0, 1], vec![3.0, 2.0, 0.0, 0.0]));
        assert_eq!(nearest_of_all(&Array2::zeros((1, 2)), 3, &Quiet), Nearest::default());
    }
}
