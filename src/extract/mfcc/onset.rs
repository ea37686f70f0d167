//! Onset strength: how much louder the mel bands grow from one frame to the next.

use super::{mel_bands::BANDS, moments::Moments};

/// Frames by which an onset is late: one for the difference, two for the half frame of 2048 samples in hops of 512.
const LATE: usize = 3;

/// Two envelopes: of the bands' mean, for statistics, and of their median, in which beats are sought
/// (librosa's `beat_track`; the median does not follow a single loud voice).
pub(super) struct Onset {
    last: Option<[f32; BANDS]>,
    mean: Moments,
    /// Values that come out `LATE` frames after they went in.
    held: [f32; LATE - 1],
    median: Vec<f32>,
    frames: usize,
}

impl Onset {
    pub(super) fn new() -> Self {
        Self {
            last: None,
            mean: Moments::default(),
            held: [0.0; LATE - 1],
            median: vec![0.0; LATE],
            frames: 0,
        }
    }

    /// The next frame's mel spectrum in decibels.
    pub(super) fn push(&mut self, mel: &[f32; BANDS]) {
        let Some(last) = &mut self.last else {
            self.last = Some(*mel);
            self.frames = 1;
            self.mean.push(0.0);
            return;
        };
        let mut rise = [0.0; BANDS];
        for n in 0..BANDS {
            let growth = mel[n] - last[n];
            rise[n] = if growth > 0.0 { growth } else { 0.0 };
        }
        *last = *mel;
        self.frames += 1;
        let late = self.held[0];
        self.held = [self.held[1], mean(&rise)];
        self.mean.push(late);
        self.median.push(median(&mut rise));
    }

    /// Mean and deviation of the envelope of the mean, and the envelope of the median, one value per frame.
    pub(super) fn finish(mut self) -> ([f32; 2], Vec<f32>) {
        self.median.truncate(self.frames);
        ([self.mean.mean(), self.mean.deviation()], self.median)
    }
}

fn mean(rise: &[f32; BANDS]) -> f32 {
    let mut sums = [0.0; 8];
    for row in rise.as_chunks::<8>().0 {
        for i in 0..8 {
            sums[i] += row[i];
        }
    }
    sums.iter().sum::<f32>() / BANDS as f32
}

/// The mean of the two middle values; 0 where most bands do not rise. Reorders the values.
fn median(rise: &mut [f32; BANDS]) -> f32 {
    let still = rise.iter().filter(|&&value| value == 0.0).count();
    if still > BANDS / 2 {
        return 0.0;
    }
    let (below, upper, _) = rise.select_nth_unstable_by(BANDS / 2, f32::total_cmp);
    (below.iter().copied().fold(0.0, f32::max) + *upper) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onsets_come_late_and_as_many_as_frames() {
        let mut onset = Onset::new();
        for level in [0.0, 2.0, 1.0, 5.0, 5.0, 9.0] {
            onset.push(&[level; BANDS]);
        }
        let (moments, median) = onset.finish();
        assert_eq!(median, [0.0, 0.0, 0.0, 2.0, 0.0, 4.0]);
        assert_eq!(moments[0], 1.0);
        let (_, none) = Onset::new().finish();
        assert!(none.is_empty());
    }

    #[test]
    fn the_median_lies_between_the_middle_ones() {
        let mut rise = std::array::from_fn(|n| ((n * 37) % BANDS) as f32);
        assert_eq!(median(&mut rise), 63.5);
        assert_eq!(median(&mut [0.0; BANDS]), 0.0);
    }
}
