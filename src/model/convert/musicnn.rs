//! musicnn (Pons and Serra 2019): the tensors of its checkpoint, and the same network as an ONNX graph.

use super::affine::Affine;
use super::checkpoint::{CheckpointError, one_line};
use super::onnx::{Attribute, DimensionSize, Graph};
use super::tensor_bundle::TensorBundle;

/// Where the wheel has the checkpoint that was trained on the Million Song Dataset: what its files' names begin with.
pub(crate) const CHECKPOINT: &str = "musicnn/MSD_musicnn/";
const BANDS: usize = 96;
/// What the batch norms add to a variance.
const EPSILON: f64 = 1e-3;
/// The tensors of a batch norm.
const NORM: [&str; 4] = ["gamma", "beta", "moving_mean", "moving_variance"];
/// Channels of the batch norms: before the first convolution, after each, and before each fully connected layer.
const NORMS: [usize; 11] = [1, 204, 204, 51, 51, 51, 64, 64, 64, POOLED, EMBEDDING];
/// Frames, bands (or channels) and filters of the convolutions: five of the spectrogram, side by side, then three over time.
const CONVOLUTIONS: [[usize; 3]; 8] = [
    [7, 38, 204],
    [7, 67, 204],
    [128, 1, 51],
    [64, 1, 51],
    [32, 1, 51],
    [7, 561, 64],
    [7, 64, 64],
    [7, 64, 64],
];
/// Convolutions of the spectrogram.
const SIDE_BY_SIDE: usize = 5;
/// The maximum and the mean over time of the channels of all convolutions.
const POOLED: usize = 2 * (561 + 3 * 64);
const EMBEDDING: usize = 200;
const CLASSES: usize = 50;

/// The name of a layer: TensorFlow numbers all of a kind but the first.
fn numbered(kind: &str, number: usize) -> String {
    if number == 0 { kind.to_owned() } else { format!("{kind}_{number}") }
}

/// The tensor of a convolution's weights as the checkpoint has it: frames, bands, 1, filters. Those over time see one band,
/// and the channels take the bands' place.
fn kernel_shape([frames, bands, filters]: [usize; 3]) -> [usize; 4] {
    [frames, bands, 1, filters]
}

/// Every tensor that the network needs, with its shape.
pub(crate) fn layout() -> Vec<(String, Vec<usize>)> {
    let mut layout = Vec::new();
    for (i, channels) in NORMS.into_iter().enumerate() {
        let name = numbered("batch_normalization", i);
        layout.extend(NORM.map(|part| (format!("{name}/{part}"), vec![channels])));
    }
    for (i, convolution) in CONVOLUTIONS.into_iter().enumerate() {
        let name = numbered("conv2d", i);
        layout.push((format!("{name}/kernel"), kernel_shape(convolution).to_vec()));
        layout.push((format!("{name}/bias"), vec![convolution[2]]));
    }
    for (name, from, to) in LAYERS {
        layout.extend([(format!("{name}/kernel"), vec![from, to]), (format!("{name}/bias"), vec![to])]);
    }
    layout
}

/// Name, inputs and outputs of the fully connected layers.
const LAYERS: [(&str, usize, usize); 2] = [("dense", POOLED, EMBEDDING), ("dense_1", EMBEDDING, CLASSES)];

/// Whether the training alone needs a tensor: Adam's averages of the gradients and of their squares.
fn is_of_training(key: &str) -> bool {
    key.ends_with("/Adam") || key.ends_with("/Adam_1") || ["beta1_power", "beta2_power"].contains(&key)
}

/// Checks that a checkpoint has the tensors of this network, and no others.
pub(crate) fn check(bundle: &TensorBundle) -> Result<(), CheckpointError> {
    let layout = layout();
    layout.iter().try_for_each(|(key, shape)| bundle.check(key, shape))?;
    let is_known = |key: &str| is_of_training(key) || layout.iter().any(|(known, _)| known == key);
    match bundle.keys().find(|key| !is_known(key)) {
        Some(key) => Err(CheckpointError::Unknown { key: one_line(&key), model: "musicnn" }),
        None => Ok(()),
    }
}

/// Writes the network: input `logmel` (batch, 1, frames, 96), outputs `embedding` (batch, 200), `pooled` (batch, 1506) and
/// `scores` (batch, 50).
pub(crate) fn write(bundle: &TensorBundle, graph: &mut Graph) -> Result<(), CheckpointError> {
    use Attribute::{Number, Numbers};
    use DimensionSize::{Any, Fixed};
    graph.input("logmel", &[Any("batch"), Fixed(1), Any("frames"), Fixed(BANDS)]);
    let writer = &mut Writer { bundle, graph };
    // The convolutions pad with zeros after this norm, so it cannot be folded into them.
    writer.norm(0, "logmel", &[1])?;
    let mut parts = Vec::new();
    for i in 0..SIDE_BY_SIDE {
        let norm = writer.convolution(i, "batch_normalization")?;
        let part = format!("{norm}.bands");
        writer.graph.node("ReduceMax", &[&norm], &part, &[("axes", Numbers(&[3])), ("keepdims", Number(0))]);
        parts.push(part);
    }
    let concat = |graph: &mut Graph, parts: &[String], output: &str, axis| {
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        graph.node("Concat", &parts, output, &[("axis", Number(axis))]);
    };
    concat(writer.graph, &parts, "front", 1);
    let mut parts = vec!["front".to_owned()];
    for i in SIDE_BY_SIDE..CONVOLUTIONS.len() {
        let before = &parts[parts.len() - 1];
        let mut part = writer.convolution(i, before)?;
        if i > SIDE_BY_SIDE {
            let sum = format!("{part}.sum");
            writer.graph.node("Add", &[&part, before], &sum, &[]);
            part = sum;
        }
        parts.push(part);
    }
    let graph = &mut *writer.graph;
    concat(graph, &parts, "frames", 1);
    for (operator, output) in [("ReduceMax", "max"), ("ReduceMean", "mean")] {
        graph.node(operator, &["frames"], output, &[("axes", Numbers(&[2])), ("keepdims", Number(1))]);
    }
    concat(graph, &["max".to_owned(), "mean".to_owned()], "max.mean", 2);
    graph.node("Flatten", &["max.mean"], "pooled", &[("axis", Number(1))]);
    let hidden = writer.norm(9, "pooled", &[POOLED])?;
    let hidden = writer.layer(LAYERS[0], &hidden)?;
    writer.graph.node("Relu", &[&hidden], "relu", &[]);
    writer.norm_as(10, "relu", "embedding", &[EMBEDDING])?;
    let logits = writer.layer(LAYERS[1], "embedding")?;
    writer.graph.node("Sigmoid", &[&logits], "scores", &[]);
    for (output, size) in [("embedding", EMBEDDING), ("pooled", POOLED), ("scores", CLASSES)] {
        writer.graph.output(output, &[Any("batch"), Fixed(size)]);
    }
    Ok(())
}

/// Writes layers, each from the tensors that bear its name to a node of that name, which is returned.
struct Writer<'a, 'b> {
    bundle: &'a TensorBundle,
    graph: &'a mut Graph<'b>,
}

impl Writer<'_, '_> {
    fn norm(&mut self, number: usize, input: &str, shape: &[usize]) -> Result<String, CheckpointError> {
        let name = numbered("batch_normalization", number);
        self.norm_as(number, input, &name, shape)?;
        Ok(name)
    }

    fn norm_as(
        &mut self,
        number: usize,
        input: &str,
        output: &str,
        shape: &[usize],
    ) -> Result<(), CheckpointError> {
        let name = numbered("batch_normalization", number);
        let read = |part| self.bundle.read(&format!("{name}/{part}"), &[NORMS[number]]);
        let [gamma, beta, mean, variance] = NORM.map(read);
        let affine = Affine::of_norm([&gamma?, &beta?, &mean?, &variance?], EPSILON);
        let affine = affine.ok_or_else(|| CheckpointError::NotFinite(format!("{name}/moving_variance")))?;
        Ok(affine.write(self.graph, input, output, shape)?)
    }

    /// A convolution, its activation and its batch norm. As many frames come out of it as go in.
    fn convolution(&mut self, number: usize, input: &str) -> Result<String, CheckpointError> {
        let name = numbered("conv2d", number);
        let [frames, bands, filters] = CONVOLUTIONS[number];
        let values = self.bundle.read(&format!("{name}/kernel"), &kernel_shape(CONVOLUTIONS[number]))?;
        let over_time = number >= SIDE_BY_SIDE;
        let place = |filter, i| match over_time {
            true => (i % frames * bands + i / frames) * filters + filter,
            false => i * filters + filter,
        };
        let values: Vec<f32> = (0..filters)
            .flat_map(|filter| (0..frames * bands).map(move |i| place(filter, i)))
            .map(|i| values[i])
            .collect();
        // Where the frames are even, TensorFlow pads one more behind than before.
        let [before, behind] = [(frames - 1) / 2, frames / 2].map(|frames| frames as i64);
        let (shape, kernel, pads): (&[usize], &[i64], &[i64]) = match over_time {
            true => (&[filters, bands, frames], &[frames as i64], &[before, behind]),
            false => (&[filters, 1, frames, bands], &[frames as i64, bands as i64], &[before, 0, behind, 0]),
        };
        let [weight, bias, relu] = ["weight", "bias", "relu"].map(|part| format!("{name}.{part}"));
        self.graph.weight(&weight, shape, &values)?;
        self.graph.weight(&bias, &[filters], &self.bundle.read(&format!("{name}/bias"), &[filters])?)?;
        let settings = [("kernel_shape", Attribute::Numbers(kernel)), ("pads", Attribute::Numbers(pads))];
        self.graph.node("Conv", &[input, &weight, &bias], &name, &settings);
        self.graph.node("Relu", &[&name], &relu, &[]);
        let channels: &[usize] = if over_time { &[filters, 1] } else { &[filters, 1, 1] };
        self.norm(number + 1, &relu, channels)
    }

    fn layer(&mut self, layer: (&str, usize, usize), input: &str) -> Result<String, CheckpointError> {
        let (name, from, to) = layer;
        let [weight, bias] = [format!("{name}.weight"), format!("{name}.bias")];
        self.graph.weight(
            &weight,
            &[from, to],
            &self.bundle.read(&format!("{name}/kernel"), &[from, to])?,
        )?;
        self.graph.weight(&bias, &[to], &self.bundle.read(&format!("{name}/bias"), &[to])?)?;
        self.graph.node("Gemm", &[input, &weight, &bias], name, &[]);
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests;
