//! A store of seeded, clustered unit vectors in half precision, for benches of large libraries.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use indexer::testing::{WritableStore, invented_content};
use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Groups of the vectors: more than any n that is asked for.
const GROUPS: usize = 80;
const BATCH: u32 = 1000;
/// Up to so many tracks have whole vectors; of more, those that a basis is fitted on.
pub(crate) const WHOLE: u32 = 200_000;
const FITTED: u32 = 4096;
/// The method whose space the vectors are said to be of.
pub(crate) const METHOD: &str = "cnn14";

/// What is in the store.
#[derive(Clone, Copy)]
pub(crate) struct SeededLibrary {
    pub tracks: u32,
    pub columns: usize,
    /// How far the songs of a group differ: at 0.3 groups lie apart, from 1 on they overlap.
    pub spread: f32,
    /// Some groups are spread five times as far as others, so that some songs are near to those of all others.
    pub is_uneven: bool,
}

impl SeededLibrary {
    /// Its store, made where there is none yet; with `export`, made anew.
    pub(crate) fn store(&self, export: bool) -> Result<PathBuf> {
        let Self { tracks, columns, spread, is_uneven } = self;
        let uneven = if *is_uneven { "_uneven" } else { "" };
        let name = format!("seeded_{tracks}_{columns}_{spread}{uneven}");
        let store = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        if !store.join("made").exists() || export {
            drop(fs::remove_dir_all(&store));
            make(&store, *self, export)?;
        }
        Ok(store)
    }
}

/// The group of a song, by its number.
pub(crate) fn group(number: u32) -> usize {
    number as usize % GROUPS
}

fn make(store: &Path, library: SeededLibrary, export: bool) -> Result<()> {
    let SeededLibrary { tracks, columns, spread, is_uneven } = library;
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
        let own = if is_uneven { 0.4 + 1.6 * group(number) as f32 / GROUPS as f32 } else { 1.0 };
        let group = &groups[group(number)];
        let weights: Vec<f32> = group.iter().map(|mean| mean + own * spread * weight()).collect();
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
    let group = group(number);
    let class = |place: usize| if place < 8 { group * 6 + place } else { number as usize * 7 + place * 16 };
    (0..32).map(|place| ((class(place) % 527) as u16, 0.8 / (place + 1) as f32)).collect()
}

pub(crate) fn path(number: u32) -> PathBuf {
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
