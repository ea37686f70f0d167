//! What the store holds, by content: two stores that agree hold the same vectors, whatever they went through.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    path::PathBuf,
};

use indexer::testing::OpenStore;

use super::environment::TestEnv;

/// By content id: every recording that has a vector, with its bits.
pub(crate) type Truth = BTreeMap<String, Vec<u32>>;

/// All `mfcc` vectors of a store.
pub(crate) fn vectors(store: &OpenStore) -> Result<Truth, Box<dyn Error>> {
    let bits = |vector: Vec<f32>| vector.into_iter().map(f32::to_bits).collect();
    Ok(store.vectors("mfcc")?.into_iter().map(|(content, vector)| (content, bits(vector))).collect())
}

/// Says which vectors of `found` are not those of `truth`; unknown recordings count too.
pub(crate) fn wrong(found: &Truth, truth: &Truth) -> Vec<String> {
    let wrong = found.iter().filter(|(content, bits)| truth.get(*content) != Some(bits));
    wrong.map(|(content, _)| content.clone()).collect()
}

/// Says which vectors of `truth` are not in `found`.
pub(crate) fn lost(found: &Truth, truth: &Truth) -> Vec<String> {
    truth.keys().filter(|content| !found.contains_key(*content)).cloned().collect()
}

/// The files that the store believes to be there, and those that it misses.
pub(crate) fn stored(env: &TestEnv) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
    let (mut present, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for (path, file) in env.view().files().unwrap() {
        if file.is_missing { &mut missing } else { &mut present }.insert(path);
    }
    (present, missing)
}
