//! Writes ONNX (onnx.ai, IR version 8, opset 17): the nodes of a graph, with weights inside or in a file beside it.

use std::io::{self, Write};

use super::protobuf::Message;

/// Weights in a file of their own begin at multiples of this many bytes, so that an engine can map them.
const PAGE: u64 = 4096;
const FLOAT: u64 = 1;

/// A graph that is being written, node by node, each after those whose outputs it takes.
pub struct Graph<'a> {
    nodes: Vec<Message>,
    weights: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    beside: Option<Beside<'a>>,
}

/// Where weights go that do not lie in the graph's own file.
pub struct Beside<'a> {
    file_name: &'a str,
    sink: &'a mut dyn Write,
    length: u64,
}

/// An extent of an input or output: a number, or a name for any number.
#[derive(Clone, Copy)]
pub enum OnnxDimension<'a> {
    Fixed(usize),
    Any(&'a str),
}

/// A node's setting.
#[derive(Clone, Copy)]
pub enum Attribute<'a> {
    Number(i64),
    Numbers(&'a [i64]),
}

impl<'a> Graph<'a> {
    /// A graph that holds its weights itself.
    pub fn whole() -> Self {
        let (nodes, weights, inputs, outputs) = Default::default();
        Self { nodes, weights, inputs, outputs, beside: None }
    }

    /// A graph whose weights go to `sink` while it is written; the file is to be called `file_name`.
    pub fn beside(file_name: &'a str, sink: &'a mut dyn Write) -> Self {
        Self { beside: Some(Beside { file_name, sink, length: 0 }), ..Self::whole() }
    }

    pub fn input(&mut self, name: &str, extents: &[OnnxDimension]) {
        self.inputs.push(value_info(name, extents));
    }

    pub fn output(&mut self, name: &str, extents: &[OnnxDimension]) {
        self.outputs.push(value_info(name, extents));
    }

    /// Adds a tensor of weights, row-major.
    ///
    /// # Errors
    /// The file beside cannot be written.
    pub fn weight(&mut self, name: &str, shape: &[usize], values: &[f32]) -> io::Result<()> {
        let tensor =
            Message::default().numbers(1, shape.iter().map(|&extent| extent as u64)).number(2, FLOAT);
        let tensor = tensor.text(8, name);
        self.weights.push(match &mut self.beside {
            None => tensor.bytes(9, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>()),
            Some(beside) => beside.write(values)?.iter().fold(tensor, |t, e| t.message(13, e)).number(14, 1),
        });
        Ok(())
    }

    /// Adds a node with one output, whose name it has too.
    pub fn node(&mut self, operator: &str, inputs: &[&str], output: &str, settings: &[(&str, Attribute)]) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(3, output).text(4, operator);
        let settings: Vec<_> = settings.iter().map(|(name, value)| attribute(name, *value)).collect();
        self.nodes.push(node.messages(5, &settings));
    }

    /// The bytes of the `.onnx` file.
    pub fn finish(self, name: &str) -> Vec<u8> {
        let graph = Message::default().messages(1, &self.nodes).text(2, name).messages(5, &self.weights);
        let graph = graph.messages(11, &self.inputs).messages(12, &self.outputs);
        let opset = Message::default().text(1, "").number(2, 17);
        let model = Message::default().number(1, 8).text(2, "indexer").message(7, &graph).message(8, &opset);
        model.into_bytes()
    }
}

impl Beside<'_> {
    /// Writes weights; the entries say where they lie.
    fn write(&mut self, values: &[f32]) -> io::Result<[Message; 3]> {
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
        let entry = |key, value: &str| Message::default().text(1, key).text(2, value);
        Ok([
            entry("location", self.file_name),
            entry("offset", &offset.to_string()),
            entry("length", &length.to_string()),
        ])
    }
}

fn value_info(name: &str, extents: &[OnnxDimension]) -> Message {
    let extent = |extent: &OnnxDimension| match *extent {
        OnnxDimension::Fixed(number) => Message::default().number(1, number as u64),
        OnnxDimension::Any(name) => Message::default().text(2, name),
    };
    let extents: Vec<_> = extents.iter().map(extent).collect();
    let shape = Message::default().messages(1, &extents);
    let tensor = Message::default().number(1, FLOAT).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

fn attribute(name: &str, value: Attribute) -> Message {
    let message = Message::default().text(1, name);
    match value {
        Attribute::Number(number) => message.number(3, number as u64).number(20, 2),
        Attribute::Numbers(numbers) => {
            message.numbers(8, numbers.iter().map(|&number| number as u64)).number(20, 7)
        }
    }
}
