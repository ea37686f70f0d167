//! The front end in a model's description: what is computed from a window's samples before the network gets them.

use serde::{Deserialize, Serialize};

use crate::dsp::{MelFilter, MelFilterSpec, MelNorm, MelScale};

/// What is computed from the samples of a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FrontEndSpec {
    Raw(RawSpec),
    LogMel(LogMelSpec),
}

/// The samples themselves: one value each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSpec {
    /// Whether each window is brought to mean 0 and variance 1.
    #[serde(default)]
    pub normalise: bool,
}

/// A log-mel spectrogram: frames × bands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMelSpec {
    /// Length of a frame and of its Fourier transform (samples).
    pub n_fft: usize,
    /// From the start of one frame to that of the next (samples).
    pub hop: usize,
    pub taper: Taper,
    pub padding: Padding,
    /// The number of mel bands.
    pub bands: usize,
    pub scale: MelScale,
    pub norm: MelNorm,
    /// The lower edge of the lowest band (Hz).
    pub fmin: f64,
    /// The upper edge of the highest band (Hz).
    pub fmax: f64,
    /// The floor: less power than this counts as this much.
    pub amin: f32,
    pub log: Log,
}

/// The window function of a frame; periodic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taper {
    Hann,
}

/// What is put before and after the samples: half a frame each, so that frames are centred, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    Reflect,
    Zeros,
    None,
}

/// The logarithm of the power: 10·log10 (dB), or natural.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Log {
    Db,
    Ln,
}

impl LogMelSpec {
    /// Samples that padding adds at each end.
    pub(crate) fn margin(&self) -> usize {
        if self.padding == Padding::None { 0 } else { self.n_fft / 2 }
    }

    /// The fewest samples that make a frame.
    pub(crate) fn shortest(&self) -> usize {
        match self.padding {
            Padding::Reflect => self.n_fft / 2 + 1,
            Padding::Zeros => 1,
            Padding::None => self.n_fft,
        }
    }

    /// The filters of its bands, for samples at `rate` Hz.
    pub(crate) fn filters(&self, rate: u32) -> Vec<MelFilter> {
        let &Self { bands, scale, norm, fmin, fmax, n_fft, .. } = self;
        MelFilterSpec { bands, scale, norm, fmin, fmax, rate, n_fft }.filters()
    }

    /// The number of frames that so many samples make.
    pub(crate) fn frames(&self, samples: usize) -> usize {
        (samples + 2 * self.margin()).checked_sub(self.n_fft).map_or(0, |rest| rest / self.hop + 1)
    }
}
