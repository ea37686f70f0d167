//! What a worker is asked, what it answers, and how it does the work.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::Path,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    audio::{self, Decoder, Identity, Resampler, worker},
    extract::{BuiltIn, Extractor, Outcome},
    track::{ContentId, Failure, FailureKind},
};

/// Paths travel as bytes: they need not be text.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    Identify(Vec<u8>),
    /// Names of extractors to be run in one decode.
    Analyse(Vec<u8>, Vec<String>),
}

#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Still alive: seconds of audio decoded, or bytes read.
    Progress(f64),
    Identified(Identity),
    Unidentified(Option<ContentId>, Failure),
    Analysed(Analysis),
    Failed(Failure),
}

/// What came of decoding one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Analysis {
    /// By extractor: a vector, or why there is none.
    pub vectors: Vec<(String, Result<Vec<f32>, Failure>)>,
    /// Decoded.
    pub seconds: f64,
    /// Less was decoded than the file declares.
    pub partial: bool,
}

/// How often a worker says that it is alive.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// The whole life of a worker process with `memory` bytes of address space.
///
/// # Errors
/// See [`worker::serve`].
pub fn work(memory: u64) -> io::Result<()> {
    worker::serve(memory, |request: Request, parent| {
        let mut last = Instant::now();
        let mut tick = |done: f64| {
            if last.elapsed() >= HEARTBEAT {
                last = Instant::now();
                parent.tell(&Reply::Progress(done));
            }
        };
        let reply = match request {
            Request::Identify(path) => {
                match audio::identify(&path_of(path), &mut |bytes| tick(bytes as f64)) {
                    Ok(identity) => Reply::Identified(identity),
                    Err((content, failure)) => Reply::Unidentified(content, failure),
                }
            }
            Request::Analyse(path, extractors) => {
                analyse(&path_of(path), &extractors, &mut tick).map_or_else(Reply::Failed, Reply::Analysed)
            }
        };
        parent.tell(&reply);
    })
}

fn path_of(bytes: Vec<u8>) -> std::path::PathBuf {
    OsString::from_vec(bytes).into()
}

struct Running {
    name: String,
    extractor: Box<dyn Extractor>,
}

/// Decodes a file once, or twice where an extractor asks for it, and feeds all extractors.
fn analyse(path: &Path, names: &[String], tick: &mut dyn FnMut(f64)) -> Result<Analysis, Failure> {
    planted_fault(path);
    let mut running: Vec<_> = (names.iter())
        .filter_map(|name| Some(Running { name: name.clone(), extractor: (BuiltIn::named(name)?.make)() }))
        .collect();
    let mut vectors = Vec::new();
    // A second pass goes on where the first ended: it is progress too.
    let mut before = 0.0;
    loop {
        let (seconds, partial) = feed(path, &mut running, &mut |done| tick(before + done))?;
        before += seconds;
        let mut again = Vec::new();
        for mut run in running {
            match run.extractor.finish() {
                Ok(Outcome::Vector(values)) => vectors.push((run.name, Ok(values))),
                Ok(Outcome::Again) => again.push(run),
                Err(failure) => vectors.push((run.name, Err(failure))),
            }
        }
        if again.is_empty() {
            return Ok(Analysis { vectors, seconds, partial });
        }
        running = again;
    }
}

/// One pass over the file: seconds decoded, and whether that is less than declared. Extractors of
/// one rate share a resampler.
fn feed(path: &Path, running: &mut [Running], tick: &mut dyn FnMut(f64)) -> Result<(f64, bool), Failure> {
    let mut decoder = Decoder::open(path)?;
    let mut rates: Vec<u32> = running.iter().map(|run| run.extractor.rate()).collect();
    rates.sort_unstable();
    rates.dedup();
    let mut resamplers: Vec<_> =
        rates.into_iter().map(|rate| (rate, Resampler::new(decoder.rate(), rate))).collect();
    let mut frames = 0_u64;
    let rate = f64::from(decoder.rate());
    while let Some(block) = decoder.next_block()? {
        frames += block.len() as u64;
        for (rate, resampler) in &mut resamplers {
            resampler.push(block, &mut |samples| give(running, *rate, samples));
        }
        tick(frames as f64 / rate);
    }
    for (rate, mut resampler) in resamplers {
        resampler.finish(&mut |samples| give(running, rate, samples));
    }
    let decoded = decoder.finish()?;
    Ok((decoded.frames as f64 / rate, decoded.partial))
}

fn give(running: &mut [Running], rate: u32, samples: &[f32]) {
    running.iter_mut().filter(|run| run.extractor.rate() == rate).for_each(|run| run.extractor.push(samples));
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

/// Turns a worker's death into the file's failure.
pub fn failure_of(death: worker::Death) -> Failure {
    use worker::Death;
    let reason = death.to_string();
    match death {
        Death::Crashed(_) => Failure::of_content(FailureKind::Crashed, reason),
        Death::TimedOut(_) => Failure::of_content(FailureKind::TimedOut, reason),
        Death::OutOfMemory(_) => Failure::of_content(FailureKind::OutOfMemory, reason),
        Death::Killed | Death::Stopped | Death::NoStart(_) => {
            Failure::of_system(FailureKind::OutOfMemory, reason)
        }
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
        let analysis = analyse(&path, &["mfcc".to_owned()], &mut |done| {
            assert!(done > last, "{done} after {last}");
            last = done;
        });
        assert!(analysis.unwrap().vectors[0].1.is_ok());
        assert!(last > 25.0 * 60.0, "two passes of 13 minutes, {last} s");
    }
}
