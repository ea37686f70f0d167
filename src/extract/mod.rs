//! Samples to vectors.

mod extractor;
mod method;
pub(crate) mod mfcc;

pub(crate) use self::{extractor::BuiltIn, method::Method};
use crate::space::SpaceId;

/// Every extractor that needs no model.
pub(crate) static EXTRACTORS: &[BuiltIn] = &[mfcc::ROW];

impl BuiltIn {
    /// The row called `name`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        EXTRACTORS.iter().find(|row| row.name == name)
    }
}

/// How the vectors of a space are prepared and compared; of one that is not built in, as a model's.
pub(crate) fn traits_of(space: &SpaceId) -> &'static extractor::SpaceTraits {
    BuiltIn::named(&space.name).and_then(|row| row.traits_of(space)).unwrap_or(&extractor::MODEL)
}
