//! Mutants of what the program reads: none of them may panic, hang or be believed. Each target is a plain function over bytes;
//! `coverage_guided` beside this runs the same ones under a fuzzer. What such a run has found lies in `found/TARGET`.

mod mutants;
mod sound;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{fs, path::Path, time::Instant};

use indexer::testing::{FUZZ_TARGETS, figure};

use self::mutants::Mutator;

/// Mutants of one target.
const MUTANTS: u64 = 10_000;

/// What was found once, and mended.
fn found(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found").join(target);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| fs::read(file.path()).unwrap()).collect()
}

fn run(name: &str, seeds: &[Vec<u8>], read: fn(&[u8])) {
    let mut mutator = Mutator::new(name, seeds);
    let begin = Instant::now();
    let mutants = (0..MUTANTS).map(|_| mutator.next());
    for bytes in seeds.iter().cloned().chain(found(name)).chain(mutants) {
        let one = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_err() || one.elapsed().as_secs() > 10 {
            let path = std::env::temp_dir().join(format!("fuzz-{name}"));
            fs::write(&path, &bytes).unwrap();
            panic!("{name}: {} bytes in {} panic, or take {:?}", bytes.len(), path.display(), one.elapsed());
        }
    }
    eprintln!("{name}: {:.1} s", begin.elapsed().as_secs_f64());
    figure("fuzz", MUTANTS, &format!("mutants of {name}"), "none panics or hangs");
}

#[test]
fn no_mutant_of_what_is_read_panics_or_hangs() {
    std::thread::scope(|scope| {
        let (front, back) = FUZZ_TARGETS.split_at(FUZZ_TARGETS.len() / 2);
        for targets in [front, back] {
            scope.spawn(move || targets.iter().for_each(|(name, seeds, read)| run(name, &seeds(), *read)));
        }
    });
}
