//! The signature of an ONNX file: names, element types and shapes of its inputs and outputs.

use std::io::{self, BufRead, Seek};
use std::{collections::HashSet, fmt};

use super::checkpoint::one_line;
use super::onnx::{DimensionSize, FLOAT};
use super::protobuf::{self, Content, Field};
use super::tensors::{holds_tensors, is_location};
use crate::model::spec::{Axis, FrontEndSpec, ModelSpec};

/// The names of ONNX's element types, by their numbers.
const TYPES: [&str; 12] = [
    "no", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "text", "bool", "float16",
    "float64",
];

/// All inputs without those that have weights, and all outputs.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Signature {
    pub inputs: Vec<TensorInfo>,
    pub outputs: Vec<TensorInfo>,
    /// Whether weights are in another file.
    pub has_external_data: bool,
    /// The names of all that its nodes compute.
    pub computed: HashSet<String>,
}

/// One input or output.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TensorInfo {
    pub name: String,
    /// ONNX's number of the element type.
    pub element_type: u64,
    pub shape: Vec<DimensionSize>,
}

/// An input or output that does not fit the spec: both, as text.
#[derive(Debug, PartialEq)]
pub(crate) struct Misfit {
    pub found: String,
    pub wanted: String,
}

/// The messages and texts of a `ModelProto` that are read: in its graph (7) the names of what its nodes (1) compute, those
/// of the weights (5), and the names, types and shapes of inputs (11) and outputs (12); and all tensors, wherever they stand.
fn content(path: &[u32]) -> Content {
    match path {
        [7] | [7, 1 | 5 | 11 | 12] | [7, 11 | 12, 2] | [7, 11 | 12, 2, 1] => Content::Message,
        [7, 11 | 12, 2, 1, 2] | [7, 11 | 12, 2, 1, 2, 1] => Content::Message,
        [7, 1, 2] | [7, 5, 8] | [7, 11 | 12, 1] | [7, 11 | 12, 2, 1, 2, 1, 2] => Content::Text,
        _ if holds_tensors(path) => Content::Message,
        _ => Content::Skipped,
    }
}

impl TensorInfo {
    /// Takes a field of a `ValueInfoProto`: 2, 1 are the type of a tensor, in which 2, 1 is an axis of its shape.
    fn set(&mut self, path: &[u32], field: Field) {
        match (path, field) {
            ([1], Field::Text(name)) => self.name = name,
            ([2, 1, 1], Field::Number(number)) => self.element_type = number,
            ([2, 1, 2, 1], Field::Message) => self.shape.push(DimensionSize::Any(String::new())),
            ([2, 1, 2, 1, 1], Field::Number(number)) => {
                self.set_last_axis(DimensionSize::Fixed(usize::try_from(number).unwrap_or(usize::MAX)));
            }
            ([2, 1, 2, 1, 2], Field::Text(name)) => self.set_last_axis(DimensionSize::Any(name)),
            _ => {}
        }
    }

    fn set_last_axis(&mut self, size: DimensionSize) {
        if let Some(last) = self.shape.last_mut() {
            *last = size;
        }
    }
}

impl Signature {
    /// Reads it from an ONNX file; the weights are skipped.
    /// Errors: `InvalidData` or `UnexpectedEof`: it is not an ONNX file, or a damaged one.
    pub(crate) fn read(source: impl BufRead + Seek) -> io::Result<Self> {
        let (mut signature, mut weights) = (Self::default(), HashSet::new());
        protobuf::read(source, content, &mut |path, field| match (path, field) {
            ([7, 1, 2], Field::Text(name)) => _ = signature.computed.insert(name),
            ([7, 5, 8], Field::Text(name)) => _ = weights.insert(name),
            (path, Field::Number(location)) if is_location(path) => {
                signature.has_external_data |= location != 0;
            }
            ([7, kind @ (11 | 12), rest @ ..], field) => {
                let list = if *kind == 11 { &mut signature.inputs } else { &mut signature.outputs };
                if rest.is_empty() && field == Field::Message {
                    list.push(TensorInfo::default());
                } else if let Some(last) = list.last_mut() {
                    last.set(rest, field);
                }
            }
            _ => {}
        })?;
        signature.inputs.retain(|input| !weights.contains(&input.name));
        Ok(signature)
    }

    /// Checks that the spec's input is the only one, and that its outputs exist, if only inside of the network.
    pub(crate) fn fit(&self, spec: &ModelSpec) -> Result<(), Misfit> {
        let input = input_of(spec);
        fit_input(&self.inputs, &input)?;
        if self.inputs.len() > 1 {
            return Err(Misfit { found: one_line(&list(&self.inputs)), wanted: input.to_string() });
        }
        let is_inside = |wanted: &TensorInfo| self.computed.contains(&wanted.name);
        outputs_of(spec).iter().try_for_each(|wanted| match find(&self.outputs, wanted) {
            Err(_) if is_inside(wanted) => Ok(()),
            found => fit_output(found?, wanted),
        })
    }

    /// The tensors of the spec that are inside of the network, and no outputs of it yet.
    pub(crate) fn inner(&self, spec: &ModelSpec) -> Vec<String> {
        let wanted = outputs_of(spec).into_iter().filter(|wanted| find(&self.outputs, wanted).is_err());
        wanted.map(|wanted| wanted.name).filter(|name| self.computed.contains(name)).collect()
    }
}

/// The input that a spec describes.
fn input_of(spec: &ModelSpec) -> TensorInfo {
    let mut info = info_of(spec, &spec.input.name, &spec.input.axes);
    // A network that accepts one length only must never get another one.
    let window = spec.window_samples();
    let (along, length) = spec.input_length(window);
    let only = (spec.shortest_input() == window).then_some(length);
    for (size, axis) in info.shape.iter_mut().zip(&spec.input.axes) {
        let extent = if *axis == Axis::Batch { spec.input.batch } else { only.filter(|_| *axis == along) };
        if let Some(extent) = extent {
            *size = DimensionSize::Fixed(extent);
        }
    }
    info
}

/// The outputs that a spec describes.
fn outputs_of(spec: &ModelSpec) -> Vec<TensorInfo> {
    let output = &spec.output;
    let vectors = output.embedding.all().iter().map(|name| info_of(spec, name, &output.axes));
    vectors.chain(output.scores.iter().map(|name| info_of(spec, name, &output.scores_axes))).collect()
}

/// The input or output that a spec describes.
fn info_of(spec: &ModelSpec, name: &str, axes: &[Axis]) -> TensorInfo {
    let size = |axis: &Axis| match (axis, &spec.front_end) {
        (Axis::Channel, _) => DimensionSize::Fixed(1),
        // Of several tensors each has a part of the vector.
        (Axis::Dimension, _) if spec.output.embedding.all().len() == 1 => {
            DimensionSize::Fixed(spec.output.dimension)
        }
        (Axis::Classes, _) => DimensionSize::Fixed(spec.output.classes),
        (Axis::Bands, FrontEndSpec::LogMel(mel)) => DimensionSize::Fixed(mel.bands),
        _ => DimensionSize::Any(axis.name()),
    };
    TensorInfo { name: name.to_owned(), element_type: FLOAT, shape: axes.iter().map(size).collect() }
}

fn find<'a>(infos: &'a [TensorInfo], wanted: &TensorInfo) -> Result<&'a TensorInfo, Misfit> {
    let found = infos.iter().find(|info| info.name == wanted.name);
    found.ok_or_else(|| Misfit { found: one_line(&list(infos)), wanted: wanted.to_string() })
}

fn fit_input(infos: &[TensorInfo], wanted: &TensorInfo) -> Result<(), Misfit> {
    // Windows come one by one, and in lengths that differ.
    fit(find(infos, wanted)?, wanted, |found, axis| axis == "batch" && found == 1)
}

/// An output has as many frames as it has.
fn fit_output(found: &TensorInfo, wanted: &TensorInfo) -> Result<(), Misfit> {
    let has_no_shape = found.element_type == FLOAT && found.shape.is_empty();
    if has_no_shape { Ok(()) } else { fit(found, wanted, |_, _| true) }
}

/// `is_extent` decides on a fixed extent of an axis that the spec leaves open.
fn fit(
    info: &TensorInfo,
    wanted: &TensorInfo,
    is_extent: impl Fn(usize, &str) -> bool,
) -> Result<(), Misfit> {
    let fits = |(found, wanted): (&DimensionSize, &DimensionSize)| match (found, wanted) {
        (DimensionSize::Any(_), _) => true,
        (DimensionSize::Fixed(found), DimensionSize::Fixed(wanted)) => found == wanted,
        (DimensionSize::Fixed(found), DimensionSize::Any(axis)) => is_extent(*found, axis),
    };
    let is_like = info.element_type == FLOAT && info.shape.len() == wanted.shape.len();
    if is_like && info.shape.iter().zip(&wanted.shape).all(fits) {
        return Ok(());
    }
    Err(Misfit { found: one_line(&info.to_string()), wanted: wanted.to_string() })
}

fn list(infos: &[TensorInfo]) -> String {
    match infos {
        [] => "nothing".to_owned(),
        infos => infos.iter().map(TensorInfo::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [inputs, outputs] = [&self.inputs, &self.outputs].map(|infos| one_line(&list(infos)));
        write!(f, "takes {inputs} and gives {outputs}")
    }
}

impl fmt::Display for TensorInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |size: &DimensionSize| match size {
            DimensionSize::Fixed(number) => number.to_string(),
            DimensionSize::Any(name) if name.is_empty() => "?".to_owned(),
            DimensionSize::Any(name) => name.clone(),
        };
        let shape: Vec<_> = self.shape.iter().map(size).collect();
        let number = usize::try_from(self.element_type).ok();
        let element_type = number.and_then(|number| TYPES.get(number)).unwrap_or(&"other");
        write!(f, "{} {element_type} ({})", self.name, shape.join(", "))
    }
}

#[cfg(test)]
mod tests;
