//! Samples to vectors.

mod extractor;
mod method;
pub(crate) mod mfcc;

use crate::space::Precision;

pub(crate) use self::{extractor::BuiltIn, method::Method};

/// Every extractor that needs no model.
pub(crate) static EXTRACTORS: &[BuiltIn] = &[mfcc::ROW];

impl BuiltIn {
    /// The row called `name`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        EXTRACTORS.iter().find(|row| row.name == name)
    }
}

/// In which width the store keeps the vectors of the space called `name`; of one that is not built in, a model's.
pub(crate) fn precision_of(name: &str) -> Precision {
    BuiltIn::named(name).map_or(Precision::Half, |row| row.precision)
}

/// How the vectors of the space called `name` are prepared and compared; of one that is not built in, a model's.
pub(crate) fn traits_of(name: &str) -> &'static extractor::SpaceTraits {
    BuiltIn::named(name).map_or(&extractor::MODEL, |row| row.traits)
}
