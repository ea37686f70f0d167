//! From a tensor that a network gives to one vector, or one score per class.

use crate::model::spec::{Activation, Axis, FramePooling, ScoreKind};

/// How far rounding, in 16 bits perhaps, may take a probability out of 0 to 1.
const ROUNDING: f32 = 1e-3;

/// A tensor as rows: one for each frame, or window, along one axis.
pub(super) struct Rows(Vec<Vec<f32>>);

impl Rows {
    /// The rows along the axis `along`; none if the shape has not these axes, or no values.
    pub(super) fn of(shape: &[i64], values: &[f32], axes: &[Axis], along: Axis) -> Option<Self> {
        let place = axes.iter().position(|axis| *axis == along)?;
        let extents = shape.iter().map(|&extent| usize::try_from(extent).ok()).collect::<Option<Vec<_>>>()?;
        if extents.len() != axes.len() || values.is_empty() {
            return None;
        }
        let (width, step) = (extents[place], extents[place + 1..].iter().product::<usize>());
        let mut rows = vec![Vec::with_capacity(width); values.len() / width];
        for (i, value) in values.iter().enumerate() {
            rows[i / (step * width) * step + i % step].push(*value);
        }
        Some(Self(rows))
    }

    /// The number of values of each row.
    pub(super) fn width(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// The mean row.
    pub(super) fn mean(&self) -> Vec<f32> {
        let mut sums = vec![0.0_f64; self.width()];
        for row in &self.0 {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        sums.into_iter().map(|sum| (sum / self.0.len() as f64) as f32).collect()
    }

    /// The greatest value of each column.
    fn greatest(&self) -> Vec<f32> {
        let column = |at: usize| self.0.iter().map(|row| row[at]).fold(f32::MIN, f32::max);
        (0..self.width()).map(column).collect()
    }

    /// One score of 0 to 1 per class. The error is the least and the greatest of values that are no probabilities.
    pub(super) fn scores(
        mut self,
        kind: ScoreKind,
        activation: Option<Activation>,
        pooling: FramePooling,
    ) -> Result<Vec<f32>, (f32, f32)> {
        match (kind, activation.unwrap_or(Activation::Sigmoid)) {
            (ScoreKind::Probabilities, _) => self.check_probabilities()?,
            (ScoreKind::Logits, Activation::Sigmoid) => self.0.iter_mut().flatten().for_each(sigmoid),
            (ScoreKind::Logits, Activation::Softmax) => self.0.iter_mut().for_each(|row| softmax(row)),
        }
        let pooled = match pooling {
            FramePooling::Mean => self.mean(),
            FramePooling::Max => self.greatest(),
        };
        Ok(pooled.into_iter().map(|score| score.clamp(0.0, 1.0)).collect())
    }

    fn check_probabilities(&self) -> Result<(), (f32, f32)> {
        let values = || self.0.iter().flatten().copied();
        let (least, greatest) = (values().fold(f32::MAX, f32::min), values().fold(f32::MIN, f32::max));
        let is_good = least >= -ROUNDING && greatest <= 1.0 + ROUNDING;
        if is_good { Ok(()) } else { Err((least, greatest)) }
    }
}

fn sigmoid(value: &mut f32) {
    *value = 1.0 / (1.0 + (-*value).exp());
}

/// Less the greatest value, which changes nothing but that no power overflows.
fn softmax(row: &mut [f32]) {
    let greatest = row.iter().copied().fold(f32::MIN, f32::max);
    row.iter_mut().for_each(|value| *value = (*value - greatest).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|value| *value /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: &[f32] = &[0.1, -2.0, 0.3, 0.4, 1.0, 0.6];

    fn rows(axes: &[Axis], shape: &[i64]) -> Rows {
        Rows::of(shape, FRAMES, axes, Axis::Classes).unwrap()
    }

    fn assert_near(found: &[f32], wanted: &[f32]) {
        assert_eq!(found.len(), wanted.len());
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} is not {wanted:?}");
    }

    #[test]
    fn rows_lie_along_any_axis() {
        let (batch, frames, classes) = (Axis::Batch, Axis::Frames, Axis::Classes);
        let last = rows(&[batch, frames, classes], &[1, 2, 3]);
        assert_eq!(last.0, [[0.1, -2.0, 0.3], [0.4, 1.0, 0.6]]);
        assert_eq!(rows(&[frames, classes], &[2, 3]).0, last.0);
        let first = rows(&[batch, classes, frames], &[1, 3, 2]);
        assert_eq!(first.0, [[0.1, 0.3, 1.0], [-2.0, 0.4, 0.6]]);
        assert_eq!(rows(&[classes], &[6]).0, [FRAMES]);
        assert!(Rows::of(&[2, 3], FRAMES, &[batch, frames, classes], classes).is_none());
        assert!(Rows::of(&[0, 3], &[], &[frames, classes], classes).is_none());
    }

    #[test]
    fn scores_are_pooled_after_they_became_probabilities() {
        let score = |activation, pooling| {
            let rows = rows(&[Axis::Frames, Axis::Classes], &[2, 3]);
            rows.scores(ScoreKind::Logits, activation, pooling).unwrap()
        };
        // 1 / (1 + exp(-x)), and exp(x) / sum(exp(x)) along the last axis, by NumPy.
        let (mean, max) = (FramePooling::Mean, FramePooling::Max);
        assert_near(&score(None, mean), &[0.56183342, 0.42513075, 0.61004941]);
        assert_near(&score(Some(Activation::Sigmoid), max), &[0.59868766, 0.73105858, 0.64565631]);
        assert_near(&score(Some(Activation::Softmax), mean), &[0.33697799, 0.25143617, 0.41158584]);
        assert_near(&score(Some(Activation::Softmax), max), &[0.42664679, 0.45062671, 0.52110757]);
    }

    #[test]
    fn what_is_no_probability_is_refused_and_rounding_is_not() {
        let scores = |values: &[f32]| {
            let rows = Rows::of(&[3], values, &[Axis::Classes], Axis::Classes).unwrap();
            rows.scores(ScoreKind::Probabilities, None, FramePooling::Mean)
        };
        assert_eq!(scores(&[-0.0005, 0.5, 1.0005]), Ok(vec![0.0, 0.5, 1.0]));
        assert_eq!(scores(&[-3.5, 0.5, 0.7]), Err((-3.5, 0.7)));
        assert_eq!(scores(&[0.0, 0.5, 1.5]), Err((0.0, 1.5)));
    }
}
