use std::io::Cursor;

use super::*;
use crate::model::{convert::onnx::Graph, convert::protobuf::EncodedMessage, golden::tiny};

fn read(bytes: &[u8]) -> io::Result<Signature> {
    Signature::read(Cursor::new(bytes))
}

#[test]
fn inputs_and_outputs_are_read_back_as_they_were_written() {
    let mut graph = Graph::default();
    graph.weight("w", &[1 << 20], &vec![1.0; 1 << 20]).unwrap();
    graph.input("x", &[DimensionSize::Any("batch"), DimensionSize::Fixed(3)]);
    graph.input("w", &[DimensionSize::Fixed(1 << 20)]);
    graph.output("y", &[DimensionSize::Any("batch"), DimensionSize::Fixed(70_000)]);
    let signature = read(&graph.finish("test")).unwrap();
    let info = |name: &str, any: &str, fixed| TensorInfo {
        name: name.to_owned(),
        element_type: FLOAT,
        shape: vec![DimensionSize::Any(any.to_owned()), DimensionSize::Fixed(fixed)],
    };
    let (inputs, outputs) = (vec![info("x", "batch", 3)], vec![info("y", "batch", 70_000)]);
    assert_eq!(signature, Signature { inputs, outputs, ..Signature::default() });
    assert_eq!(signature.outputs[0].to_string(), "y float32 (batch, 70000)");
}

#[test]
fn a_network_fits_its_own_description_and_no_other() {
    let models = ["clap", "openl3", "wav2vec2"];
    for network in models {
        let signature = read(&tiny(network)).unwrap();
        for model in models.iter().chain(&["cnn14"]) {
            let spec = ModelSpec::built_in(model).unwrap();
            assert_eq!(signature.fit(&spec).is_ok(), network == *model, "{network} {model}");
        }
    }
}

#[test]
fn a_misfit_names_both_shapes() {
    let spec = ModelSpec::built_in("clap").unwrap();
    let mut signature = read(&tiny("clap")).unwrap();
    signature.inputs[0].shape[3] = DimensionSize::Fixed(128);
    let misfit = signature.fit(&spec).unwrap_err();
    assert_eq!(misfit.found, "input_features float32 (batch, 1, 1001, 128)");
    assert_eq!(misfit.wanted, "input_features float32 (batch, 1, 1001, 64)");
    // Frames of another length than the window's are as bad.
    signature.inputs[0].shape[2..].clone_from_slice(&[DimensionSize::Fixed(1000), DimensionSize::Fixed(64)]);
    assert!(signature.fit(&spec).is_err());
    signature.inputs[0].shape[2] = DimensionSize::Any(String::new());
    assert!(signature.fit(&spec).is_ok());
    signature.inputs[0].element_type = 10;
    assert!(signature.fit(&spec).unwrap_err().found.contains("float16"));
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let whole = tiny("clap");
    for i in 0..10_000_usize {
        let mut mutant = whole.clone();
        // Names and shapes lie at both ends, the weights between them.
        let place = i * 7919 % 600;
        let at = if place < 300 { place } else { whole.len() - place + 299 };
        match i % 3 {
            0 => mutant.truncate(at),
            1 => mutant[at] = (i * 31) as u8,
            _ => drop(mutant.remove(at)),
        }
        let _ = read(&mutant);
    }
    assert!(read(&[0x08; 1000]).is_ok_and(|signature| signature.outputs.is_empty()));
}

#[test]
fn external_data_is_noticed_wherever_a_tensor_may_stand() {
    let tensor = EncodedMessage::default().number(14, 1);
    // A weight, a sparse one, a constant, a list of them, one in a subgraph of a subgraph, in a function, in training.
    for path in [
        &[7, 5][..],
        &[7, 15, 1],
        &[7, 1, 5, 5],
        &[7, 1, 5, 10],
        &[7, 1, 5, 6, 1, 5, 11, 5],
        &[7, 1, 5, 22, 2],
        &[25, 7, 5, 5],
        &[25, 11, 5],
        &[20, 2, 5],
    ] {
        let model = path
            .iter()
            .rev()
            .fold(tensor.0.clone(), |inner, field| EncodedMessage::default().bytes(*field, &inner).0);
        assert!(read(&model).unwrap().has_external_data, "{path:?}");
    }
    let elsewhere = EncodedMessage::default().bytes(8, &tensor.0);
    assert!(!read(&elsewhere.0).unwrap().has_external_data);
}
