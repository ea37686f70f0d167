//! The target that `INDEXER_FUZZ_TARGET` names. Its seeds are first written to the folder that `INDEXER_FUZZ_CORPUS` names.
#![no_main]

use std::{fs, path::PathBuf, sync::LazyLock};

use indexer::testing::FUZZ_TARGETS;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("INDEXER_FUZZ_TARGET").expect("INDEXER_FUZZ_TARGET names a target");
    let target = FUZZ_TARGETS.iter().find(|(target, ..)| *target == name);
    let names = || FUZZ_TARGETS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
    let (_, seeds, read) = target.unwrap_or_else(|| panic!("choose from {}", names()));
    if let Some(corpus) = std::env::var_os("INDEXER_FUZZ_CORPUS").map(PathBuf::from) {
        fs::create_dir_all(&corpus).expect("a folder for seeds");
        for (number, seed) in seeds().iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number}")), seed).expect("a seed");
        }
    }
    *read
});

fuzz_target!(init: LazyLock::force(&TARGET), |bytes: &[u8]| TARGET(bytes));
