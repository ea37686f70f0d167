//! The two principal components: the plain layout, and where the others begin.

use ndarray::Array2;

use super::task::Position;
use crate::space::basis::components;

/// Values whose columns are fewer than two lie on a line.
pub(crate) fn pca(values: &Array2<f32>) -> Vec<Position> {
    let found = components(centred(values), 2);
    let column = |column: usize| -> Vec<f32> {
        if column >= found.ncols() {
            return vec![0.0; values.nrows()];
        }
        // Rows that are all equal have no direction.
        let values = found.column(column).mapv(|value| if value.is_finite() { value } else { 0.0 });
        // An axis has no direction of its own: its longer side is to the right.
        let (low, high) =
            values.iter().fold((0.0_f32, 0.0_f32), |(low, high), value| (low.min(*value), high.max(*value)));
        let sign = if -low > high { -1.0 } else { 1.0 };
        values.iter().map(|value| sign * value).collect()
    };
    column(0).into_iter().zip(column(1)).map(|(across, up)| [across, up]).collect()
}

fn centred(values: &Array2<f32>) -> Array2<f32> {
    match values.mean_axis(ndarray::Axis(0)) {
        Some(mean) => values - &mean,
        None => values.clone(),
    }
}
