//! CNN14 of PANNs (Kong et al. 2020): the keys of its checkpoint, and the same network as an ONNX graph.
//!
//! The widths come from the checkpoint, so that a smaller network can be converted too.

use std::f64::consts::TAU;

use super::affine::{Affine, single};
use super::checkpoint::{Checkpoint, CheckpointError, one_line};
use super::onnx::{Attribute, DimensionSize, Graph};
use crate::{dsp::hann, model::spec::LogMelSpec};

/// Blocks of two convolutions; all but the last halve frames and bands.
const BLOCKS: usize = 6;
const BANDS: usize = 64;
/// What `BatchNorm2d` adds to a variance.
const EPSILON: f64 = 1e-5;
/// The greatest difference between the checkpoint's copies of the front end and its formulas.
const TOLERANCE: f32 = 1e-6;
/// The tensors of a batch norm.
const NORM: [&str; 4] = ["weight", "bias", "running_mean", "running_var"];

/// The widths of one CNN14.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    channels: [usize; BLOCKS],
    /// The number of values of the embedding.
    pub embedding: usize,
    pub classes: usize,
}

/// One convolution and the batch norm after it: their names, input channels and output channels.
struct Convolution {
    name: String,
    norm: String,
    from: usize,
    to: usize,
}

impl Widths {
    /// The widths of a checkpoint, after checking that all its keys and shapes fit them.
    pub(crate) fn of(checkpoint: &Checkpoint) -> Result<Self, CheckpointError> {
        let first = |key: &str| -> Result<usize, CheckpointError> {
            let shape = checkpoint.shape(key).ok_or_else(|| CheckpointError::Missing(key.to_owned()))?;
            Ok(shape.first().copied().unwrap_or(1).max(1))
        };
        let mut channels = [0; BLOCKS];
        for (block, channels) in channels.iter_mut().enumerate() {
            *channels = first(&format!("conv_block{}.conv1.weight", block + 1))?;
        }
        let widths =
            Self { channels, embedding: first("fc1.weight")?, classes: first("fc_audioset.weight")? };
        let layout = widths.layout();
        layout.iter().try_for_each(|(key, shape)| checkpoint.tensor(key, shape).map(drop))?;
        let is_known = |key: &str| {
            let copy = key.starts_with("spectrogram_extractor.") || key.starts_with("logmel_extractor.");
            copy || key.ends_with(".num_batches_tracked") || layout.iter().any(|(known, _)| known == key)
        };
        match checkpoint.keys().find(|key| !is_known(key)) {
            Some(key) => Err(CheckpointError::Unknown { key: one_line(&key), model: "CNN14" }),
            None => Ok(widths),
        }
    }

    /// Every key that the network needs, with its shape.
    fn layout(&self) -> Vec<(String, Vec<usize>)> {
        let norm = |name: &str, width: usize| NORM.map(|part| (format!("{name}.{part}"), vec![width]));
        let mut layout = norm("bn0", BANDS).to_vec();
        for Convolution { name, norm: its_norm, from, to } in self.convolutions() {
            layout.push((format!("{name}.weight"), vec![to, from, 3, 3]));
            layout.extend(norm(&its_norm, to));
        }
        for (name, from, to) in self.layers() {
            layout.extend([(format!("{name}.weight"), vec![to, from]), (format!("{name}.bias"), vec![to])]);
        }
        layout
    }

    fn convolutions(&self) -> impl Iterator<Item = Convolution> {
        (0..2 * BLOCKS).map(|i| {
            let (block, number) = (i / 2, i % 2 + 1);
            let to = self.channels[block];
            let before = block.checked_sub(1).map_or(1, |before| self.channels[before]);
            let [name, norm] = ["conv", "bn"].map(|part| format!("conv_block{}.{part}{number}", block + 1));
            Convolution { name, norm, from: if number == 1 { before } else { to }, to }
        })
    }

    /// Name, inputs and outputs of the two fully connected layers.
    fn layers(&self) -> [(&'static str, usize, usize); 2] {
        [("fc1", self.channels[BLOCKS - 1], self.embedding), ("fc_audioset", self.embedding, self.classes)]
    }
}

/// Checks the checkpoint's copies of the front end, if it has them, against the formulas.
pub(crate) fn check_front_end(
    checkpoint: &Checkpoint,
    mel: &LogMelSpec,
    rate: u32,
) -> Result<(), CheckpointError> {
    let bins = mel.n_fft / 2 + 1;
    let taper: Vec<f64> = hann(mel.n_fft).collect();
    let wave = |i: usize, phase: f64| {
        let (bin, n) = (i / mel.n_fft, i % mel.n_fft);
        let turn = (bin * n % mel.n_fft) as f64 / mel.n_fft as f64;
        (taper[n] * (TAU * (turn + phase)).cos()) as f32
    };
    let filters = mel.filters(rate);
    let check = |key: &str, shape: &[usize], formula: &dyn Fn(usize) -> f32| {
        if checkpoint.shape(key).is_none() {
            return Ok(());
        }
        let values = checkpoint.read(key, shape)?;
        let equal = values.iter().enumerate().all(|(i, value)| (value - formula(i)).abs() <= TOLERANCE);
        if equal { Ok(()) } else { Err(CheckpointError::Constant(key.to_owned())) }
    };
    let shape = [bins, 1, mel.n_fft];
    check("spectrogram_extractor.stft.conv_real.weight", &shape, &|i| wave(i, 0.0))?;
    // −sin x is cos (x + a quarter turn).
    check("spectrogram_extractor.stft.conv_imag.weight", &shape, &|i| wave(i, 0.25))?;
    check("logmel_extractor.melW", &[bins, mel.bands], &|i| filters[i % mel.bands].weight(i / mel.bands))
}

/// Writes the network: input `logmel` (batch, 1, frames, 64), outputs `embedding` (batch, embedding) and `scores`
/// (batch, classes). One tensor is held in memory at a time.
pub(crate) fn write(
    checkpoint: &Checkpoint,
    widths: &Widths,
    graph: &mut Graph,
) -> Result<(), CheckpointError> {
    use Attribute::{Number, Numbers};
    use DimensionSize::{Any, Fixed};
    graph.input("logmel", &[Any("batch"), Fixed(1), Any("frames"), Fixed(BANDS)]);
    // The convolution pads with zeros after this norm, so the norm cannot be folded into it.
    affine(checkpoint, "bn0", BANDS)?.write(graph, "logmel", "bn0", &[BANDS])?;
    let mut last = "bn0".to_owned();
    for (i, Convolution { name, norm, from, to }) in widths.convolutions().enumerate() {
        let shape = [to, from, 3, 3];
        let Affine { scale, shift } = affine(checkpoint, &norm, to)?;
        let mut values = checkpoint.read(&format!("{name}.weight"), &shape)?;
        for (filter, scale) in values.chunks_exact_mut(from * 9).zip(scale) {
            filter.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
        }
        let [weight, bias] = [format!("{name}.weight"), format!("{name}.bias")];
        graph.weight(&weight, &shape, &values)?;
        graph.weight(&bias, &[to], &single(&shift))?;
        let settings = [("kernel_shape", Numbers(&[3, 3])), ("pads", Numbers(&[1, 1, 1, 1]))];
        graph.node("Conv", &[&last, &weight, &bias], &name, &settings);
        last = format!("{name}.relu");
        graph.node("Relu", &[&name], &last, &[]);
        if i % 2 == 1 && i / 2 + 1 < BLOCKS {
            let pool = format!("conv_block{}", i / 2 + 1);
            let halve = [("kernel_shape", Numbers(&[2, 2])), ("strides", Numbers(&[2, 2]))];
            graph.node("AveragePool", &[&last], &pool, &halve);
            last = pool;
        }
    }
    let over = |axis: &'static [i64]| [("axes", Numbers(axis)), ("keepdims", Number(0))];
    graph.node("ReduceMean", &[&last], "bands.mean", &over(&[3]));
    graph.node("ReduceMax", &["bands.mean"], "frames.max", &over(&[2]));
    graph.node("ReduceMean", &["bands.mean"], "frames.mean", &over(&[2]));
    graph.node("Add", &["frames.max", "frames.mean"], "frames", &[]);
    let mut last = "frames";
    for ((name, from, to), (operator, output)) in
        widths.layers().into_iter().zip([("Relu", "embedding"), ("Sigmoid", "scores")])
    {
        let [weight, bias] = [format!("{name}.weight"), format!("{name}.bias")];
        graph.weight(&weight, &[to, from], &checkpoint.read(&weight, &[to, from])?)?;
        graph.weight(&bias, &[to], &checkpoint.read(&bias, &[to])?)?;
        graph.node("Gemm", &[last, &weight, &bias], name, &[("transB", Number(1))]);
        graph.node(operator, &[name], output, &[]);
        graph.output(output, &[Any("batch"), Fixed(to)]);
        last = output;
    }
    Ok(())
}

/// The batch norm that the checkpoint calls `norm`.
fn affine(checkpoint: &Checkpoint, norm: &str, width: usize) -> Result<Affine, CheckpointError> {
    let read = |part| checkpoint.read(&format!("{norm}.{part}"), &[width]);
    let [weight, bias, mean, variance] = NORM.map(read);
    Affine::of_norm([&weight?, &bias?, &mean?, &variance?], EPSILON)
        .ok_or_else(|| CheckpointError::NotFinite(format!("{norm}.running_var")))
}
