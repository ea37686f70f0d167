//! A walk from point to point, always to the nearest one not yet visited.

use ndarray::ArrayView1;

/// Sums that are kept side by side, so that the compiler puts them into one vector register: a single sum
/// would take eight times as long.
const LANES: usize = 8;

/// The indices of all points in the order of the walk, which begins at `first`. Of equally near points the
/// one of lower index is visited first.
pub(super) fn walk(points: &[ArrayView1<f32>], first: usize) -> Vec<usize> {
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
