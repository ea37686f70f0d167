//! Samples to vectors.

mod extractor;
mod method;
pub(crate) mod mfcc;
mod traits;

pub(crate) use self::{extractor::BuiltIn, method::Method, traits::SpaceTraits};

/// Every extractor that needs no model.
pub(crate) static EXTRACTORS: &[BuiltIn] = &[mfcc::ROW];

impl BuiltIn {
    /// The row called `name`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        EXTRACTORS.iter().find(|row| row.name == name)
    }
}

/// How the vectors of the space called `name` are prepared and compared; of one that is not built in, a model's.
pub(crate) fn traits_of(name: &str) -> &'static SpaceTraits {
    BuiltIn::named(name).map_or(&traits::MODEL, |row| row.traits)
}
