//! What an ONNX file takes and gives: names, types and shapes of its inputs and outputs.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead, Seek};

use super::{
    checkpoint::one_line,
    protobuf::{Field, Reader},
};
use crate::model::{
    input::front_end::FrontEndSpec,
    spec::{Axis, ModelSpec},
};

/// ONNX's number for 32-bit floats, and the names of the first few types.
const FLOAT: u64 = 1;
const TYPES: [&str; 12] = [
    "no", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "text", "bool", "float16",
    "float64",
];

/// All inputs that have no weights, and all outputs.
#[derive(Debug, Default, PartialEq)]
pub struct Signature {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Weights lie in another file.
    pub beside: bool,
}

/// One input or output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Port {
    pub name: String,
    pub kind: u64,
    pub extents: Vec<DimensionSize>,
}

/// One extent of a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum DimensionSize {
    Fixed(u64),
    Any(String),
}

/// An input or output that is not the spec's: both, in words.
#[derive(Debug, PartialEq)]
pub struct Misfit {
    pub found: String,
    pub wanted: String,
}

impl Signature {
    /// Reads it from an ONNX file; weights are passed over.
    ///
    /// # Errors
    /// `InvalidData` or `UnexpectedEof`: it is no ONNX file, or a damaged one.
    pub fn read(source: impl BufRead + Seek) -> io::Result<Self> {
        let mut reader = Reader::new(source);
        let end = reader.length()?;
        let (mut signature, mut weights) = (Self::default(), HashSet::new());
        each(&mut reader, end, |reader, field| match field {
            (7, Field::Until(end)) => each(reader, end, |reader, field| match field {
                (5, Field::Until(end)) => {
                    let (name, beside) = tensor(reader, end)?;
                    weights.insert(name);
                    signature.beside |= beside;
                    Ok(())
                }
                (11, Field::Until(end)) => port(reader, end).map(|port| signature.inputs.push(port)),
                (12, Field::Until(end)) => port(reader, end).map(|port| signature.outputs.push(port)),
                _ => Ok(()),
            }),
            _ => Ok(()),
        })?;
        signature.inputs.retain(|input| !weights.contains(&input.name));
        Ok(signature)
    }

    /// Checks that the spec's input is the only one, and its outputs are there.
    pub fn fit(&self, spec: &ModelSpec) -> Result<(), Misfit> {
        let (input, output) = (&spec.input, &spec.output);
        let wanted = port_of(spec, &input.name, &input.axes);
        fit(&self.inputs, &wanted, spec)?;
        if self.inputs.len() > 1 {
            return Err(Misfit { found: one_line(&list(&self.inputs)), wanted: wanted.to_string() });
        }
        fit(&self.outputs, &port_of(spec, &output.embedding, &output.axes), spec)?;
        match &output.scores {
            Some(scores) => fit(&self.outputs, &port_of(spec, scores, &[Axis::Batch, Axis::Classes]), spec),
            None => Ok(()),
        }
    }
}

/// The input or output that a spec wants.
fn port_of(spec: &ModelSpec, name: &str, axes: &[Axis]) -> Port {
    let extent = |axis: &Axis| match (axis, &spec.front_end) {
        (Axis::Channel, _) => DimensionSize::Fixed(1),
        (Axis::Dimension, _) => DimensionSize::Fixed(spec.output.dimension as u64),
        (Axis::Classes, _) => DimensionSize::Fixed(spec.output.classes as u64),
        (Axis::Bands, FrontEndSpec::LogMel(mel)) => DimensionSize::Fixed(mel.bands as u64),
        _ => DimensionSize::Any(axis.name().to_owned()),
    };
    Port { name: name.to_owned(), kind: FLOAT, extents: axes.iter().map(extent).collect() }
}

fn fit(ports: &[Port], wanted: &Port, spec: &ModelSpec) -> Result<(), Misfit> {
    let misfit = |found: String| Misfit { found: one_line(&found), wanted: wanted.to_string() };
    let port = ports.iter().find(|port| port.name == wanted.name).ok_or_else(|| misfit(list(ports)))?;
    // A network that takes one length only must never get another one.
    let window = spec.window_samples();
    let only = (spec.shortest == window).then(|| match &spec.front_end {
        FrontEndSpec::Raw(_) => window as u64,
        FrontEndSpec::LogMel(mel) => mel.frames(window) as u64,
    });
    let fits = |(found, wanted): (&DimensionSize, &DimensionSize)| match (found, wanted) {
        (DimensionSize::Any(_), _) => true,
        (DimensionSize::Fixed(found), DimensionSize::Fixed(wanted)) => found == wanted,
        (DimensionSize::Fixed(found), DimensionSize::Any(axis)) if axis == "batch" => *found == 1,
        (DimensionSize::Fixed(found), DimensionSize::Any(_)) => Some(*found) == only,
    };
    let same = port.kind == FLOAT && port.extents.len() == wanted.extents.len();
    if same && port.extents.iter().zip(&wanted.extents).all(fits) {
        Ok(())
    } else {
        Err(misfit(port.to_string()))
    }
}

fn list(ports: &[Port]) -> String {
    match ports {
        [] => "nothing".to_owned(),
        ports => ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [inputs, outputs] = [&self.inputs, &self.outputs].map(|ports| one_line(&list(ports)));
        write!(f, "takes {inputs} and gives {outputs}")
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extent = |extent: &DimensionSize| match extent {
            DimensionSize::Fixed(number) => number.to_string(),
            DimensionSize::Any(name) if name.is_empty() => "?".to_owned(),
            DimensionSize::Any(name) => name.clone(),
        };
        let extents: Vec<_> = self.extents.iter().map(extent).collect();
        let kind = usize::try_from(self.kind).ok().and_then(|kind| TYPES.get(kind)).unwrap_or(&"other");
        write!(f, "{} {kind} ({})", self.name, extents.join(", "))
    }
}

/// Visits all fields of a message that ends at `end`; what a visit leaves is passed over.
fn each<R: BufRead + Seek>(
    reader: &mut Reader<R>,
    end: u64,
    mut visit: impl FnMut(&mut Reader<R>, (u32, Field)) -> io::Result<()>,
) -> io::Result<()> {
    while let Some((number, field)) = reader.field(end)? {
        visit(reader, (number, field))?;
        if let Field::Until(end) = field {
            reader.pass(end)?;
        }
    }
    Ok(())
}

/// A tensor's name, and whether its numbers lie in another file.
fn tensor<R: BufRead + Seek>(reader: &mut Reader<R>, end: u64) -> io::Result<(String, bool)> {
    let (mut name, mut beside) = (String::new(), false);
    each(reader, end, |reader, field| {
        match field {
            (8, Field::Until(end)) => name = reader.text(end)?,
            (14, Field::Number(place)) => beside = place != 0,
            _ => {}
        }
        Ok(())
    })?;
    Ok((name, beside))
}

/// A `ValueInfoProto`.
fn port<R: BufRead + Seek>(reader: &mut Reader<R>, end: u64) -> io::Result<Port> {
    let mut port = Port::default();
    each(reader, end, |reader, field| match field {
        (1, Field::Until(end)) => reader.text(end).map(|name| port.name = name),
        // TypeProto, of which 1 is a tensor: its type and its shape.
        (2, Field::Until(end)) => each(reader, end, |reader, field| match field {
            (1, Field::Until(end)) => each(reader, end, |reader, field| match field {
                (1, Field::Number(kind)) => {
                    port.kind = kind;
                    Ok(())
                }
                (2, Field::Until(end)) => each(reader, end, |reader, field| match field {
                    (1, Field::Until(end)) => extent(reader, end).map(|extent| port.extents.push(extent)),
                    _ => Ok(()),
                }),
                _ => Ok(()),
            }),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    Ok(port)
}

fn extent<R: BufRead + Seek>(reader: &mut Reader<R>, end: u64) -> io::Result<DimensionSize> {
    let mut extent = DimensionSize::Any(String::new());
    each(reader, end, |reader, field| {
        match field {
            (1, Field::Number(number)) => extent = DimensionSize::Fixed(number),
            (2, Field::Until(end)) => extent = DimensionSize::Any(reader.text(end)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(extent)
}

#[cfg(test)]
mod tests;
