//! What a worker does with one file: decodes it for all who listen.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use super::protocol::{Analysis, Reply, RequestedOutput};
use crate::{
    audio::{Decoder, Resampler},
    extract::{BuiltIn, Extractor, Outcome},
    model::{Inputs, ModelSpec, WindowsOutcome},
    track::{Failure, FailureKind},
};

/// Decodes a file once, or twice where a listener asks for it.
pub fn analyse(
    path: &Path,
    wishes: &[RequestedOutput],
    tell: &mut dyn FnMut(Reply),
) -> Result<Analysis, Failure> {
    planted_fault(path);
    let mut listeners: Vec<_> = wishes.iter().map(Listener::new).collect::<Result<_, _>>()?;
    let mut vectors = Vec::new();
    // A second pass goes on where the first ended: it is progress too.
    let mut before = 0.0;
    loop {
        let (seconds, partial) = feed(path, &mut listeners, before, tell)?;
        before += seconds;
        let mut again = Vec::new();
        for mut listener in listeners {
            match listener.finish(tell) {
                Ok(Finish::Vector(values)) => vectors.push((listener.name, Ok(values))),
                Ok(Finish::Told) => {}
                Ok(Finish::Again) => again.push(listener),
                Err(failure) => vectors.push((listener.name, Err(failure))),
            }
        }
        if again.is_empty() {
            return Ok(Analysis { vectors, seconds, partial });
        }
        listeners = again;
    }
}

/// One pass over the file: seconds decoded, and whether that is less than declared. Listeners of
/// one rate share a resampler.
fn feed(
    path: &Path,
    listeners: &mut [Listener],
    before: f64,
    tell: &mut dyn FnMut(Reply),
) -> Result<(f64, bool), Failure> {
    let mut decoder = Decoder::open(path)?;
    let mut rates: Vec<u32> = listeners.iter().map(Listener::rate).collect();
    rates.sort_unstable();
    rates.dedup();
    let mut resamplers: Vec<_> =
        rates.into_iter().map(|rate| (rate, Resampler::new(decoder.rate(), rate))).collect();
    let mut frames = 0_u64;
    let rate = f64::from(decoder.rate());
    while let Some(block) = decoder.next_block()? {
        frames += block.len() as u64;
        for (rate, resampler) in &mut resamplers {
            resampler.push(block, &mut |samples| give(listeners, *rate, samples, tell));
        }
        tell(Reply::Progress(before + frames as f64 / rate));
    }
    for (rate, mut resampler) in resamplers {
        resampler.finish(&mut |samples| give(listeners, rate, samples, tell));
    }
    let decoded = decoder.finish()?;
    Ok((decoded.frames as f64 / rate, decoded.partial))
}

fn give(listeners: &mut [Listener], rate: u32, samples: &[f32], tell: &mut dyn FnMut(Reply)) {
    let wanting = listeners.iter_mut().filter(|listener| listener.rate() == rate);
    wanting.for_each(|listener| listener.push(samples, tell));
}

/// Somebody who listens to the samples of a track.
struct Listener {
    name: String,
    kind: Kind,
}

enum Kind {
    Extractor(Box<dyn Extractor>),
    Inputs(Box<Inputs>),
}

impl Listener {
    fn new(wish: &RequestedOutput) -> Result<Self, Failure> {
        // Both were checked by whoever asks.
        let unknown = |name: &str| Failure::of_system(FailureKind::Crashed, format!("{name} is not known"));
        Ok(match wish {
            RequestedOutput::Vector(name) => {
                let row = BuiltIn::named(name).ok_or_else(|| unknown(name))?;
                Self { name: name.clone(), kind: Kind::Extractor((row.make)()) }
            }
            RequestedOutput::Inputs(name, text) => {
                let spec = ModelSpec::parse(name, text).map_err(|_| unknown(name))?;
                Self { name: name.clone(), kind: Kind::Inputs(Box::new(Inputs::new(&spec))) }
            }
        })
    }

    fn rate(&self) -> u32 {
        match &self.kind {
            Kind::Extractor(extractor) => extractor.rate(),
            Kind::Inputs(inputs) => inputs.rate(),
        }
    }

    fn push(&mut self, samples: &[f32], tell: &mut dyn FnMut(Reply)) {
        match &mut self.kind {
            Kind::Extractor(extractor) => extractor.push(samples),
            Kind::Inputs(inputs) => {
                inputs.push(samples, &mut |input| tell(Reply::Window(self.name.clone(), input)));
            }
        }
    }

    /// A vector; none where all was told already, or where the track must be heard again.
    fn finish(&mut self, tell: &mut dyn FnMut(Reply)) -> Result<Finish, Failure> {
        match &mut self.kind {
            Kind::Extractor(extractor) => Ok(match extractor.finish()? {
                Outcome::Vector(values) => Finish::Vector(values),
                Outcome::Again => Finish::Again,
            }),
            Kind::Inputs(inputs) => {
                Ok(match inputs.finish(&mut |input| tell(Reply::Window(self.name.clone(), input)))? {
                    WindowsOutcome::Done => Finish::Told,
                    WindowsOutcome::Again => Finish::Again,
                })
            }
        }
    }
}

/// How a listener ends.
enum Finish {
    Vector(Vec<f32>),
    /// Everything was told on the way.
    Told,
    Again,
}

/// Lets a test break the worker at a named file: `INDEXER_TEST_FAULT=crash@song.wav`.
fn planted_fault(path: &Path) {
    let Some(fault) = std::env::var_os("INDEXER_TEST_FAULT") else { return };
    let Some((kind, name)) = fault.to_str().and_then(|fault| fault.split_once('@')) else { return };
    if path.file_name().map(OsStr::as_bytes) != Some(name.as_bytes()) {
        return;
    }
    match kind {
        "crash" => std::process::abort(),
        "panic" => panic!("as the test wished"),
        "hang" => loop {
            std::thread::park();
        },
        "memory" => drop(std::hint::black_box(vec![1_u8; 1 << 40])),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write};

    use super::*;

    /// 13 minutes of mono hiss at 8 000 Hz: too long to be kept, so it is decoded twice.
    fn long_wav(path: &Path) {
        let samples = (0..13 * 60 * 8000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 20) as i16);
        let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
        let [length, riff] = [data.len() as u32, data.len() as u32 + 36].map(u32::to_le_bytes);
        let format = [16_u32.to_le_bytes(), [1, 0, 1, 0], 8000_u32.to_le_bytes(), 16_000_u32.to_le_bytes()];
        let header: [&[u8]; 6] =
            [b"RIFF", &riff, b"WAVEfmt ", format.as_flattened(), &[2, 0, 16, 0], b"data"];
        let mut file = File::create(path).unwrap();
        file.write_all(&[&header.concat(), &length[..], &data].concat()).unwrap();
    }

    #[test]
    fn a_second_pass_is_progress_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.wav");
        long_wav(&path);
        let mut last = 0.0;
        let analysis = analyse(&path, &[RequestedOutput::Vector("mfcc".to_owned())], &mut |reply| {
            let Reply::Progress(done) = reply else { panic!("{reply:?}") };
            assert!(done > last, "{done} after {last}");
            last = done;
        });
        assert!(analysis.unwrap().vectors[0].1.is_ok());
        assert!(last > 25.0 * 60.0, "two passes of 13 minutes, {last} s");
    }
}
