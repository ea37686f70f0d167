//! What regrouping a large library costs: `cargo bench --bench recluster -- [TRACKS [COLUMNS]]`, cold processes.
//!
//! Makes a store of seeded, clustered unit vectors in half precision, and clusters it with the program itself, three
//! times for each n, with a fresh start and without. The figures to reach, on two cores: 100 000 x 2 048 in 1 s (n = 8) and 3 s (n = 50), 1 000 000 in
//! 5 s and 20 s. Of more than 200 000 tracks all but the first 4 096 have reduced vectors alone, which is all that is
//! read. The names come from scores, and are checked where a run continues the last one. With `--export` the vectors are written as a NumPy file beside the store, for `compare_kmeans.py`.

mod seeded_library;

use std::{env, error::Error, path::Path, process::Command, time::Instant};

use serde_json::Value;

use self::seeded_library::{METHOD, SeededLibrary};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 3;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let tracks = numbers.first().copied().unwrap_or(100_000);
    let columns = numbers.get(1).copied().unwrap_or(2048);
    let export = arguments.iter().any(|argument| argument == "--export");
    let library = SeededLibrary { tracks: tracks as u32, columns, spread: 0.3, is_uneven: false };
    let store = library.store(export)?;
    for (n, is_fresh) in [(8, true), (8, false), (50, true), (50, false)] {
        let mut runs = Vec::new();
        for _ in 0..ROUNDS {
            runs.push(cluster(&store, n, is_fresh)?);
        }
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (seconds, summary) = &runs[ROUNDS / 2];
        let kind = if is_fresh { "fresh" } else { "continued" };
        println!(
            "n = {n:2} {kind:9}  {seconds:6.2} s  {}  inertia {:.2}",
            summary["seconds"], summary["inertia"]
        );
    }
    Ok(())
}

/// A cold process: its time and what it says.
fn cluster(store: &Path, n: usize, is_fresh: bool) -> Result<(f64, Value)> {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_indexer"))
        .args(["cluster", "--method", METHOD, "--json", "--silent", "--n", &n.to_string(), "--output"])
        .arg(store.join("playlists.json"))
        .args(is_fresh.then_some("--fresh"))
        .arg("--store")
        .arg(store)
        .output()?;
    let seconds = begin.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok((seconds, serde_json::from_slice(&output.stdout)?))
}
