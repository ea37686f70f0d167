//! What makes vectors without a model, and what the rest of the program asks of a space by its name: how its vectors are
//! compared, and what they say of a sound.

use ndarray::Array2;

use crate::audio::{SampleConsumer, fingerprint};
use crate::space::blocks::{Block, WHOLE};
use crate::space::{Precision, SpaceId, scale::unit_length};

/// An extractor that is built in: one row of [`EXTRACTORS`](super::EXTRACTORS).
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub name: &'static str,
    /// Says in words all that shapes the vector; a change of it makes a new space.
    pub recipe: &'static str,
    /// Of the samples that it takes (Hz).
    pub rate: u32,
    /// How its vectors are prepared and compared.
    pub traits: &'static SpaceTraits,
    /// How many values its vectors have.
    #[cfg(feature = "parquet")]
    pub dimension: usize,
    /// In which its vectors are stored.
    pub precision: Precision,
    pub make: fn() -> Box<dyn SampleConsumer>,
}

impl BuiltIn {
    /// The space of its vectors.
    pub(crate) fn space(&self) -> SpaceId {
        SpaceId { name: self.name.to_owned(), fingerprint: fingerprint(self.recipe, self.rate) }
    }
}

/// Reads tempo (beats per minute) and brightness (spectral centroid, Hz) from a stored vector.
pub(crate) type SoundReader = fn(&[f32]) -> Option<(f64, f64)>;

/// The answers of one space. Arrays are tracks × columns.
#[derive(Debug)]
pub(crate) struct SpaceTraits {
    /// The stored vectors as they are grouped and compared: unit vectors, or close to it.
    pub prepare: fn(Array2<f32>) -> Array2<f32>,
    /// The columns that the report's preset groups by, unscaled.
    pub report_columns: fn(Array2<f32>) -> Array2<f32>,
    /// The largest distance between the prepared vectors of two encodings of one recording.
    pub duplicate_radius: f32,
    /// Where vectors hold tempo and brightness.
    pub sound: Option<SoundReader>,
    /// The blocks of columns of whose principal components reduced vectors consist, which stand in for whole ones in large
    /// libraries. Vectors of earlier recipes may be too short for them.
    pub blocks: &'static [Block],
}

/// In a model's space (miniature weights) encodings lie up to 0.08 apart, and other songs of the same length from 0.19 on.
pub(super) static MODEL: SpaceTraits = SpaceTraits {
    prepare: unit_length,
    report_columns: |values| values,
    duplicate_radius: 0.1,
    sound: None,
    blocks: WHOLE,
};
