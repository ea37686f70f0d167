//! What makes vectors without a model.

use super::traits::SpaceTraits;
use crate::audio::{SampleConsumer, fingerprint};
use crate::space::SpaceId;

/// An extractor that is built in: one row of [`EXTRACTORS`](super::EXTRACTORS).
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub name: &'static str,
    /// Says in words all that shapes the vector; a change of it makes a new space.
    pub recipe: &'static str,
    /// How its vectors are prepared and compared.
    pub traits: &'static SpaceTraits,
    pub make: fn() -> Box<dyn SampleConsumer>,
}

impl BuiltIn {
    /// The space of its vectors.
    pub(crate) fn space(&self) -> SpaceId {
        SpaceId { name: self.name.to_owned(), fingerprint: fingerprint(self.recipe) }
    }
}
