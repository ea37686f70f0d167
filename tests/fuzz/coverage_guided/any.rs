//! The target that `INDEXER_FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use indexer::testing::FUZZ_TARGETS;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("INDEXER_FUZZ_TARGET").expect("INDEXER_FUZZ_TARGET names a target");
    let target = FUZZ_TARGETS.iter().find(|(target, ..)| *target == name);
    let names = || FUZZ_TARGETS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
    target.map(|(.., read)| *read).unwrap_or_else(|| panic!("choose from {}", names()))
});

fuzz_target!(|bytes: &[u8]| TARGET(bytes));
