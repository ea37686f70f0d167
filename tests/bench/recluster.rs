//! What regrouping a large library costs: `cargo bench --bench recluster -- [TRACKS [COLUMNS]]`, cold processes.
//!
//! Makes a store of seeded, clustered unit vectors in half precision, and clusters it with the program itself, three
//! times for each n, with a fresh start and without. The figures to reach, on two cores: 100 000 x 2 048 in 1 s (n = 8) and 3 s (n = 50), 1 000 000 in
//! 5 s and 20 s. Of more than 200 000 tracks all but the first 4 096 have reduced vectors alone, which is all that is
//! read. The names come from scores, and are checked where a run continues the last one. With `--export` the vectors are written as a NumPy file beside the store, for `compare_kmeans.py`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use indexer::testing::{WritableStore, invented_content};
use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Groups of the seeded vectors: more than any n that is asked for.
const GROUPS: usize = 80;
const BATCH: u32 = 1000;
/// Up to so many tracks have whole vectors; of more, those that a basis is fitted on.
const WHOLE: u32 = 200_000;
const FITTED: u32 = 4096;
const ROUNDS: usize = 3;
/// The method whose space the vectors are said to be of.
const METHOD: &str = "cnn14";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let tracks = numbers.first().copied().unwrap_or(100_000);
    let columns = numbers.get(1).copied().unwrap_or(2048);
    let export = arguments.iter().any(|argument| argument == "--export");
    let store = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("recluster_{tracks}_{columns}"));
    if !store.join("made").exists() || export {
        drop(fs::remove_dir_all(&store));
        make(&store, tracks as u32, columns, export)?;
    }
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

fn make(store: &Path, tracks: u32, columns: usize, export: bool) -> Result<()> {
    println!("making {tracks} x {columns}");
    let mut random = Xoshiro256Plus::seed_from_u64(1);
    let mut normal =
        || (0..4).map(|_| (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5).sum::<f32>();
    // What sets real embeddings apart lies in few directions.
    let directions: Vec<Vec<f32>> = (0..48).map(|_| (0..columns).map(|_| normal()).collect()).collect();
    let mut mixed = |weights: &[f32], noise: f32| -> Vec<f32> {
        let mut row: Vec<f32> = (0..columns).map(|_| noise * normal()).collect();
        for (weight, direction) in weights.iter().zip(&directions) {
            row.iter_mut().zip(direction).for_each(|(value, along)| *value += weight * along);
        }
        row
    };
    let mut dice = Xoshiro256Plus::seed_from_u64(2);
    let mut weight = || (dice.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
    let groups: Vec<Vec<f32>> = (0..GROUPS).map(|_| (0..48).map(|_| weight()).collect()).collect();

    let mut row = |number: u32| -> Vec<f32> {
        let group = &groups[number as usize % GROUPS];
        let weights: Vec<f32> = group.iter().map(|mean| mean + 0.3 * weight()).collect();
        mixed(&weights, 0.3).iter().map(|value| value.max(-1.0) + 1.0).collect()
    };

    let library = WritableStore::open(store)?;
    library.add_root(Path::new("/music"))?;
    let mut file = export.then(|| npy(&store.join("vectors.npy"), tracks as usize, columns)).transpose()?;
    let mut rows: BTreeMap<String, (String, Vec<f32>)> = BTreeMap::new();
    let whole = if tracks > WHOLE { FITTED } else { tracks };
    for first in (0..whole).step_by(BATCH as usize) {
        let songs = first..(first + BATCH).min(whole);
        let mut kept = |number| {
            let values = row(number);
            if file.is_some() {
                let path = path(number);
                rows.insert(invented_content(&path), (path.display().to_string(), values.clone()));
            }
            values
        };
        library.add_songs(METHOD, songs, path, &mut kept, scores, false)?;
    }
    let begin = Instant::now();
    library.reduce(METHOD)?;
    println!("basis fitted and all reduced in {:.1} s", begin.elapsed().as_secs_f64());
    if let Some(file) = &mut file {
        let paths: String = rows.values().map(|(path, _)| format!("{path}\n")).collect();
        fs::write(store.join("paths.txt"), paths)?;
        for value in rows.values().flat_map(|(_, row)| row) {
            file.write_all(&value.to_le_bytes())?;
        }
    }
    for first in (whole..tracks).step_by(BATCH as usize) {
        library.add_songs(METHOD, first..(first + BATCH).min(tracks), path, &mut row, scores, true)?;
    }
    fs::write(store.join("made"), b"")?;
    Ok(())
}

/// Full scores of a song's group: some classes that a group has in common, and others that it has not.
fn scores(number: u32) -> Vec<(u16, f32)> {
    let group = number as usize % GROUPS;
    let class = |place: usize| if place < 8 { group * 6 + place } else { number as usize * 7 + place * 16 };
    (0..32).map(|place| ((class(place) % 527) as u16, 0.8 / (place + 1) as f32)).collect()
}

fn path(number: u32) -> PathBuf {
    format!("/music/artist {:04}/album/{number:06}.mp3", number / 50).into()
}

/// A NumPy file of little-endian f32, its rows to be written.
fn npy(path: &Path, rows: usize, columns: usize) -> Result<BufWriter<fs::File>> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let header = format!("{header:<117}\n");
    let mut file = BufWriter::new(fs::File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(header.len() as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    Ok(file)
}
