//! The checks of a model's description, so that nothing downstream checks it again.

use super::description::{FrameCount, ModelSpec, Network, Whole, Window};
use super::front_end::{FrontEndSpec, Log, LogMelSpec};
use super::tensors::{Axis, OutputSpec, ScoreKind};

/// The longest window (seconds).
const LONGEST_WINDOW: f64 = 600.0;
/// The most frames of a window.
const MOST_FRAMES: usize = 100_000;
/// The most values of one window's input: a message between processes holds 16 MiB.
const MOST_VALUES: usize = 3_500_000;
/// The most windows that a network takes at once.
const MOST_BATCH: usize = 256;
/// Names that mean something else to `--method`.
const RESERVED_NAMES: [&str; 4] = ["mfcc", "all", "none", "best"];
/// The fewest frames of CNN14: with fewer nothing is left for its sixth block, and an engine returns garbage or crashes.
const CNN14_FRAMES: usize = 32;

/// A key of the description, and what is wrong with its value.
type KeyError = (&'static str, String);

fn require(key: &'static str, fulfilled: bool, reason: &str) -> Result<(), KeyError> {
    if fulfilled { Ok(()) } else { Err((key, reason.to_owned())) }
}

/// Whether a model and its files can have this name.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    !RESERVED_NAMES.contains(&name)
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(is_plain)
}

/// Checks the description in `model.toml`.
pub(crate) fn check_spec(spec: &ModelSpec, model: &str) -> Result<(), KeyError> {
    require(
        "name",
        is_name(&spec.name),
        "must be of a-z, 0-9, `-`, `_` and `.`, and not mfcc, all, none or best",
    )?;
    require("name", spec.name == model, "must be the file's name")?;
    require("rate", (1_000..=384_000).contains(&spec.rate), "must be 1000 to 384000 (Hz)")?;
    check_window(spec)?;
    let fits = (1..=spec.window_samples()).contains(&spec.shortest);
    require("shortest", fits, "must be 1 to a window's samples")?;
    let is_loudness = |lufs: f64| (-70.0..=0.0).contains(&lufs);
    require("loudness", spec.loudness.is_none_or(is_loudness), "must be -70 to 0 (LUFS)")?;
    let (values, content): (_, &[Axis]) = match &spec.front_end {
        FrontEndSpec::Raw(_) => (spec.window_samples(), &[Axis::Samples]),
        FrontEndSpec::LogMel(mel) => {
            check_log_mel(mel, spec.rate)?;
            let shortest = spec.shortest_input();
            require("shortest", shortest >= mel.shortest(), "is too few samples for one frame")?;
            let enough = spec.network != Some(Network::Cnn14) || mel.frames(shortest) >= CNN14_FRAMES;
            require("shortest", enough, "is too few samples for the 32 frames that CNN14 needs")?;
            (mel.frames(spec.window_samples()) * mel.bands, &[Axis::Frames, Axis::Bands])
        }
    };
    require("window", values <= MOST_VALUES, "is too long: its input would have more than 3 500 000 values")?;
    check_input(spec, content)?;
    check_output(&spec.output)?;
    check_weights(spec)
}

fn check_window(spec: &ModelSpec) -> Result<(), KeyError> {
    let is_padded = spec.pad_short.is_some() && spec.window == Window::Named(Whole::Whole);
    require("pad_short", !is_padded, "goes with windows of one length, and not with `window = \"whole\"`")?;
    let is_length = |seconds: f64| seconds > 0.0 && seconds <= LONGEST_WINDOW;
    match (spec.window, spec.cap) {
        (Window::Seconds(seconds), None) => {
            require("window", is_length(seconds), "must be above 0 and at most 600 (seconds)")
        }
        (Window::Named(Whole::Whole), Some(cap)) => {
            require("cap", is_length(cap), "must be above 0 and at most 600 (seconds)")?;
            require("trim", !spec.trim, "must be false with `window = \"whole\"`")
        }
        (Window::Frames(count), None) => check_frames(count, spec),
        (Window::Seconds(_) | Window::Frames(_), Some(_)) => {
            require("cap", false, "goes with `window = \"whole\"` only")
        }
        (Window::Named(Whole::Whole), None) => require("cap", false, "is needed with `window = \"whole\"`"),
    }
}

fn check_frames(FrameCount { frames, hop }: FrameCount, spec: &ModelSpec) -> Result<(), KeyError> {
    let has_frames = matches!(spec.front_end, FrontEndSpec::LogMel(_));
    require("window", has_frames, "can count frames only with `kind = \"log-mel\"`: give it in seconds")?;
    require("window", (1..=MOST_FRAMES).contains(&frames), "must be 1 to 100000 frames")?;
    let is_hop = hop.is_none_or(|hop| (1..=frames).contains(&hop));
    require("window", is_hop, "must have a hop of 1 to its frames")?;
    let is_short = spec.window_samples() > 0 && spec.window_seconds() <= LONGEST_WINDOW;
    require("window", is_short, "must be above 0 and at most 600 (seconds)")
}

fn check_log_mel(mel: &LogMelSpec, rate: u32) -> Result<(), KeyError> {
    require("front_end.n_fft", (16..=65_536).contains(&mel.n_fft), "must be 16 to 65536 (samples)")?;
    require("front_end.n_fft", mel.n_fft.is_multiple_of(2), "must be even")?;
    let is_frame = (16..=mel.n_fft).contains(&mel.frame());
    require("front_end.win_length", is_frame, "must be 16 to n_fft (samples)")?;
    require("front_end.hop", (1..=mel.n_fft).contains(&mel.hop), "must be 1 to n_fft (samples)")?;
    require("front_end.bands", (1..=mel.n_fft / 2).contains(&mel.bands), "must be 1 to half of n_fft")?;
    require("front_end.fmin", mel.fmin >= 0.0 && mel.fmin < mel.fmax, "must be 0 or more, and below fmax")?;
    require("front_end.fmax", mel.fmax <= f64::from(rate) / 2.0, "must be at most half of the rate")?;
    require("front_end.power", matches!(mel.power, 1 | 2), "must be 1 (magnitude) or 2 (power)")?;
    check_log(mel)
}

/// Whatever is in a band, its logarithm is a number.
fn check_log(mel: &LogMelSpec) -> Result<(), KeyError> {
    let is_offset = mel.log_offset.is_finite() && mel.log_offset >= 0.0;
    require("front_end.log_offset", is_offset, "must be 0 or more")?;
    let has_floor = mel.log.adds_one() || mel.log_offset > 0.0;
    let is_floor = mel.amin.is_normal() && mel.amin > 0.0 || mel.amin == 0.0 && has_floor;
    require("front_end.amin", is_floor, "must be above 0")?;
    let has_gain = mel.gain.is_some() == mel.log.adds_one();
    require("front_end.gain", has_gain, "goes with `log = \"log10-1p\"` or \"ln-1p\", which need it")?;
    let is_gain = mel.gain.is_none_or(|gain| gain.is_normal() && gain > 0.0);
    require("front_end.gain", is_gain, "must be above 0")?;
    require("front_end.top_db", mel.top_db.is_none() || mel.log == Log::Db, "goes with `log = \"db\"` only")?;
    let is_range = mel.top_db.is_none_or(|range| range.is_finite() && range > 0.0);
    require("front_end.top_db", is_range, "must be above 0 (dB)")
}

/// `batch` first, if at all, each of `content` once, and any number of `channel`.
fn check_axes(key: &'static str, axes: &[Axis], content: &[Axis]) -> Result<(), KeyError> {
    let axes = if axes.first() == Some(&Axis::Batch) { &axes[1..] } else { axes };
    let rest: Vec<_> = axes.iter().filter(|&&axis| axis != Axis::Channel).collect();
    let is_complete = content.iter().all(|axis| rest.contains(&axis)) && rest.len() == content.len();
    let names = content.iter().map(|axis| axis.name()).collect::<Vec<_>>().join(" and ");
    let reason = format!(
        "must be `batch`, if the network has it, then {names} once each, and `channel` anywhere else"
    );
    require(key, is_complete && axes.len() < 8, &reason)
}

/// The same for an output, which may have frames.
fn check_output_axes(key: &'static str, axes: &[Axis], content: Axis) -> Result<(), KeyError> {
    let has_frames = axes.contains(&Axis::Frames);
    let content = [Axis::Frames, content];
    check_axes(key, axes, if has_frames { &content } else { &content[1..] })
}

fn check_input(spec: &ModelSpec, content: &[Axis]) -> Result<(), KeyError> {
    let input = &spec.input;
    check_axes("input.axes", &input.axes, content)?;
    let is_batch = input.batch.is_none_or(|batch| (1..=MOST_BATCH).contains(&batch));
    require("input.batch", is_batch, "must be 1 to 256 (windows that the network takes at once)")?;
    let has_axis = input.batch.is_none() || input.axes.contains(&Axis::Batch);
    require("input.batch", has_axis, "needs `batch` among the axes")
}

fn check_output(output: &OutputSpec) -> Result<(), KeyError> {
    require("output.dimension", (1..=65_536).contains(&output.dimension), "must be 1 to 65536")?;
    let count = output.embedding.all().len();
    require("output.embedding", (1..=16).contains(&count), "must be a name, or a list of at most 16")?;
    check_output_axes("output.axes", &output.axes, Axis::Dimension)?;
    let has_scores = output.scores.is_some();
    require("output.classes", has_scores == (output.classes > 0), "and `scores` go together")?;
    require("output.classes", output.classes <= 65_536, "must be at most 65536")?;
    check_output_axes("output.scores_axes", &output.scores_axes, Axis::Classes)?;
    let has_use = output.activation.is_none() || output.scores_are == ScoreKind::Logits;
    require("output.activation", has_use, "goes with `scores_are = \"logits\"` only")?;
    let [from, full] = output.scores_range;
    require(
        "output.scores_range",
        0.0 <= from && from < full && full <= 1.0,
        "must be two scores, the lower one first, from 0 to 1",
    )?;
    require("output.class_names", has_scores || output.class_names.is_none(), "needs `scores`")?;
    let is_file = output.class_names.as_deref().is_none_or(is_name);
    require("output.class_names", is_file, "must be the name of a file beside this one")
}

/// Whether a name is that of a wheel. It is a part of commands that are printed, so it has nothing that a shell reads.
fn is_wheel(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.ends_with(".whl")
        && name.split('-').count() >= 5
        && name.chars().all(is_plain)
        && !name.starts_with('-')
}

fn check_weights(spec: &ModelSpec) -> Result<(), KeyError> {
    let weights = &spec.weights;
    let is_hash = |hash: &Option<String>, digits: usize| {
        hash.as_ref()
            .is_none_or(|hash| hash.len() == digits && hash.bytes().all(|b| b"0123456789abcdef".contains(&b)))
    };
    require("weights.sha256", is_hash(&weights.sha256, 64), "must be 64 digits of 0-9 and a-f")?;
    require("weights.md5", is_hash(&weights.md5, 32), "must be 32 digits of 0-9 and a-f")?;
    require("weights.blake3", is_hash(&weights.blake3, 64), "must be 64 digits of 0-9 and a-f")?;
    let is_wheel = weights.wheel.as_deref().is_none_or(is_wheel);
    require("weights.wheel", is_wheel, "must be the name of a wheel: PACKAGE-VERSION-TAGS.whl")?;
    let can_verify = weights.url.is_none() || (weights.size.is_some() && weights.sha256.is_some());
    require("weights.url", can_verify, "needs `size` and `sha256` to be verified by")?;
    let has_own = weights.url.is_some() || weights.sha256.is_some() || weights.blake3.is_some();
    let is_other = weights.shared_with.as_deref().is_none_or(|name| is_name(name) && name != spec.name);
    require("weights.shared_with", is_other, "must be the name of another model")?;
    let is_only = weights.shared_with.is_none() || !has_own;
    require("weights.shared_with", is_only, "cannot stand beside `url`, `sha256` or `blake3`")
}
