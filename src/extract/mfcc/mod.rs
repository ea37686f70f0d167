//! The built-in vector: 67 numbers of timbre, contrast, shape and rhythm, each as librosa 0.11 defines it.

mod beat;
mod cepstrum;
mod columns;
mod contrast;
mod crossings;
mod decibel;
mod delta;
mod frame;
mod levels;
mod mel_bands;
mod moments;
mod onset;
mod pass;
mod shape;
mod spectrum;
mod tempo;

pub use self::{
    columns::{BLOCKS, Block, CENTROID, NAME, TEMPO, WIDTH, default_blocks, names, report_columns},
    pass::Mfcc,
};
use super::extractor::BuiltIn;

pub(super) const ROW: BuiltIn = BuiltIn {
    name: NAME,
    recipe: "mfcc 1: 22050 Hz mono, n_fft 2048, hop 512, 128 mel bands, 67 values as in librosa 0.11",
    dimension: WIDTH,
    make: || Box::new(Mfcc::new()),
};
