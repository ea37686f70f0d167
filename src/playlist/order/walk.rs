//! A walk from point to point, always to the nearest one not yet taken.

use ndarray::ArrayView1;

/// Sums side by side, which the compiler puts into one register: one after the other they would cost eight times as much.
const LANES: usize = 8;

/// The places of all points in the order of the walk, which begins at `first`. Of equally near ones the lower is taken.
pub(super) fn walk(points: &[ArrayView1<f32>], first: usize) -> Vec<usize> {
    let points: Vec<_> = points.iter().map(|point| point.to_vec()).collect();
    let mut rest: Vec<usize> = (0..points.len()).filter(|&place| place != first).collect();
    let mut way = vec![first];
    let mut here = first;
    while !rest.is_empty() {
        let mut nearest = (f32::INFINITY, 0);
        for (index, &place) in rest.iter().enumerate() {
            let found = (square(&points[here], &points[place]), index);
            if found.0 < nearest.0 {
                nearest = found;
            }
        }
        here = rest.remove(nearest.1);
        way.push(here);
    }
    way
}

/// The squared distance of two points, added up in an order that no machine changes.
fn square(a: &[f32], b: &[f32]) -> f32 {
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
