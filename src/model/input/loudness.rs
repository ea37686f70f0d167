//! The loudness of a track, and the gain that brings it to the loudness of a model.

use ebur128::{EbuR128, Mode};

/// Measures the loudness of a mono track as EBU R 128 defines it, if the model has a target.
pub(crate) struct Loudness {
    /// LUFS.
    target: f64,
    meter: Option<EbuR128>,
}

impl Loudness {
    /// For a stream of this sample rate (Hz); without a target (LUFS) nothing is measured.
    pub(crate) fn new(target: Option<f64>, rate: u32) -> Self {
        // With the histogram, memory does not grow with the track's length.
        let meter = target.and_then(|_| EbuR128::new(1, rate, Mode::I | Mode::HISTOGRAM).ok());
        Self { target: target.unwrap_or_default(), meter }
    }

    pub(crate) fn push(&mut self, samples: &[f32]) {
        if let Some(meter) = &mut self.meter {
            // The only error is of an incomplete frame, and in mono every sample is a frame.
            let _ = meter.add_frames_f32(samples);
        }
    }

    /// The factor that brings the track to the target; 1 without a target, or if nothing is above the gate of −70 LUFS.
    pub(crate) fn gain(&self) -> f32 {
        let measured = self.meter.as_ref().and_then(|meter| meter.loudness_global().ok());
        let decibels = measured.filter(|lufs| lufs.is_finite()).map_or(0.0, |lufs| self.target - lufs);
        10.0_f64.powf(decibels / 20.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two seconds of a sine of 997 Hz, whose loudness is known: full scale on one channel is −3.01 LUFS (EBU Tech 3341).
    fn sine(amplitude: f64) -> Vec<f32> {
        let at = |n: u32| amplitude * (std::f64::consts::TAU * 997.0 * f64::from(n) / 32_000.0).sin();
        (0..64_000).map(|n| at(n) as f32).collect()
    }

    fn gain(target: Option<f64>, samples: &[f32]) -> f64 {
        let mut loudness = Loudness::new(target, 32_000);
        samples.chunks(777).for_each(|block| loudness.push(block));
        f64::from(loudness.gain())
    }

    #[test]
    fn a_sine_is_brought_to_its_loudness() {
        for amplitude in [1.0, 0.1, 0.01] {
            let decibels = 20.0 * (gain(Some(-23.0), &sine(amplitude)) * amplitude).log10();
            // The histogram has steps of 0.1 dB.
            assert!((decibels - (3.01 - 23.0)).abs() < 0.1, "{decibels}");
        }
    }

    #[test]
    fn silence_and_no_target_change_nothing() {
        assert_eq!(gain(Some(-23.0), &[0.0; 64_000]), 1.0);
        assert_eq!(gain(Some(-23.0), &[]), 1.0);
        assert_eq!(gain(None, &sine(0.01)), 1.0);
    }
}
