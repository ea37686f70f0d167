//! Results of PyTorch, and tiny networks, for the tests of this folder.

use std::{fs, path::PathBuf};

use super::convert::onnx::{Attribute, DimensionSize, Graph};

/// The signals of `make_cnn14_reference.py`.
pub(crate) const SIGNALS: [&str; 4] = ["music_a", "music_b", "shortest", "silence"];

pub(crate) fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cnn14").join(file)
}

/// Numerical Recipes' linear congruential generator, the upper 24 bits, from -0.5 to 0.5: the noise of the scripts in
/// `tests/golden`.
pub(crate) fn noise(length: usize) -> Vec<f64> {
    let next = |seed: &u32| Some(seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let seeds = std::iter::successors(Some(1), next).skip(1).take(length);
    seeds.map(|seed| f64::from(seed >> 8) / f64::from(1 << 24) - 0.5).collect()
}

/// The numbers of an `.npy` file of 32-bit floats (numpy.org, format version 1).
pub(crate) fn numbers(signal: &str, what: &str) -> Vec<f32> {
    let bytes = fs::read(path(&format!("cnn14_mini_{signal}.{what}.npy"))).unwrap();
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!(bytes.starts_with(b"\x93NUMPY\x01\0"));
    assert!(String::from_utf8_lossy(&bytes[..header]).contains("'descr': '<f4', 'fortran_order': False"));
    bytes[header..].as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

/// A small network with the inputs and outputs of a model that is only imported.
pub(crate) fn tiny(model: &str) -> Vec<u8> {
    use Attribute::{Number, Numbers};
    use DimensionSize::{Any, Fixed};
    let mut seed = 1_u32;
    let mut weight = |graph: &mut Graph, name: &str, shape: &[usize]| {
        let mut next = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let values: Vec<f32> = (0..shape.iter().product()).map(&mut next).collect();
        graph.weight(name, shape, &values).unwrap();
    };
    let (mut graph, batch) = (Graph::default(), Any("batch"));
    match model {
        "clap" => {
            graph.input("input_features", &[batch, Fixed(1), Fixed(1001), Fixed(64)]);
            weight(&mut graph, "weight", &[64, 512]);
            let attributes = [("axes", Numbers(&[1, 2])), ("keepdims", Number(0))];
            graph.node("ReduceMean", &["input_features"], "mean", &attributes);
            graph.node("MatMul", &["mean", "weight"], "audio_embeds", &[]);
            graph.output("audio_embeds", &[batch, Fixed(512)]);
        }
        "openl3" => {
            graph.input("input", &[batch, Fixed(48_000), Fixed(1)]);
            weight(&mut graph, "weight", &[1, 6144]);
            let attributes = [("axes", Numbers(&[1])), ("keepdims", Number(0))];
            graph.node("ReduceMax", &["input"], "max", &attributes);
            graph.node("MatMul", &["max", "weight"], "embedding", &[]);
            graph.output("embedding", &[batch, Fixed(6144)]);
        }
        "wav2vec2" => {
            graph.input("input_values", &[batch, Any("samples")]);
            weight(&mut graph, "weight", &[768, 1, 400]);
            let attributes = [("kernel_shape", Numbers(&[400])), ("strides", Numbers(&[320]))];
            // (batch, samples) times (1, 1, 1) is (1, batch, samples); its first two axes change places.
            weight(&mut graph, "one", &[1, 1, 1]);
            graph.node("Mul", &["input_values", "one"], "samples", &[]);
            graph.node("Transpose", &["samples"], "channel", &[("perm", Numbers(&[1, 0, 2]))]);
            graph.node("Conv", &["channel", "weight"], "frames", &attributes);
            graph.node("Transpose", &["frames"], "last_hidden_state", &[("perm", Numbers(&[0, 2, 1]))]);
            graph.output("last_hidden_state", &[batch, Any("frames"), Fixed(768)]);
        }
        "yamnet" => {
            graph.input("patches", &[batch, Fixed(96), Fixed(64)]);
            weight(&mut graph, "weight", &[64, 1024]);
            weight(&mut graph, "classes", &[64, 521]);
            let attributes = [("axes", Numbers(&[1])), ("keepdims", Number(0))];
            graph.node("ReduceMean", &["patches"], "mean", &attributes);
            graph.node("MatMul", &["mean", "weight"], "embedding", &[]);
            graph.node("MatMul", &["mean", "classes"], "logits", &[]);
            graph.node("Sigmoid", &["logits"], "scores", &[]);
            graph.output("embedding", &[batch, Fixed(1024)]);
            graph.output("scores", &[batch, Fixed(521)]);
        }
        _ => panic!("{model} needs no tiny network"),
    }
    graph.finish(model)
}

/// A network that gives the logarithm of a window's mean, which is no number below 0.
pub(crate) fn logarithm() -> Vec<u8> {
    use DimensionSize::{Any, Fixed};
    let mut graph = Graph::default();
    graph.input("x", &[Any("batch"), Any("samples")]);
    let attributes = [("axes", Attribute::Numbers(&[1])), ("keepdims", Attribute::Number(1))];
    graph.node("ReduceMean", &["x"], "mean", &attributes);
    graph.node("Log", &["mean"], "log", &[]);
    graph.output("log", &[Any("batch"), Fixed(1)]);
    graph.finish("logarithm")
}

/// A network that fits no model.
pub(crate) fn other() -> Vec<u8> {
    let (mut graph, batch) = (Graph::default(), DimensionSize::Any("batch"));
    graph.input("sound", &[batch, DimensionSize::Fixed(3)]);
    graph.output("vector", &[batch, DimensionSize::Fixed(2)]);
    graph.finish("other")
}
