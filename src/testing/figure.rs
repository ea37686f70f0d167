//! A table of what the tests of reliability have tried.

use std::{fs::OpenOptions, io::Write};

/// Adds a line to the file that `INDEXER_TEST_FIGURES` names: of the promise `id` (T1 to T20, or a word) so many `things`
/// were tried, and `outcome` came of them. Call it when all of them have passed.
pub fn figure(id: &str, tried: u64, things: &str, outcome: &str) {
    let Some(path) = std::env::var_os("INDEXER_TEST_FIGURES") else { return };
    let mut file =
        OpenOptions::new().create(true).append(true).open(&path).expect("the table can be written");
    let line = format!("{id}\t{tried}\t{things}\t{outcome}\n");
    file.write_all(line.as_bytes()).expect("the table can be written");
}
