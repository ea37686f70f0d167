//! Changes of scale that make columns or rows weigh the same. Sums are kept in f64.

use ndarray::{Array2, ArrayView1, ArrayViewMut1};

/// Gives every column mean 0 and (population) standard deviation 1; a column of equal values becomes 0.
pub(crate) fn standardise(mut values: Array2<f32>) -> Array2<f32> {
    for mut column in values.columns_mut() {
        match mean_and_deviation(column.view()) {
            (_, 0.0) => column.fill(0.0),
            (mean, deviation) => {
                column.mapv_inplace(|value| ((f64::from(value) - mean) / deviation) as f32);
            }
        }
    }
    values
}

/// Mean and (population) standard deviation of a column of at least one value; equal values have the deviation 0.
pub(crate) fn mean_and_deviation(column: ArrayView1<f32>) -> (f64, f64) {
    let mean = mean_of(column, |value| value);
    // Rounding leaves equal values a deviation of their last bit, so the values are compared.
    if column.iter().all(|value| *value == column[0]) {
        return (mean, 0.0);
    }
    (mean, mean_of(column, |value| (value - mean).powi(2)).sqrt())
}

/// Gives every row length 1 (Euclidean); a row of zeros stays as it is.
pub(crate) fn unit_length(mut values: Array2<f32>) -> Array2<f32> {
    for row in values.rows_mut() {
        unit_length_in_place(row, 1.0);
    }
    values
}

/// Gives one row this length; a row of zeros stays as it is.
pub(crate) fn unit_length_in_place(mut row: ArrayViewMut1<f32>, length: f32) {
    let now = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
    if now > 0.0 {
        row.mapv_inplace(|value| (f64::from(value) / now * f64::from(length)) as f32);
    }
}

fn mean_of(column: ArrayView1<f32>, f: impl Fn(f64) -> f64) -> f64 {
    column.iter().map(|&value| f(f64::from(value))).sum::<f64>() / column.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn standardised_columns_have_mean_zero_and_deviation_one() {
        // sklearn.preprocessing.StandardScaler gives ±sqrt(3/2) for 1, 2, 3.
        let edge = 1.5_f32.sqrt();
        let values = standardise(array![[1., -1e6], [2., 0.], [3., 1e6]]);
        assert_eq!(values, array![[-edge, -edge], [0., 0.], [edge, edge]]);
    }

    #[test]
    fn a_constant_column_becomes_zero() {
        let values = standardise(Array2::from_elem((1000, 1), 0.1));
        assert_eq!(values, Array2::<f32>::zeros((1000, 1)));
        assert_eq!(standardise(array![[7., 8.]]), array![[0., 0.]]);
    }

    #[test]
    fn rows_get_unit_length_but_zero_rows_stay() {
        assert_eq!(
            unit_length(array![[3., 4.], [0., 0.], [0., -2e-30]]),
            array![[0.6, 0.8], [0., 0.], [0., -1.]]
        );
    }

    #[test]
    fn nothing_stays_nothing() {
        for shape in [(0, 0), (0, 3), (3, 0)] {
            assert_eq!(unit_length(standardise(Array2::zeros(shape))), Array2::<f32>::zeros(shape));
        }
    }
}
