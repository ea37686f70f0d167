//! What a question about similar songs costs and how right the answer is: `cargo bench --bench similar -- [TRACKS [COLUMNS]]`.
//!
//! Cold processes are timed on a store of seeded vectors: 100 000 x 2 048 are to be answered within 100 ms, 1 000 000 within 1 s.
//! Where all tracks have whole vectors, the ten nearest are compared with those that brute force finds among these. What the
//! scaling of distances does is measured on groups that overlap; or, with `--folders STORE METHOD`, on the folders of songs.

mod seeded_library;

use std::{
    collections::BTreeMap, env, error::Error, path::Path, path::PathBuf, process::Command, time::Instant,
};

use indexer::testing::{Neighbourhood, OpenStore, neighbours};

use self::seeded_library::{METHOD, SeededLibrary, WHOLE, group, path};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 9;
/// Songs for which brute force is tried.
const ASKED: u32 = 30;
/// Songs whose neighbours vote for their label, and how many vote.
const LABELLED: usize = 1000;
const VOTERS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, store, method] = &arguments[..]
        && flag == "--folders"
    {
        let store = Path::new(store);
        let files = OpenStore::open(store)?.ok_or("no store")?.files()?;
        let folder = |path: PathBuf| (path.parent().map(Path::to_owned).unwrap_or_default(), path);
        return scaling(store, method, files.into_keys().map(folder).collect());
    }
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let tracks = numbers.first().copied().unwrap_or(100_000) as u32;
    let library = SeededLibrary {
        tracks,
        columns: numbers.get(1).copied().unwrap_or(2048),
        spread: 0.3,
        is_uneven: false,
    };
    let store = library.store(false)?;
    let seed = path(tracks / 3).display().to_string();
    latency(&store, "similar, by path", &["similar", &seed])?;
    let name = format!("artist {:04} {:06}", tracks / 3 / 50, tracks / 3);
    latency(&store, "similar, by name", &["similar", &name])?;
    latency(&store, "path, 20 steps", &["path", &seed, &path(tracks / 7).display().to_string()])?;
    if tracks <= WHOLE {
        recall(&store, tracks)?;
    }
    let library = SeededLibrary { tracks: 20_000, columns: 256, spread: 1.5, is_uneven: true };
    let songs = (0..library.tracks).map(|number| (group(number), path(number))).collect();
    scaling(&library.store(false)?, METHOD, songs)
}

/// The median of some cold processes.
fn latency(store: &Path, what: &str, line: &[&str]) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_indexer"));
        let output = command.args(line).args(["--method", METHOD, "--store"]).arg(store).output()?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{what:20} {:6.0} ms  (best {:.0} ms)", times[ROUNDS / 2], times[0]);
    Ok(())
}

/// How many of the ten nearest songs are found.
fn recall(store: &Path, tracks: u32) -> Result<()> {
    let songs: Vec<_> = (0..ASKED).map(|number| path(number * (tracks / ASKED))).collect();
    for scaled in [false, true] {
        let found =
            |brute_force| neighbours(store, METHOD, &songs, Neighbourhood { n: 10, brute_force, scaled });
        let (found, all) = (found(false)?, found(true)?);
        let is_found = |(found, all): (&Vec<PathBuf>, &Vec<PathBuf>)| {
            all.iter().filter(|song| found.contains(song)).count()
        };
        let share = found.iter().zip(&all).map(is_found).sum::<usize>() as f64 / (10 * songs.len()) as f64;
        println!("recall@10 {share:.3} of {} songs, {}", songs.len(), distances(scaled));
    }
    Ok(())
}

/// Whether the nearest songs have the label of a song, and how unevenly songs are among the nearest of others.
fn scaling<L: Ord>(store: &Path, method: &str, songs: Vec<(L, PathBuf)>) -> Result<()> {
    let asked = songs.len().min(LABELLED);
    let asked: Vec<_> = (0..asked).map(|number| &songs[number * songs.len() / asked]).collect();
    let labels: BTreeMap<_, _> = songs.iter().map(|(label, path)| (path, label)).collect();
    let paths: Vec<_> = asked.iter().map(|(_, path)| path.clone()).collect();
    for scaled in [false, true] {
        let how = Neighbourhood { n: VOTERS, brute_force: false, scaled };
        let found = neighbours(store, method, &paths, how)?;
        let (mut right, mut same, mut named) = (0, 0, BTreeMap::<_, u32>::new());
        for ((label, _), found) in asked.iter().zip(&found) {
            let mut votes = BTreeMap::<&L, usize>::new();
            for song in found {
                *votes.entry(labels[song]).or_default() += 1;
                *named.entry(song).or_default() += 1;
            }
            let first = votes.iter().rev().max_by_key(|(_, votes)| **votes).map(|(label, _)| *label);
            right += usize::from(first == Some(label));
            same += votes.get(label).copied().unwrap_or_default();
        }
        let songs = asked.len() as f64;
        let most = named.values().max().copied().unwrap_or_default();
        println!(
            "label voted right {:.3}, of the same label {:.3}, most often named {most} of {songs}, {}",
            right as f64 / songs,
            same as f64 / (songs * VOTERS as f64),
            distances(scaled)
        );
    }
    Ok(())
}

fn distances(scaled: bool) -> &'static str {
    if scaled { "scaled distances" } else { "plain distances" }
}
