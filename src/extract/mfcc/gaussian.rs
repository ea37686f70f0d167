//! Timbre as one Gaussian: mean and covariance of a track's frames, written so that the straight distance between two
//! tracks is one between their Gaussians.
//!
//! A Gaussian of mean m and covariance C is embedded as the symmetric positive definite matrix [[C + mmᵀ, m], [mᵀ, 1]]
//! (Calvo and Oller, J. Multivariate Analysis 35, 1990); the Euclidean distance between the logarithms of such matrices is
//! the log-Euclidean one (Arsigny et al., SIAM J. Matrix Analysis 29, 2007).

use linfa_linalg::eigh::Eigh;
use ndarray::Array2;

/// Values of a frame: 20 cepstral coefficients, then the 6 lower bands of spectral contrast (dB).
pub(super) const VALUES: usize = 26;
const SIDE: usize = VALUES + 1;
/// Values of the upper triangle of the matrix.
pub(super) const WIDTH: usize = SIDE * (SIDE + 1) / 2;

/// The part of the covariance that is replaced by the identity: a track of one second has fewer frames than values.
const SHRINKAGE: f64 = 0.03;
/// Smaller eigenvalues are rounding.
const LEAST_EIGENVALUE: f64 = 1e-12;

/// What frames are centred on and divided by, so that all values weigh alike: means and deviations over 18 songs. Those
/// of other songs group music as well.
#[rustfmt::skip]
const CENTRE: [f64; VALUES] = [
    -271.59, 86.54, 9.57, 14.25, 0.49, 3.81, -3.93, -0.72, -5.18, -1.11, -5.01, -2.87, -3.65, 1.47, -1.53, 0.67, -2.79,
    0.0, -2.01, 1.53, 22.19, 20.41, 24.19, 24.97, 25.89, 26.73,
];
#[rustfmt::skip]
const SCALE: [f64; VALUES] = [
    96.18, 30.5, 19.04, 12.89, 11.42, 11.34, 11.57, 11.59, 12.07, 12.58, 12.95, 13.86, 13.09, 14.32, 11.98, 11.7, 11.13,
    11.92, 11.5, 11.6, 6.07, 6.02, 6.07, 6.07, 6.83, 7.49,
];

/// Sums over frames, from which mean and covariance follow.
pub(super) struct Gaussian {
    count: f64,
    sums: [f64; VALUES],
    products: Box<[[f64; VALUES]; VALUES]>,
}

impl Gaussian {
    pub(super) fn new() -> Self {
        Self { count: 0.0, sums: [0.0; VALUES], products: Box::new([[0.0; VALUES]; VALUES]) }
    }

    /// The next frame.
    pub(super) fn push(&mut self, frame: &[f32; VALUES]) {
        let mut scaled = [0.0; VALUES];
        for i in 0..VALUES {
            scaled[i] = (f64::from(frame[i]) - CENTRE[i]) / SCALE[i];
        }
        self.count += 1.0;
        for (i, row) in self.products.iter_mut().enumerate() {
            self.sums[i] += scaled[i];
            for j in 0..VALUES {
                row[j] += scaled[i] * scaled[j];
            }
        }
    }

    /// Appends the upper triangle of the matrix's logarithm, by rows; what is beside the diagonal counts twice in the
    /// distance of matrices, so it is multiplied by √2.
    pub(super) fn finish(&self, vector: &mut Vec<f32>) {
        let logarithm = logarithm(&self.matrix());
        for i in 0..SIDE {
            vector.push(logarithm[(i, i)] as f32);
            vector.extend((i + 1..SIDE).map(|j| (std::f64::consts::SQRT_2 * logarithm[(i, j)]) as f32));
        }
    }

    fn matrix(&self) -> Array2<f64> {
        let mean = self.sums.map(|sum| sum / self.count.max(1.0));
        // One frame has no covariance.
        let freedom = (self.count - 1.0).max(1.0);
        Array2::from_shape_fn((SIDE, SIDE), |place| match place {
            (VALUES, VALUES) => 1.0,
            (i, VALUES) | (VALUES, i) => mean[i],
            (i, j) => {
                let covariance = (self.products[i][j] - self.count * mean[i] * mean[j]) / freedom;
                let identity = if i == j { SHRINKAGE } else { 0.0 };
                (1.0 - SHRINKAGE) * covariance + identity + mean[i] * mean[j]
            }
        })
    }
}

/// The logarithm of a symmetric positive definite matrix.
fn logarithm(matrix: &Array2<f64>) -> Array2<f64> {
    let (values, vectors) = matrix.eigh().expect("a symmetric matrix of finite numbers");
    let logarithms = values.mapv(|value| value.max(LEAST_EIGENVALUE).ln());
    (&vectors * &logarithms).dot(&vectors.t())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames around the centre, in units of the scale.
    fn gaussian_of(frames: &[[f64; VALUES]]) -> Gaussian {
        let mut gaussian = Gaussian::new();
        for frame in frames {
            gaussian.push(&std::array::from_fn(|i| (CENTRE[i] + SCALE[i] * frame[i]) as f32));
        }
        gaussian
    }

    #[test]
    fn one_frame_at_the_centre_leaves_the_identity_alone() {
        let mut vector = Vec::new();
        gaussian_of(&[[0.0; VALUES]; 3]).finish(&mut vector);
        assert_eq!(vector.len(), WIDTH);
        let mut at = 0;
        for i in 0..SIDE {
            let diagonal = if i < VALUES { SHRINKAGE.ln() } else { 0.0 };
            assert!((f64::from(vector[at]) - diagonal).abs() < 1e-4, "{i}: {}", vector[at]);
            at += SIDE - i;
        }
        let beside: f32 = vector.iter().map(|value| value.abs()).filter(|value| *value < 1.0).sum();
        assert!(beside < 1e-4, "{beside}");
    }

    #[test]
    fn the_logarithm_of_a_matrix_undoes_the_exponential() {
        // exp of [[0, a], [a, 0]] is [[cosh a, sinh a], [sinh a, cosh a]].
        let a = 0.7_f64;
        let matrix = ndarray::array![[a.cosh(), a.sinh()], [a.sinh(), a.cosh()]];
        let found = logarithm(&matrix);
        assert!(
            (&found - &ndarray::array![[0.0, a], [a, 0.0]]).iter().all(|gap| gap.abs() < 1e-12),
            "{found}"
        );
    }

    #[test]
    fn fewer_frames_than_values_and_none_at_all_give_finite_numbers() {
        for count in [0, 1, 2, 20] {
            let frames: Vec<[f64; VALUES]> =
                (0..count).map(|t| std::array::from_fn(|i| ((t * 7 + i * 3) % 5) as f64 - 2.0)).collect();
            let mut vector = Vec::new();
            gaussian_of(&frames).finish(&mut vector);
            assert!(vector.iter().all(|value| value.is_finite()), "{count} frames: {vector:?}");
        }
    }
}
