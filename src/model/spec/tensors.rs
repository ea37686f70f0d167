//! The tensors of a network: what it takes, and what it gives.

use serde::{Deserialize, Serialize};

/// The network's input: 32-bit floats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    pub name: String,
    /// The axes of its shape, outermost first: `batch`, if the network has one, then `samples`, or `frames` and `bands`
    /// in either order.
    pub axes: Vec<Axis>,
    /// The extent of [`Axis::Batch`] where the network takes no other; none: 1.
    pub batch: Option<usize>,
}

/// The network's outputs, or tensors inside of it: 32-bit floats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    /// The name of the tensor that is the vector; of several, the vector is their values one after the other.
    pub embedding: TensorNames,
    /// The axes of those tensors, outermost first; the mean is taken over [`Axis::Frames`].
    #[serde(default = "batch_and_dimension")]
    pub axes: Vec<Axis>,
    /// The number of values of the vector.
    pub dimension: usize,
    /// The name of the tensor with one score per class, where there is one.
    pub scores: Option<String>,
    /// The axes of that tensor, outermost first.
    #[serde(default = "batch_and_classes", skip_serializing_if = "is_batch_and_classes")]
    pub scores_axes: Vec<Axis>,
    /// What the scores are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scores_are: ScoreKind,
    /// What makes probabilities of [`ScoreKind::Logits`].
    pub activation: Option<Activation>,
    /// How the scores of several frames become one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scores_pooling: FramePooling,
    /// What scores mean, by how this model scores songs: the one up to which a class does not hold, and the one from
    /// which on it holds fully.
    #[serde(default = "usual_range", skip_serializing_if = "is_usual_range")]
    pub scores_range: [f32; 2],
    /// The number of classes; 0 without `scores`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub classes: usize,
    /// The file of the classes' names: one a line, with its kind (see [`crate::space::ClassName`]).
    pub class_names: Option<String>,
}

/// One tensor or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a name or a list of names is expected")]
pub enum TensorNames {
    One(String),
    Several(Vec<String>),
}

/// What the scores of classes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreKind {
    /// From 0 to 1; anything else is refused.
    #[default]
    Probabilities,
    /// Any numbers, of which [`Activation`] makes probabilities.
    Logits,
}

/// What makes probabilities of logits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Any number of classes may hold.
    Sigmoid,
    /// One class holds.
    Softmax,
}

/// How the scores of several frames become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FramePooling {
    #[default]
    Mean,
    Max,
}

/// What one axis of a tensor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Windows: any number, or [`InputSpec::batch`].
    Batch,
    /// Always 1.
    Channel,
    Frames,
    Bands,
    Samples,
    Dimension,
    Classes,
}

impl TensorNames {
    /// All of them.
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

impl OutputSpec {
    /// The vector alone.
    pub(crate) fn without_scores(self) -> Self {
        let Self { embedding, axes, dimension, .. } = self;
        Self {
            embedding,
            axes,
            dimension,
            scores: None,
            scores_axes: batch_and_classes(),
            scores_are: ScoreKind::default(),
            activation: None,
            scores_pooling: FramePooling::default(),
            scores_range: usual_range(),
            classes: 0,
            class_names: None,
        }
    }
}

impl Axis {
    /// The axis as TOML spells it.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

fn batch_and_dimension() -> Vec<Axis> {
    vec![Axis::Batch, Axis::Dimension]
}

fn batch_and_classes() -> Vec<Axis> {
    vec![Axis::Batch, Axis::Classes]
}

fn is_batch_and_classes(axes: &[Axis]) -> bool {
    axes == batch_and_classes()
}

/// That of networks that were trained on AudioSet: CNN14's scores of genres are seldom above 0.4.
fn usual_range() -> [f32; 2] {
    [0.0, 0.2]
}

fn is_usual_range(range: &[f32; 2]) -> bool {
    *range == usual_range()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
