//! From files to samples and vectors.

use std::path::Path;

use crate::audio::{self, Decoder, Decoding, Produced, Resampler, SampleConsumer};
use crate::{extract::mfcc, track::Failure};

/// Why a file is no track: what `errors` calls it, and whether that is final.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{kind}: {reason}")]
pub struct Refused {
    pub kind: &'static str,
    pub reason: String,
    pub is_final: bool,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { kind: failure.kind.name(), reason: failure.reason, is_final: failure.is_final }
    }
}

/// What was decoded of a file.
#[derive(Debug, PartialEq)]
pub struct DecodedFile {
    pub codec: &'static str,
    /// Hz.
    pub rate: u32,
    pub frames: u64,
    pub seconds: f64,
    /// What decoded it, with its version.
    pub by: String,
    /// What of the file is missing.
    pub partial: Option<String>,
}

/// With what is built in alone, unless a test names an ffmpeg.
fn decoding() -> Decoding {
    let ffmpeg =
        std::env::var_os("INDEXER_TEST_FFMPEG").and_then(|program| audio::find_ffmpeg(&program).ok()?);
    Decoding { ffmpeg, ..Decoding::default() }
}

/// Decodes a file; `sink` gets its samples, mono, in blocks.
///
/// # Errors
/// It is no audio, or too broken.
pub fn decode(path: &Path, sink: &mut dyn FnMut(&[f32])) -> Result<DecodedFile, Refused> {
    let mut decoder = Decoder::open(path, None, &decoding())?;
    let (codec, rate, by) = (decoder.opened.track.codec, decoder.rate, decoder.by.clone());
    let mut frames = 0;
    while let Some(block) = decoder.next_block()? {
        frames += block.samples.len() as u64;
        sink(block.samples);
    }
    let decoded = decoder.finish()?;
    Ok(DecodedFile { codec, rate, frames, seconds: decoded.seconds, by, partial: decoded.partial })
}

/// What is known of a file before it is decoded.
#[derive(Debug)]
pub struct Identified {
    pub content: String,
    pub title: String,
    pub artist: String,
    pub album: String,
    pub genres: Vec<String>,
}

/// Reads a file's content id and tags.
///
/// # Errors
/// It is no audio.
pub fn identify(path: &Path) -> Result<Identified, Refused> {
    let identity = audio::identify(path, &decoding(), &mut |_| {}).map_err(|(_, failure)| failure)?;
    let tags = identity.tags;
    Ok(Identified {
        content: identity.content.to_string(),
        title: tags.title,
        artist: tags.artist,
        album: tags.album,
        genres: tags.genres,
    })
}

/// The names of the values that `mfcc` makes.
pub fn mfcc_columns() -> Vec<String> {
    mfcc::names()
}

/// The `mfcc` vector of samples at 22 050 Hz, given in blocks of this length.
///
/// # Errors
/// They are too short or silent.
pub fn mfcc_of_samples(samples: &[f32], block: usize) -> Result<Vec<f32>, Refused> {
    let mut mfcc = mfcc::Mfcc::new();
    loop {
        let mut vector = None;
        let mut emit = |produced| vector = vector_of(produced);
        samples.chunks(block).for_each(|block| mfcc.push(block, &mut emit));
        mfcc.finish(&mut emit)?;
        if let Some(vector) = vector {
            return Ok(vector);
        }
    }
}

/// The `mfcc` vector of a file, and what was decoded for it.
///
/// # Errors
/// It is no audio, too broken, too short or silent.
pub fn mfcc_of_file(path: &Path) -> Result<(DecodedFile, Vec<f32>), Refused> {
    extract(path, mfcc::Mfcc::new())
}

/// The same with frames of any loudness, as in the reference of the timbre.
///
/// # Errors
/// It is no audio, too broken, too short or silent.
pub fn mfcc_of_file_without_gate(path: &Path) -> Result<(DecodedFile, Vec<f32>), Refused> {
    extract(path, mfcc::Mfcc::without_gate())
}

fn extract(path: &Path, mut mfcc: mfcc::Mfcc) -> Result<(DecodedFile, Vec<f32>), Refused> {
    loop {
        let mut vector = None;
        let mut emit = |produced| vector = vector_of(produced);
        let mut resampler = Resampler::new(Decoder::open(path, None, &decoding())?.rate, mfcc.rate());
        let mut push = |samples: &[f32]| mfcc.push(samples, &mut emit);
        let decoded = decode(path, &mut |block| resampler.push(block, &mut push))?;
        resampler.finish(&mut push);
        mfcc.finish(&mut emit)?;
        if let Some(vector) = vector {
            return Ok((decoded, vector));
        }
    }
}

fn vector_of(produced: Produced) -> Option<Vec<f32>> {
    match produced {
        Produced::Vector(vector) => Some(vector),
        Produced::Window(_) => None,
    }
}

/// Samples at another rate (Hz), given in blocks of this length.
pub fn resample(from: u32, to: u32, samples: &[f32], block: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to);
    let mut resampled = Vec::new();
    let mut sink = |ready: &[f32]| resampled.extend_from_slice(ready);
    samples.chunks(block).for_each(|block| resampler.push(block, &mut sink));
    resampler.finish(&mut sink);
    resampled
}
