//! What an export and an import cost: `cargo bench --bench exchange -- [SONGS [COLUMNS]]`.
//!
//! The program itself exports a store of seeded songs in each format and imports the Parquet file into a store that has one song
//! of the same space, as cold processes; time, the most memory, and sizes are printed.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use indexer::testing::WritableStore;
use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const METHOD: &str = "musicnn";
const BATCH: u32 = 1000;

fn main() -> Result<()> {
    let numbers: Vec<u32> = env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (songs, columns) =
        (numbers.first().copied().unwrap_or(100_000), numbers.get(1).copied().unwrap_or(200));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("exchange_{songs}_{columns}"));
    let store = folder.join("store");
    if !folder.join("made").exists() {
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder)?;
        make(&store, songs, columns)?;
        fs::write(folder.join("made"), "")?;
    }
    println!("{songs} songs of {columns} numbers: a store of {:.1} MB", megabytes(&store)?);
    for format in ["parquet", "npy", "csv"] {
        let to = folder.join(format);
        drop(fs::remove_dir_all(&to));
        timed(&format!("export --format {format}"), &store, &["--output"], &to)?;
        println!("  {:.1} MB", megabytes(&to)?);
    }
    let other = folder.join("other");
    drop(fs::remove_dir_all(&other));
    make(&other, 1, columns)?;
    for _ in 0..2 {
        timed("import", &other, &[], &folder.join("parquet/tracks.parquet"))?;
    }
    println!("  a store of {:.1} MB", megabytes(&other)?);
    Ok(())
}

fn timed(command: &str, store: &Path, flags: &[&str], path: &Path) -> Result<()> {
    let begin = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_indexer"));
    program.args(command.split(' ')).args(flags).arg(path).args(["--silent", "--store"]).arg(store);
    let mut child = program.spawn()?;
    let mut most = 0;
    let status = loop {
        most = most.max(memory(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        sleep(Duration::from_millis(10));
    };
    if !status.success() {
        return Err(format!("{command}: {status}").into());
    }
    println!("{command}: {:.1} s, {} MB of memory", begin.elapsed().as_secs_f64(), most / 1000);
    Ok(())
}

/// The most memory (kB) that a process had, which leaves out the pages of files.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Songs with vectors of random numbers, which nothing can make smaller than they are.
fn make(store: &Path, songs: u32, columns: u32) -> Result<()> {
    let mut random = Xoshiro256Plus::seed_from_u64(1);
    let mut uniform = move || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
    let store = WritableStore::open(store)?;
    let path = |number: u32| {
        PathBuf::from(format!("/music/{:04}/{:02}/{number:07}.mp3", number / 100, number % 100))
    };
    for first in (0..songs).step_by(BATCH as usize) {
        let batch = first..(first + BATCH).min(songs);
        let mut vectors = |_| (0..columns).map(|_| uniform()).collect();
        let scores = |number: u32| (0..32).map(|class| (class, 1.0 / (number % 97 + 2) as f32)).collect();
        store.add_songs(METHOD, batch, path, &mut vectors, scores, false)?;
    }
    Ok(())
}

fn megabytes(folder: &Path) -> Result<f64> {
    let sizes = fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len()));
    Ok(sizes.sum::<Result<u64>>()? as f64 / 1e6)
}
