//! What a map is worth, and what it costs: `cargo bench --bench map -- [SONGS [COLUMNS]] [--layout NAME] [--export]`.
//!
//! Lays out seeded, clustered vectors, and prints how far neighbours stay neighbours: trustworthiness (Venna and Kaski 2001) and
//! the part of the 15 nearest that are so on the map, too, both over a sample of the songs. Then a hundredth more songs come,
//! and the median move of the others is printed, as a part of the map's width. Last, the program itself draws a store of such
//! songs with invented titles, as a cold process. With `--export` vectors and positions are written as NumPy files, for
//! `compare_umap.py`.

use std::{
    env,
    error::Error,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use indexer::testing::{WritableStore, lay_out};
use ndarray::{Array2, s};
use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const GROUPS: usize = 80;
/// What sets songs apart lies in so many directions.
const DIRECTIONS: usize = 12;
const NEAREST: usize = 15;
const SAMPLE: usize = 2000;
const METHOD: &str = "cnn14";
const BATCH: u32 = 1000;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let (songs, columns) =
        (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(64));
    let layout =
        arguments.iter().skip_while(|word| *word != "--layout").nth(1).map_or("umap", String::as_str);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("map_{songs}_{columns}"));
    fs::create_dir_all(&folder)?;
    let more = songs + songs / 100;
    let all = vectors(more, columns);
    let values = all.slice(s![..songs, ..]).to_owned();

    let begin = Instant::now();
    let positions = lay_out(&values, layout, 42, None)?;
    println!("{songs} songs, {layout}: {:.1} s", begin.elapsed().as_secs_f64());
    let (trust, kept) = quality(&values, &positions);
    println!("trustworthiness {trust:.4}, of the {NEAREST} nearest {kept:.4} stay");
    if arguments.iter().any(|argument| argument == "--export") {
        npy(&folder.join("vectors.npy"), songs, columns, values.iter().copied())?;
        npy(&folder.join("positions.npy"), songs, 2, positions.iter().flatten().copied())?;
    }
    let begin = Instant::now();
    let after = lay_out(&all, layout, 42, Some(&positions))?;
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{} more: {seconds:.1} s, median move {:.2} % of the width",
        more - songs,
        100.0 * moved(&positions, &after)
    );

    let store = folder.join("store");
    if !store.join("made").exists() {
        drop(fs::remove_dir_all(&store));
        make(&store, &values)?;
    }
    for command in ["cluster --n 24 --method cnn14", "map --method cnn14 --fresh", "map --method cnn14"] {
        let begin = Instant::now();
        let mut program = Command::new(env!("CARGO_BIN_EXE_indexer"));
        program.args(command.split(' ')).args(["--silent", "--store"]).arg(&store);
        if command.starts_with("map") {
            program.args(["--layout", layout, "--output"]).arg(folder.join("map.html"));
        }
        let output = program.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        println!("{command}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    println!(
        "{}: {:.2} MB",
        folder.join("map.html").display(),
        fs::metadata(folder.join("map.html"))?.len() as f64 / 1e6
    );
    Ok(())
}

/// Songs of many kinds, some of which are alike; most of what sets them apart lies in few directions.
fn vectors(songs: usize, columns: usize) -> Array2<f32> {
    let mut random = Xoshiro256Plus::seed_from_u64(1);
    let mut uniform = || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
    let directions = Array2::from_shape_simple_fn((DIRECTIONS, columns), &mut uniform);
    let groups = Array2::from_shape_simple_fn((GROUPS, DIRECTIONS), || uniform() * 2.0);
    let weights = Array2::from_shape_fn((songs, DIRECTIONS), |(song, axis)| {
        groups[[song % GROUPS, axis]] + 0.9 * uniform() / (1.0 + axis as f32 / 2.0)
    });
    weights.dot(&directions) + Array2::from_shape_simple_fn((songs, columns), || 0.1 * uniform())
}

/// Trustworthiness, and the part of the nearest songs that are among the nearest on the map.
fn quality(values: &Array2<f32>, positions: &[[f32; 2]]) -> (f64, f64) {
    let songs = values.nrows();
    let (sample, k) = (songs.min(SAMPLE), NEAREST as f64);
    let (mut penalty, mut kept) = (0.0, 0);
    for asked in 0..sample {
        let song = asked * songs / sample;
        let own = values.row(song);
        let far = values
            .rows()
            .into_iter()
            .map(|row| own.iter().zip(row).map(|(a, b)| (a - b) * (a - b)).sum::<f32>());
        let mut by_sound: Vec<(f32, usize)> = far.zip(0..).filter(|(_, other)| *other != song).collect();
        by_sound.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut rank = vec![0; songs];
        by_sound.iter().enumerate().for_each(|(place, (_, other))| rank[*other] = place + 1);
        let [x, y] = positions[song];
        let on_map = positions.iter().map(|[u, v]| (x - u) * (x - u) + (y - v) * (y - v));
        let mut on_map: Vec<(f32, usize)> = on_map.zip(0..).filter(|(_, other)| *other != song).collect();
        on_map.select_nth_unstable_by(NEAREST, |a, b| a.0.total_cmp(&b.0));
        for (_, other) in &on_map[..NEAREST] {
            penalty += (rank[*other] as f64 - k).max(0.0);
            kept += usize::from(rank[*other] <= NEAREST);
        }
    }
    let (n, asked) = (songs as f64, sample as f64);
    (1.0 - penalty * 2.0 / (asked * k * (2.0 * n - 3.0 * k - 1.0)), kept as f64 / (asked * k))
}

/// The median move, as a part of the width.
fn moved(before: &[[f32; 2]], after: &[[f32; 2]]) -> f32 {
    let across = |axis: usize| {
        let values = before.iter().map(|position| position[axis]);
        values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
    };
    let mut moves: Vec<_> = before.iter().zip(after).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
    moves.sort_by(f32::total_cmp);
    moves[moves.len() / 2] / across(0).max(across(1))
}

fn make(store: &Path, values: &Array2<f32>) -> Result<()> {
    let library = WritableStore::open(store)?;
    library.add_root(Path::new("/music"))?;
    let songs = values.nrows() as u32;
    for first in (0..songs).step_by(BATCH as usize) {
        let songs = first..(first + BATCH).min(songs);
        let mut row = |number: u32| values.row(number as usize).to_vec();
        library.add_songs(
            METHOD,
            songs.clone(),
            |number| titled(number).0,
            &mut row,
            |_| vec![(0, 0.5)],
            false,
        )?;
        library.name_songs(songs, titled)?;
    }
    library.reduce(METHOD)?;
    Ok(fs::write(store.join("made"), b"")?)
}

/// Path, title and artist of an invented song: words of invented syllables, ten songs to an album, three albums to an artist.
fn titled(number: u32) -> (PathBuf, String, String) {
    let words = |kind: u64, number: u32, most: u64| {
        let mut random = Xoshiro256Plus::seed_from_u64(kind << 32 | u64::from(number));
        let mut below = |end: u64| (random.next_u64() >> 11) % end;
        let word = |word: u64| {
            let mut random = Xoshiro256Plus::seed_from_u64(word);
            let syllable = |part: u64| {
                format!(
                    "{}{}",
                    char::from(b"bcdfghjklmnprstvwz"[part as usize % 18]),
                    char::from(b"aeiou"[part as usize / 18 % 5])
                )
            };
            (0..1 + random.next_u64() % 3).map(|_| syllable(random.next_u64() >> 40)).collect::<String>()
        };
        (0..1 + below(most)).map(|_| word(below(4000))).collect::<Vec<_>>().join(" ")
    };
    let (title, album, artist) = (words(1, number, 4), words(2, number / 10, 3), words(3, number / 30, 2));
    let path = format!("/music/{artist} {}/{album}/{:02} {title} {number}.mp3", number / 30, number % 10 + 1);
    (path.into(), title, artist)
}

/// A NumPy file of little-endian f32.
fn npy(path: &Path, rows: usize, columns: usize, values: impl Iterator<Item = f32>) -> Result<()> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let header = format!("{header:<117}\n");
    let mut file = BufWriter::new(fs::File::create(path)?);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(header.len() as u16).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    values.into_iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))?;
    Ok(file.flush()?)
}
