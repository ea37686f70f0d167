//! A track is the mean of its windows' embeddings and scores.

use crate::{
    model::Prediction,
    space::{Features, Precision, Score},
};

/// Means over the windows so far. Sums are kept in 64 bits, so that the order of the windows does not show.
#[derive(Default)]
pub(crate) struct Mean {
    windows: u32,
    embedding: Vec<f64>,
    scores: Vec<f64>,
}

impl Mean {
    pub(crate) fn add(&mut self, window: &Prediction) {
        self.windows += 1;
        add(&mut self.embedding, &window.embedding);
        add(&mut self.scores, &window.scores);
    }

    pub(crate) fn features(self) -> Features {
        let mean = |sums: Vec<f64>| -> Vec<f32> {
            sums.into_iter().map(|sum| (sum / f64::from(self.windows.max(1))) as f32).collect()
        };
        Features {
            values: mean(self.embedding),
            precision: Precision::Half,
            scores: Score::best(&mean(self.scores)),
        }
    }
}

fn add(sums: &mut Vec<f64>, values: &[f32]) {
    sums.resize(values.len(), 0.0);
    sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += f64::from(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_is_the_mean_of_its_windows() {
        let mut mean = Mean::default();
        mean.add(&Prediction { embedding: vec![1.0, 0.0], scores: vec![0.2, 0.9, 0.1] });
        mean.add(&Prediction { embedding: vec![2.0, 4.0], scores: vec![0.4, 0.1, 0.1] });
        let features = mean.features();
        assert_eq!(features.values, [1.5, 2.0]);
        let scores: Vec<_> = features.scores.iter().map(|score| (score.class, score.value)).collect();
        assert_eq!(scores, [(1, 0.5), (0, 0.3), (2, 0.1)]);
    }
}
