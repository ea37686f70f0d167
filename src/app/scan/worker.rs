//! What a worker process does: answers the requests of its pool thread until that is gone. A file is decoded once for
//! everything that takes its samples.

use std::time::{Duration, Instant};
use std::{collections::BTreeSet, ffi::OsString, io, os::unix::ffi::OsStringExt, path::Path, path::PathBuf};

use super::protocol::{Analysis, Reply, Request, RequestedOutput};
use crate::audio::{self, Decoder, Decoding, Finish, Identity, Produced, Resampler, SampleConsumer, worker};
use crate::model::{Inputs, ModelSpec};
use crate::track::{ContentId, Extent, Failure, FailureKind};
use crate::{extract::BuiltIn, file::FileStamp, library::stamp, priority::Priority};

/// How often a worker reports progress at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// Runs a worker process with `memory` bytes of address space.
///
/// # Errors
/// See `audio::worker::serve`.
pub fn work(memory: u64, decoding: &Decoding, priority: Priority) -> io::Result<()> {
    // Where a sandbox forbids it, the work is done all the same.
    drop(priority.keep());
    let mut identifier = Identifier::default();
    worker::serve(Some(memory), decoding.confinement(), |request: Request, parent| {
        let mut last = Instant::now();
        let mut report = |reply: Reply| {
            if let Reply::Progress(_) = reply {
                if last.elapsed() < PROGRESS_INTERVAL {
                    return;
                }
                last = Instant::now();
            }
            parent.send(&reply);
        };
        let reply = match request {
            Request::Identify(path, part) => {
                let mut tick = |bytes| report(Reply::Progress(bytes as f64));
                match identifier.identify(path_of(path), part, decoding, &mut tick) {
                    Ok(identity) => Reply::Identified(identity),
                    Err((content, failure)) => Reply::Unidentified(content, failure),
                }
            }
            Request::Analyse(path, part, outputs) => {
                analyse(&path_of(path), part, decoding, &outputs, &mut report)
                    .map_or_else(Reply::Failed, Reply::Analysed)
            }
        };
        report(reply);
    })
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}

/// Identifies files. An album in one file is read once for all of its songs that this worker is asked for in a row.
#[derive(Default)]
struct Identifier {
    last: Option<(PathBuf, FileStamp, Identity)>,
}

impl Identifier {
    fn identify(
        &mut self,
        path: PathBuf,
        part: Option<Extent>,
        decoding: &Decoding,
        tick: &mut dyn FnMut(u64),
    ) -> Result<Identity, (Option<ContentId>, Failure)> {
        let Some(extent) = part else { return audio::identify(&path, decoding, tick) };
        let now = path.metadata().map(|found| stamp(&found, false)).ok();
        let known = self.last.take().filter(|(last, stamp, _)| *last == path && Some(*stamp) == now);
        let whole = match known {
            Some((_, _, whole)) => whole,
            None => audio::identify(&path, decoding, tick)?,
        };
        let identity = audio::identity_of_section(&whole, extent);
        self.last = now.map(|stamp| (path, stamp, whole));
        identity.map_err(|failure| (None, failure))
    }
}

/// Whatever takes the samples, each under the name of its method.
type Consumers = Vec<(String, Box<dyn SampleConsumer>)>;

/// Decodes a file, or a `part` of it, once, or twice where a consumer asks for it.
/// Errors: the file cannot be decoded. What fails of one consumer alone stands in the analysis.
pub(crate) fn analyse(
    path: &Path,
    part: Option<Extent>,
    decoding: &Decoding,
    outputs: &[RequestedOutput],
    report: &mut dyn FnMut(Reply),
) -> Result<Analysis, Failure> {
    #[cfg(feature = "testing")]
    planted_fault(path);
    let mut consumers: Consumers = outputs.iter().map(consumer).collect::<Result<_, _>>()?;
    let mut products = Products { vectors: Vec::new(), report };
    // A second pass continues the progress of the first.
    let mut before = 0.0;
    loop {
        let decoded = feed(path, part, decoding, &mut consumers, before, &mut products)?;
        before += decoded.seconds;
        let mut again = Vec::new();
        for (name, mut consumer) in consumers {
            match consumer.finish(&mut |produced| products.take(&name, produced)) {
                Ok(Finish::Done) => {}
                Ok(Finish::Again) => again.push((name, consumer)),
                Err(failure) => products.vectors.push((name, Err(failure))),
            }
        }
        if again.is_empty() {
            let DecodedTrack { seconds, partial, decoder } = decoded;
            return Ok(Analysis { vectors: products.vectors, seconds, partial, decoder });
        }
        consumers = again;
    }
}

/// What the consumers have produced: vectors are kept, windows are sent at once.
struct Products<'a> {
    vectors: Vec<(String, Result<Vec<f32>, Failure>)>,
    report: &'a mut dyn FnMut(Reply),
}

impl Products<'_> {
    fn take(&mut self, name: &str, produced: Produced) {
        match produced {
            Produced::Vector(values) => self.vectors.push((name.to_owned(), Ok(values))),
            Produced::Window(input) => (self.report)(Reply::Window(name.to_owned(), input)),
        }
    }
}

/// What one pass over a file has decoded.
struct DecodedTrack {
    seconds: f64,
    /// What is missing, where that is not all of the track.
    partial: Option<String>,
    /// What decoded it.
    decoder: String,
}

/// One pass over the file. Consumers of one rate share a resampler.
fn feed(
    path: &Path,
    part: Option<Extent>,
    decoding: &Decoding,
    consumers: &mut Consumers,
    before: f64,
    products: &mut Products<'_>,
) -> Result<DecodedTrack, Failure> {
    let mut decoder = Decoder::open(path, part, decoding)?;
    let rates: BTreeSet<u32> = consumers.iter().map(|(_, consumer)| consumer.rate()).collect();
    let mut resamplers: Vec<_> =
        rates.into_iter().map(|rate| (rate, Resampler::new(decoder.rate, rate))).collect();
    while let Some(block) = decoder.next_block()? {
        for (rate, resampler) in &mut resamplers {
            let mut sink = |samples: &[f32]| push(consumers, *rate, samples, products);
            resampler.change_rate(block.rate, &mut sink);
            resampler.push(block.samples, &mut sink);
        }
        (products.report)(Reply::Progress(before + block.end));
    }
    for (rate, mut resampler) in resamplers {
        resampler.finish(&mut |samples| push(consumers, rate, samples, products));
    }
    let by = decoder.by.clone();
    let decoded = decoder.finish()?;
    Ok(DecodedTrack { seconds: decoded.seconds, partial: decoded.partial, decoder: by })
}

/// Gives samples of one rate to the consumers of that rate.
fn push(consumers: &mut Consumers, rate: u32, samples: &[f32], products: &mut Products<'_>) {
    for (name, consumer) in consumers.iter_mut().filter(|(_, consumer)| consumer.rate() == rate) {
        consumer.push(samples, &mut |produced| products.take(name, produced));
    }
}

/// What makes one output, with its name.
fn consumer(output: &RequestedOutput) -> Result<(String, Box<dyn SampleConsumer>), Failure> {
    // Whoever asks has checked both.
    let unknown = |name: &str| Failure::of_system(FailureKind::Crashed, format!("{name} is not known"));
    Ok(match output {
        RequestedOutput::Vector(name) => {
            let row = BuiltIn::named(name).ok_or_else(|| unknown(name))?;
            (name.clone(), (row.make)())
        }
        RequestedOutput::Inputs(name, text) => {
            let spec = ModelSpec::parse(name, text).map_err(|_| unknown(name))?;
            (name.clone(), Box::new(Inputs::new(&spec)))
        }
    })
}

/// Lets a test break the worker at a named file: `INDEXER_TEST_FAULT=crash@song.wav`.
#[cfg(feature = "testing")]
fn planted_fault(path: &Path) {
    let Some(fault) = std::env::var_os("INDEXER_TEST_FAULT") else { return };
    let Some((kind, name)) = fault.to_str().and_then(|fault| fault.split_once('@')) else { return };
    if path.file_name() != Some(name.as_ref()) {
        return;
    }
    match kind {
        "crash" => std::process::abort(),
        "panic" => panic!("as the test asked"),
        "hang" => loop {
            std::thread::park();
        },
        "memory" => drop(std::hint::black_box(vec![1_u8; 1 << 40])),
        "escape" => {
            let listener = std::env::var("INDEXER_TEST_LISTENER").unwrap_or_default();
            panic!("succeeded: {:?}", crate::confinement::escape::escape(path, &listener));
        }
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
        let analysis = analyse(
            &path,
            None,
            &Decoding::default(),
            &[RequestedOutput::Vector("mfcc".to_owned())],
            &mut |reply| {
                let Reply::Progress(done) = reply else { panic!("{reply:?}") };
                assert!(done > last, "{done} after {last}");
                last = done;
            },
        );
        assert!(analysis.unwrap().vectors[0].1.is_ok());
        assert!(last > 25.0 * 60.0, "two passes of 13 minutes, {last} s");
    }
}
