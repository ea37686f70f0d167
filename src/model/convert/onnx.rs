//! Writes ONNX (onnx.ai, IR version 8, opset 17): the nodes of a graph, with weights inside or in a file beside it.

use std::io::{self, Write};

use super::protobuf::EncodedMessage;

/// Weights in a file of their own begin at multiples of this many bytes, so that an engine can map them.
const PAGE: u64 = 4096;
/// The element type of 32-bit floats.
pub(crate) const FLOAT: u64 = 1;

/// A graph that is being written, node by node, each after those whose outputs are its inputs. It holds its weights
/// itself, unless it has external data.
#[derive(Default)]
pub(crate) struct Graph<'a> {
    nodes: Vec<EncodedMessage>,
    weights: Vec<EncodedMessage>,
    inputs: Vec<EncodedMessage>,
    outputs: Vec<EncodedMessage>,
    external: Option<ExternalData<'a>>,
}

/// The file of weights that are not in the graph's own file.
struct ExternalData<'a> {
    file_name: &'a str,
    sink: &'a mut dyn Write,
    length: u64,
}

/// The size along one axis of an input or output: a number, or a name for any number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DimensionSize<Name = String> {
    Fixed(usize),
    Any(Name),
}

/// The value of a node's attribute.
#[derive(Clone, Copy)]
pub(crate) enum Attribute<'a> {
    Number(i64),
    Numbers(&'a [i64]),
}

impl<'a> Graph<'a> {
    /// A graph whose weights go to `sink` while it is written, into a file that is to be called `file_name`.
    pub(crate) fn with_external_data(file_name: &'a str, sink: &'a mut dyn Write) -> Self {
        Self { external: Some(ExternalData { file_name, sink, length: 0 }), ..Self::default() }
    }

    pub(crate) fn input(&mut self, name: &str, shape: &[DimensionSize<&str>]) {
        self.inputs.push(value_info(name, shape));
    }

    pub(crate) fn output(&mut self, name: &str, shape: &[DimensionSize<&str>]) {
        self.outputs.push(value_info(name, shape));
    }

    /// Adds a tensor of weights, row-major.
    pub(crate) fn weight(&mut self, name: &str, shape: &[usize], values: &[f32]) -> io::Result<()> {
        let shape = shape.iter().map(|&size| size as u64);
        let tensor = EncodedMessage::default().numbers(1, shape).number(2, FLOAT).text(8, name);
        self.weights.push(match &mut self.external {
            None => tensor.bytes(9, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>()),
            Some(external) => tensor.messages(13, &external.write(values)?).number(14, 1),
        });
        Ok(())
    }

    /// Adds a node with one output, and the output's name.
    pub(crate) fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute)],
    ) {
        let node = inputs.iter().fold(EncodedMessage::default(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(3, output).text(4, operator);
        let attributes: Vec<_> = attributes.iter().map(|(name, value)| attribute(name, *value)).collect();
        self.nodes.push(node.messages(5, &attributes));
    }

    /// The bytes of the `.onnx` file.
    pub(crate) fn finish(self, name: &str) -> Vec<u8> {
        let graph =
            EncodedMessage::default().messages(1, &self.nodes).text(2, name).messages(5, &self.weights);
        let graph = graph.messages(11, &self.inputs).messages(12, &self.outputs);
        let opset = EncodedMessage::default().text(1, "").number(2, 17);
        let model =
            EncodedMessage::default().number(1, 8).text(2, "indexer").message(7, &graph).message(8, &opset);
        model.0
    }
}

impl ExternalData<'_> {
    /// Writes weights; the entries say where they are.
    fn write(&mut self, values: &[f32]) -> io::Result<[EncodedMessage; 3]> {
        let gap = self.length.next_multiple_of(PAGE) - self.length;
        io::copy(&mut io::Read::take(io::repeat(0), gap), &mut self.sink)?;
        let (offset, length) = (self.length + gap, values.len() as u64 * 4);
        let mut block = Vec::with_capacity(4 * 65_536);
        for values in values.chunks(65_536) {
            block.clear();
            block.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            self.sink.write_all(&block)?;
        }
        self.length = offset + length;
        let entry = |key, value: &str| EncodedMessage::default().text(1, key).text(2, value);
        Ok([
            entry("location", self.file_name),
            entry("offset", &offset.to_string()),
            entry("length", &length.to_string()),
        ])
    }
}

/// What makes outputs of tensors inside of a network when it follows the bytes of its `.onnx` file: a message that comes
/// twice is one with the fields of both.
pub(crate) fn as_outputs(tensors: &[String]) -> Vec<u8> {
    let tensor_type = EncodedMessage::default().message(1, &EncodedMessage::default().number(1, FLOAT));
    let outputs = tensors.iter().map(|name| EncodedMessage::default().text(1, name).message(2, &tensor_type));
    let graph = EncodedMessage::default().messages(12, &outputs.collect::<Vec<_>>());
    EncodedMessage::default().message(7, &graph).0
}

fn value_info(name: &str, shape: &[DimensionSize<&str>]) -> EncodedMessage {
    let dimensions: Vec<_> = shape
        .iter()
        .map(|size| match *size {
            DimensionSize::Fixed(number) => EncodedMessage::default().number(1, number as u64),
            DimensionSize::Any(name) => EncodedMessage::default().text(2, name),
        })
        .collect();
    let shape = EncodedMessage::default().messages(1, &dimensions);
    let tensor = EncodedMessage::default().number(1, FLOAT).message(2, &shape);
    EncodedMessage::default().text(1, name).message(2, &EncodedMessage::default().message(1, &tensor))
}

fn attribute(name: &str, value: Attribute) -> EncodedMessage {
    let message = EncodedMessage::default().text(1, name);
    match value {
        Attribute::Number(number) => message.number(3, number as u64).number(20, 2),
        Attribute::Numbers(numbers) => {
            message.numbers(8, numbers.iter().map(|&number| number as u64)).number(20, 7)
        }
    }
}
