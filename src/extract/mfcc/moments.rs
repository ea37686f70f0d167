//! Mean and standard deviation of a column of values, and of its local slopes: what `librosa.feature.delta` computes
//! with its default width.

/// Frames of the line that is fitted (Savitzky and Golay 1964, first order).
const WIDTH: usize = 9;
const HALF: usize = WIDTH / 2;
/// Sum of the squares of −4…4.
const SQUARES: f32 = 60.0;

/// Sums in double precision of the values less the first one, so that the difference of the squares keeps its digits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    count: u64,
    shift: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn push(&mut self, value: f32) {
        self.repeat(value, 1);
    }

    /// The same value `times` over.
    pub(super) fn repeat(&mut self, value: f32, times: u64) {
        let value = f64::from(value);
        if self.count == 0 {
            self.shift = value;
        }
        let (off, weight) = (value - self.shift, times as f64);
        self.count += times;
        self.sum += weight * off;
        self.squares += weight * off * off;
    }

    pub(super) fn mean(&self) -> f32 {
        (self.shift + self.sum / self.count.max(1) as f64) as f32
    }

    /// Of the whole population, as numpy's `std`.
    pub(super) fn deviation(&self) -> f32 {
        let count = self.count.max(1) as f64;
        (self.squares / count - (self.sum / count).powi(2)).max(0.0).sqrt() as f32
    }
}

/// The deviation of the slopes of `N` series that run side by side.
pub(super) struct Delta<const N: usize> {
    recent: [[f32; N]; WIDTH],
    seen: usize,
    slopes: [Moments; N],
}

impl<const N: usize> Delta<N> {
    pub(super) fn new() -> Self {
        Self { recent: [[0.0; N]; WIDTH], seen: 0, slopes: [Moments::default(); N] }
    }

    pub(super) fn push(&mut self, values: [f32; N]) {
        self.recent[self.seen % WIDTH] = values;
        self.seen += 1;
        if self.seen >= WIDTH {
            // The first frames lie on the first line that is fitted.
            self.count(if self.seen == WIDTH { 1 + HALF as u64 } else { 1 });
        }
    }

    /// Closes the series, of at least `WIDTH` values.
    pub(super) fn deviations(mut self) -> [f32; N] {
        if self.seen >= WIDTH {
            self.count(HALF as u64);
        }
        self.slopes.map(|slopes| slopes.deviation())
    }

    fn count(&mut self, times: u64) {
        let at = |offset: usize| &self.recent[(self.seen + offset) % WIDTH];
        for i in 0..N {
            let rise: f32 = (1..=HALF).map(|k| k as f32 * (at(HALF + k)[i] - at(HALF - k)[i])).sum();
            self.slopes[i].repeat(rise / SQUARES, times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_offset_costs_no_digits() {
        let mut moments = Moments::default();
        for value in [1e6, 1e6 + 1.0, 1e6 + 2.0] {
            moments.push(value);
        }
        moments.repeat(1e6 + 4.0, 2);
        assert_eq!(moments.mean(), 1e6 + 2.2);
        assert!((moments.deviation() - 2.56_f32.sqrt()).abs() < 1e-6);
        assert_eq!(Moments::default().mean(), 0.0);
    }

    #[test]
    fn a_straight_line_has_one_slope() {
        let mut delta = Delta::<2>::new();
        (0..20).for_each(|t| delta.push([t as f32, -2.0 * t as f32]));
        assert_eq!(delta.slopes.map(|slopes| slopes.mean()), [1.0, -2.0]);
        assert_eq!(delta.deviations(), [0.0, 0.0]);
    }

    #[test]
    fn the_ends_repeat_their_nearest_line() {
        let mut delta = Delta::<1>::new();
        (0..9).for_each(|t| delta.push([(t * t) as f32]));
        delta.push([0.0]);
        // Slopes: 8 for the first five frames; (4·(0−1)+3·(64−4)+2·(49−9)+(36−16))/60 = 4.6 for the last five.
        assert!((delta.deviations()[0] - 1.7).abs() < 1e-6);
    }
}
