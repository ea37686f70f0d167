//! `export` and `import`: what leaves the store comes back to the bit, and what does not belong together stays apart.

mod assignments;
mod exports;
mod imports;
mod in_python;
mod refused;

use std::path::PathBuf;

use indexer::testing::WritableStore;

use crate::support::environment::TestEnv;

/// Invented songs in the store `name`, in an invented space called `cnn14`.
fn invented(env: &TestEnv, name: &str, songs: std::ops::Range<u32>, mut value: impl FnMut(u32) -> f32) {
    let path = |number: u32| PathBuf::from(format!("/invented/{number:05}.mp3"));
    let mut vectors = |number: u32| vec![value(number), 0.5, -0.25];
    let scores = |number: u32| vec![(u16::try_from(number % 7).unwrap(), 0.75)];
    let store = WritableStore::open(&env.path(name)).unwrap();
    store.add_songs("cnn14", songs, path, &mut vectors, scores, false).unwrap();
}
