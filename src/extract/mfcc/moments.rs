//! Mean and standard deviation of a column of values.

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
}
