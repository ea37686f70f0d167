//! What the built-in vector costs beside decoding: `cargo bench --bench mfcc -- FOLDER`.
//!
//! Prints, per codec, how many seconds of audio one core does in a second: decoding alone, and the whole path
//! from file to vector; and the ratio of both. Rounds of the two alternate, and medians are taken, so that a
//! busy machine does not favour one of them. The figure to reach is a ratio of 1.7.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indexer::testing::{decode, mfcc_of_file};
use rustix::time::{ClockId, clock_gettime};

const ROUNDS: usize = 7;

fn main() {
    let folders = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let files: Vec<PathBuf> = folders
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())))
        .collect();
    let mut codecs: BTreeMap<&'static str, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        if let Ok(decoded) = decode(&file, &mut |_| {}) {
            codecs.entry(decoded.codec).or_default().push(file);
        }
    }
    println!(
        "{:12} {:>5} {:>9} {:>12} {:>12} {:>6}",
        "codec", "files", "seconds", "decode", "vector", "ratio"
    );
    for (codec, files) in codecs {
        let mut audio = 0.0;
        let [mut decoding, mut whole] = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            audio = files.iter().filter_map(|file| seconds(file)).sum();
            decoding.push(cpu(|| files.iter().for_each(|file| _ = seconds(file))));
            whole.push(cpu(|| files.iter().for_each(|file| _ = mfcc_of_file(file))));
        }
        let (decode, vector) = (median(&mut decoding), median(&mut whole));
        let (count, ratio) = (files.len(), vector / decode);
        println!(
            "{codec:12} {count:5} {audio:9.1} {:11.0}x {:11.0}x {ratio:6.2}",
            audio / decode,
            audio / vector
        );
    }
}

/// Seconds of audio, decoded.
fn seconds(file: &Path) -> Option<f64> {
    let decoded = decode(file, &mut |_| {}).ok()?;
    Some(decoded.frames as f64 / f64::from(decoded.rate))
}

/// Seconds that this thread was on a processor for `work`.
fn cpu(work: impl FnOnce()) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let start = now();
    work();
    now() - start
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
