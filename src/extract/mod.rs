//! Samples to vectors.

mod extractor;
mod method;
pub mod mfcc;

pub use self::{
    extractor::BuiltIn,
    method::Method,
};

/// Every extractor that needs no model.
pub static EXTRACTORS: &[BuiltIn] = &[mfcc::ROW];

impl BuiltIn {
    /// The row called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        EXTRACTORS.iter().find(|row| row.name == name)
    }
}
