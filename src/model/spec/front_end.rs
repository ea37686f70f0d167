//! The front end of a model: what is computed from the samples of a window.

use serde::{Deserialize, Serialize};

use crate::dsp::{MelFilter, MelFilterSpec, MelNorm, MelScale, MelSlopes};

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

/// A log-mel spectrogram: frames × bands. What TOML leaves out is what librosa does by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMelSpec {
    /// Length of a frame's Fourier transform (samples).
    pub n_fft: usize,
    /// Length of a frame (samples), which zeros fill up to `n_fft`; none: `n_fft`.
    pub win_length: Option<usize>,
    /// From the start of one frame to that of the next (samples).
    pub hop: usize,
    pub taper: Taper,
    pub padding: Padding,
    /// The power of the magnitude that the bands sum up: 1 or 2.
    #[serde(default = "squared", skip_serializing_if = "is_squared")]
    pub power: u8,
    /// The number of mel bands.
    pub bands: usize,
    pub scale: MelScale,
    pub norm: MelNorm,
    #[serde(default, skip_serializing_if = "is_default")]
    pub slopes: MelSlopes,
    /// The lower edge of the lowest band (Hz).
    pub fmin: f64,
    /// The upper edge of the highest band (Hz).
    pub fmax: f64,
    /// The floor: less in a band counts as this much.
    #[serde(default, skip_serializing_if = "is_default")]
    pub amin: f32,
    pub log: Log,
    /// The x of `log10-1p` and `ln-1p` is a band's value times this; given only with them.
    pub gain: Option<f32>,
    /// Added to a band's value before the logarithm.
    #[serde(default, skip_serializing_if = "is_default")]
    pub log_offset: f32,
    /// How far below the greatest level of its window a level can be (dB); what is lower is raised.
    pub top_db: Option<f32>,
}

/// The window function of a frame; periodic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Taper {
    Hann,
}

/// What is put before and after the samples: half a frame each, so that frames are centred (librosa's `center`), or
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    Reflect,
    Zeros,
    None,
}

/// The logarithm of a band's value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Log {
    /// 10·log10 x.
    Db,
    /// The natural one.
    Ln,
    Log10,
    /// log10 (1 + gain·x).
    #[serde(rename = "log10-1p")]
    Log10OnePlus,
    /// ln (1 + gain·x).
    #[serde(rename = "ln-1p")]
    LnOnePlus,
}

fn squared() -> u8 {
    2
}

fn is_squared(power: &u8) -> bool {
    *power == squared()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Log {
    /// Whether 1 is added before it is taken, so that it has a floor of its own.
    pub(crate) fn adds_one(self) -> bool {
        matches!(self, Self::Log10OnePlus | Self::LnOnePlus)
    }
}

impl LogMelSpec {
    /// Samples of one frame.
    pub(crate) fn frame(&self) -> usize {
        self.win_length.unwrap_or(self.n_fft)
    }

    /// Samples that padding adds before the first one.
    pub(crate) fn margin(&self) -> usize {
        if self.padding == Padding::None { 0 } else { self.frame().div_ceil(2) }
    }

    /// The fewest samples that make a frame.
    pub(crate) fn shortest(&self) -> usize {
        match self.padding {
            Padding::Reflect => self.margin() + 1,
            Padding::Zeros => 1,
            Padding::None => self.frame(),
        }
    }

    /// The filters of its bands, for samples at `rate` Hz.
    pub(crate) fn filters(&self, rate: u32) -> Vec<MelFilter> {
        let &Self { bands, scale, norm, slopes, fmin, fmax, n_fft, .. } = self;
        MelFilterSpec { bands, scale, norm, slopes, fmin, fmax, rate, n_fft }.filters()
    }

    /// The number of frames that so many samples make.
    pub(crate) fn frames(&self, samples: usize) -> usize {
        match self.padding {
            Padding::None => samples.checked_sub(self.frame()).map_or(0, |rest| rest / self.hop + 1),
            Padding::Reflect | Padding::Zeros => samples / self.hop + 1,
        }
    }

    /// The fewest samples that make so many frames.
    pub(crate) fn samples(&self, frames: usize) -> usize {
        let between = frames.saturating_sub(1).saturating_mul(self.hop);
        if self.padding == Padding::None { between.saturating_add(self.frame()) } else { between }
    }
}
