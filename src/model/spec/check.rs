//! What a model's description must fulfil, so that nothing downstream checks again.

use super::{Axis, ModelSpec, Whole, Window};
use crate::model::input::{front_end::FrontEndSpec, log_mel::LogMelSpec};

/// The longest window, in seconds.
const LONGEST: f64 = 600.0;

/// Values of one window's input: a message between processes holds 16 MiB.
const LARGEST: usize = 3_500_000;

/// Words that `--method` knows already.
const TAKEN: [&str; 3] = ["mfcc", "all", "none"];

/// A bad key, and what is wrong with its value.
type Bad = (&'static str, String);

fn demand(key: &'static str, fulfilled: bool, reason: &str) -> Result<(), Bad> {
    if fulfilled { Ok(()) } else { Err((key, reason.to_owned())) }
}

/// Whether files can be called that.
///
/// A model cannot be called as something else is already.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    !TAKEN.contains(&name)
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(plain)
}

/// Checks the description of `model`.
pub fn check(spec: &ModelSpec, model: &str) -> Result<(), Bad> {
    demand("name", is_name(&spec.name), "must be of a-z, 0-9, `-`, `_` and `.`, and not mfcc, all or none")?;
    demand("name", spec.name == model, "must be the file's name")?;
    demand("rate", (1_000..=384_000).contains(&spec.rate), "must be 1000 to 384000 (Hz)")?;
    let is_length = |seconds: f64| seconds > 0.0 && seconds <= LONGEST;
    match (spec.window, spec.cap) {
        (Window::Seconds(seconds), None) => {
            demand("window", is_length(seconds), "must be above 0 and at most 600 (seconds)")?;
        }
        (Window::Named(Whole::Whole), Some(cap)) => {
            demand("cap", is_length(cap), "must be above 0 and at most 600 (seconds)")?;
            demand("trim", !spec.trim, "must be false with `window = \"whole\"`")?;
        }
        (Window::Seconds(_), Some(_)) => demand("cap", false, "goes with `window = \"whole\"` only")?,
        (Window::Named(Whole::Whole), None) => demand("cap", false, "is needed with `window = \"whole\"`")?,
    }
    let fits = (1..=spec.window_samples()).contains(&spec.shortest);
    demand("shortest", fits, "must be 1 to a window's samples")?;
    let is_loudness = |lufs: f64| (-70.0..=0.0).contains(&lufs);
    demand("loudness", spec.loudness.is_none_or(is_loudness), "must be -70 to 0 (LUFS)")?;
    let content: &[Axis] = match &spec.front_end {
        FrontEndSpec::Raw(_) => &[Axis::Samples],
        FrontEndSpec::LogMel(mel) => {
            log_mel(mel, spec.rate)?;
            demand("shortest", spec.shortest >= mel.shortest(), "is too few samples for one frame")?;
            // Below 32 frames nothing is left for the sixth block, and an engine answers with garbage, or crashes.
            let enough = spec.network.is_none() || mel.frames(spec.shortest) >= 32;
            demand("shortest", enough, "is too few samples for the 32 frames that CNN14 needs")?;
            &[Axis::Frames, Axis::Bands]
        }
    };
    let values = match &spec.front_end {
        FrontEndSpec::Raw(_) => spec.window_samples(),
        FrontEndSpec::LogMel(mel) => spec.window_samples() / mel.hop * mel.bands,
    };
    demand("window", values <= LARGEST, "is too long: its input would have more than 3 500 000 values")?;
    axes("input.axes", &spec.input.axes, content)?;
    outputs(spec)?;
    weights(spec)
}

fn log_mel(mel: &LogMelSpec, rate: u32) -> Result<(), Bad> {
    demand("front_end.n_fft", (16..=65_536).contains(&mel.n_fft), "must be 16 to 65536 (samples)")?;
    demand("front_end.n_fft", mel.n_fft.is_multiple_of(2), "must be even")?;
    demand("front_end.hop", (1..=mel.n_fft).contains(&mel.hop), "must be 1 to n_fft (samples)")?;
    demand("front_end.bands", (1..=mel.n_fft / 2).contains(&mel.bands), "must be 1 to half of n_fft")?;
    demand("front_end.fmin", mel.fmin >= 0.0 && mel.fmin < mel.fmax, "must be 0 or more, and below fmax")?;
    demand("front_end.fmax", mel.fmax <= f64::from(rate) / 2.0, "must be at most half of the rate")?;
    demand("front_end.amin", mel.amin.is_normal() && mel.amin > 0.0, "must be above 0")
}

/// `batch` first, each of `content` once, and any number of `channel`.
fn axes(key: &'static str, axes: &[Axis], content: &[Axis]) -> Result<(), Bad> {
    let names = || content.iter().map(|axis| axis.name()).collect::<Vec<_>>().join(" and ");
    let rest: Vec<_> = axes.iter().skip(1).filter(|&&axis| axis != Axis::Channel).collect();
    let complete = content.iter().all(|axis| rest.contains(&axis)) && rest.len() == content.len();
    let reason = || format!("must be `batch`, then {} once each, and `channel` anywhere else", names());
    demand(key, axes.first() == Some(&Axis::Batch) && complete && axes.len() <= 8, &reason())
}

fn outputs(spec: &ModelSpec) -> Result<(), Bad> {
    let output = &spec.output;
    demand("output.dimension", (1..=65_536).contains(&output.dimension), "must be 1 to 65536")?;
    let framed = output.axes.contains(&Axis::Frames);
    let content: &[Axis] = if framed { &[Axis::Frames, Axis::Dimension] } else { &[Axis::Dimension] };
    axes("output.axes", &output.axes, content)?;
    let scored = output.scores.is_some();
    demand("output.classes", scored == (output.classes > 0), "and `scores` go together")?;
    demand("output.classes", output.classes <= 65_536, "must be at most 65536")?;
    demand("output.class_names", scored || output.class_names.is_none(), "needs `scores`")?;
    let is_file = output.class_names.as_deref().is_none_or(is_name);
    demand("output.class_names", is_file, "must be the name of a file beside this one")
}

fn weights(spec: &ModelSpec) -> Result<(), Bad> {
    let weights = &spec.weights;
    let is_hash = |hash: &Option<String>, digits: usize| {
        hash.as_ref()
            .is_none_or(|hash| hash.len() == digits && hash.bytes().all(|b| b"0123456789abcdef".contains(&b)))
    };
    demand("weights.sha256", is_hash(&weights.sha256, 64), "must be 64 digits of 0-9 and a-f")?;
    demand("weights.md5", is_hash(&weights.md5, 32), "must be 32 digits of 0-9 and a-f")?;
    demand("weights.blake3", is_hash(&weights.blake3, 64), "must be 64 digits of 0-9 and a-f")?;
    let complete = weights.url.is_none() || (weights.size.is_some() && weights.sha256.is_some());
    demand("weights.url", complete, "needs `size` and `sha256` to be verified by")?;
    let own = weights.url.is_some() || weights.sha256.is_some() || weights.blake3.is_some();
    let other = weights.shared_with.as_deref().is_none_or(|name| is_name(name) && name != spec.name);
    demand("weights.shared_with", other, "must be the name of another model")?;
    demand("weights.shared_with", weights.shared_with.is_none() || !own, "leaves no room for own weights")
}

impl Axis {
    /// The axis as TOML spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Channel => "channel",
            Self::Frames => "frames",
            Self::Bands => "bands",
            Self::Samples => "samples",
            Self::Dimension => "dimension",
            Self::Classes => "classes",
        }
    }
}
