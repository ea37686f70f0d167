//! Where the tensors of an ONNX file stand: weights, constants, and those of subgraphs and functions.

use self::Part::{Attribute, Function, Graph, Model, Node, Sparse, Tensor, Training};

/// The messages of `onnx.proto` that may hold a tensor.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Model,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    Sparse,
    Tensor,
}

/// A message, the number of one of its fields, and the message that this is.
const FIELDS: &[(Part, u32, Part)] = &[
    (Model, 7, Graph),
    (Model, 20, Training),
    (Model, 25, Function),
    (Training, 1, Graph),
    (Training, 2, Graph),
    (Function, 7, Node),
    (Function, 11, Attribute),
    (Graph, 1, Node),
    (Graph, 5, Tensor),
    (Graph, 15, Sparse),
    (Node, 5, Attribute),
    (Attribute, 5, Tensor),
    (Attribute, 6, Graph),
    (Attribute, 10, Tensor),
    (Attribute, 11, Graph),
    (Attribute, 22, Sparse),
    (Attribute, 23, Sparse),
    (Sparse, 1, Tensor),
    (Sparse, 2, Tensor),
];

/// Deeper messages are refused by the parsers of both engines.
const MAX_DEPTH: usize = 100;

/// `TensorProto.data_location`: 0 is the file itself.
const DATA_LOCATION: u32 = 14;

fn part_at(path: &[u32]) -> Option<Part> {
    path.iter().try_fold(Model, |part, number| {
        let field = FIELDS.iter().find(|(of, field, _)| *of == part && field == number);
        field.map(|(_, _, inner)| *inner)
    })
}

/// Whether the field at this path may hold tensors, or is one.
pub(super) fn holds_tensors(path: &[u32]) -> bool {
    path.len() <= MAX_DEPTH && part_at(path).is_some()
}

/// Whether the field at this path says where a tensor's values are.
pub(super) fn is_location(path: &[u32]) -> bool {
    matches!(path, [tensor @ .., DATA_LOCATION] if part_at(tensor) == Some(Tensor))
}
