//! For the program's own tests and benches: plain functions over what is inside, and values without types of their own.
#![expect(missing_docs, reason = "fields that say all to the tests that read them")]

mod figure;
mod fuzz;
mod layout;
mod model;
mod similar;
mod sound;
mod store;

pub use self::{
    figure::figure,
    fuzz::FUZZ_TARGETS,
    layout::lay_out,
    model::{BareInference, ModelInput, import_model, model_inputs, projection},
    similar::{Neighbourhood, neighbours},
    sound::{
        DecodedFile, Identified, Refused, decode, identify, mfcc_columns, mfcc_of_file,
        mfcc_of_file_without_gate, mfcc_of_samples, resample,
    },
    store::{OpenStore, StoredFile, WritableStore, invented_content, newer_schema_row},
};

use crate::{audio, clustering};

/// The decoders that are built in, under which failures are recorded.
pub const DECODERS: &str = audio::BUILT_IN;

/// Name of every algorithm, and whether it takes a number of playlists.
pub fn algorithms() -> Vec<(&'static str, bool)> {
    clustering::ALGORITHMS.iter().map(|row| (row.name, row.takes_n)).collect()
}

/// NMI and ARI of the label and the group of each thing, of which there is at least one.
pub fn agreement<T: Ord, U: Ord>(pairs: &[(T, U)]) -> (f64, f64) {
    let found = clustering::agreement(pairs);
    (found.nmi, found.ari)
}
