//! What one method computes for one track, as it goes to the store.

use serde::{Deserialize, Serialize};

/// A vector, and the classes that a model recognised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Features {
    pub values: Vec<f32>,
    pub precision: Precision,
    /// Best first; empty if the method has no classes.
    pub scores: Vec<Score>,
}

/// The width in which values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    /// 32 bits: every value as it was computed.
    Single,
    /// 16 bits: half the space, precise to 0.05 %, which does not matter to distances between embeddings.
    Half,
    /// 32 bits for so many values at the beginning, 16 for the rest.
    HalfFrom(usize),
}

/// How sure a model is of one of its classes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Score {
    /// Its place in the model's list of class names.
    pub class: u16,
    /// From 0 to 1.
    pub value: f32,
}

impl Score {
    /// Scores kept per track.
    pub(crate) const KEPT: usize = 32;

    /// The best of all `values`, one per class, best first; of equal ones the lower class first. Values that are not
    /// finite are left out.
    pub(crate) fn best(values: &[f32]) -> Vec<Self> {
        let scores = (0_u16..).zip(values).map(|(class, &value)| Self { class, value });
        let mut scores: Vec<_> = scores.filter(|score| score.value.is_finite()).collect();
        scores.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.class.cmp(&b.class)));
        scores.truncate(Self::KEPT);
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_scores_come_first_and_32_are_kept() {
        let values: Vec<f32> = (0..100).map(|class| if class == 7 { 0.9 } else { 0.5 }).collect();
        let best = Score::best(&values);
        assert_eq!((best.len(), best[0]), (32, Score { class: 7, value: 0.9 }));
        assert_eq!(best[1..3].iter().map(|score| score.class).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(Score::best(&[f32::NAN]), []);
    }
}
