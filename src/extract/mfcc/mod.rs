//! The built-in vector: 67 numbers of timbre, contrast, shape and rhythm, each as librosa 0.11 defines it.

mod columns;
mod contrast;
mod crossings;
mod frame;
mod levels;
mod mel_bands;
mod moments;
mod onset;
mod pass;
mod shape;
mod spectrum;
mod tempo;

#[cfg(test)]
pub(crate) use self::columns::WIDTH;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::columns::names;
pub(crate) use self::pass::Mfcc;

use self::columns::{CENTROID, NAME, TEMPO, default_blocks, report_columns};
use super::extractor::{BuiltIn, SpaceTraits};
use crate::space::scale::{standardise, unit_length};

pub(super) const ROW: BuiltIn = BuiltIn {
    name: NAME,
    recipe: "mfcc 2: 22050 Hz mono, n_fft 2048, hop 512, 128 mel bands, 67 values as in librosa 0.11",
    traits: &TRAITS,
    make: || Box::new(Mfcc::new()),
};

/// In `mfcc`, encodings of one recording lie up to 0.52 apart, 85 % of the pairs within 0.3; two pieces of one length from
/// one synthesiser lie 0.35 apart.
static TRAITS: SpaceTraits = SpaceTraits {
    prepare: |values| unit_length(standardise(default_blocks(values))),
    report_columns,
    duplicate_radius: 0.3,
    sound: Some(sound),
    is_reducible: false,
};

fn sound(vector: &[f32]) -> Option<(f64, f64)> {
    let value = |column: usize| vector.get(column).map(|&value| f64::from(value));
    Some((value(TEMPO)?, value(CENTROID)?))
}
