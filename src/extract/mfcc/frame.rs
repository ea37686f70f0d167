//! Everything that is measured of one frame of samples.

use super::levels::{Levels, to_decibels};
use super::mel_bands::{BANDS, MelBank};
use super::spectrum::{Spectrum, total};
use super::{contrast::Contrast, shape};

/// How far below the highest peak (dB of the magnitude taken as power) a valley is when rounding in 32 bits begins to
/// fill it: the transform's noise is about 4e-8 of the peak, which in a valley ten times as high is a hundredth of a
/// decibel.
const DEPTH: f32 = 64.0;

/// Measures frames, one after the other.
pub(super) struct Analyser {
    spectrum: Spectrum,
    bank: MelBank,
    octaves: Contrast,
}

/// What is measured of a frame's spectrum.
pub(super) struct Measured {
    pub levels: Levels,
    /// Centroid (Hz), bandwidth (Hz), flatness, rolloff (Hz).
    pub shape: [f32; 4],
}

impl Analyser {
    pub(super) fn new() -> Self {
        Self { spectrum: Spectrum::new(), bank: MelBank::new(), octaves: Contrast::new() }
    }

    /// Measures `FRAME` samples. librosa transforms in double precision; here only the frames where it shows are.
    pub(super) fn measure(&mut self, samples: &[f32]) -> Measured {
        self.spectrum.transform(samples);
        let measured = self.describe_fast();
        if measured.levels.depth() < DEPTH {
            return measured;
        }
        self.spectrum.transform_precisely(samples);
        self.describe_fast()
    }

    /// Runs the same code, compiled for AVX2 if the processor has it. Products and sums are never fused and are
    /// added up in a fixed order, so the results are the same to the last bit.
    fn describe_fast(&mut self) -> Measured {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { self.describe_avx2() };
        }
        self.describe()
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn describe_avx2(&mut self) -> Measured {
        self.describe()
    }

    #[inline(always)]
    fn describe(&mut self) -> Measured {
        self.spectrum.measure();
        let Spectrum { power, magnitude, .. } = &self.spectrum;
        let (mut peaks, mut valleys) = self.octaves.extremes(magnitude);
        let mut mel = [0.0; BANDS];
        self.bank.apply(power, &mut mel);
        to_decibels(&mut mel);
        to_decibels(&mut peaks);
        to_decibels(&mut valleys);
        let mut loudness = [total(power)];
        to_decibels(&mut loudness);
        let levels = Levels { mel, peaks, valleys, loudness: loudness[0] };
        Measured { levels, shape: shape::describe(power, magnitude) }
    }
}
