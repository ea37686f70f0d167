//! How every algorithm groups folders of audio: `cargo bench --bench grouping -- [FOLDER…]`, by default those of
//! INDEXER_TEST_AUDIO, with the program itself and the settings of the environment.
//!
//! A folder of folders is labelled by them: its groups are held to those by NMI (arithmetic mean) and ARI. Tracks in no playlist count as one more group. Algorithms that are given a seed or a number
//! are given the seeds 0 to 9, whose mean is told, and as many playlists as there are labels. Where INDEXER_TEST_MUSICNN names
//! musicnn's wheel, k-means groups by that network, too, and by both side by side.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use indexer::testing::{agreement, algorithms};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SEEDS: usize = 10;

fn main() -> Result<()> {
    let mut folders: Vec<PathBuf> =
        env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    if let (true, Some(audio)) = (folders.is_empty(), env::var_os("INDEXER_TEST_AUDIO")) {
        folders = ["esc10", "music"].map(|name| Path::new(&audio).join(name)).to_vec();
    }
    if folders.is_empty() {
        return Err("which folders? Name them after `--`, or set INDEXER_TEST_AUDIO".into());
    }
    folders.iter().try_for_each(|folder| table(&fs::canonicalize(folder)?))
}

/// Prints the rows of one folder.
fn table(folder: &Path) -> Result<()> {
    let store = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut rows: Vec<_> = algorithms().into_iter().map(|(name, takes_n)| ("mfcc", name, takes_n)).collect();
    if let Some(wheel) = env::var_os("INDEXER_TEST_MUSICNN") {
        indexer(store.path(), &["model", "import", &wheel.to_string_lossy()])?;
        rows.extend([("musicnn", "kmeans", true), ("mfcc+musicnn", "kmeans", true)]);
    }
    let scan = indexer(store.path(), &["scan", &folder.to_string_lossy()])?;
    let labels = labels(folder);
    println!("{}: {} tracks, {} labels", folder.display(), scan["stored"]["mfcc"], labels.len());
    println!(
        "{:12} {:10} {:>4} {:>5} {:>5} {:>6} {:>10} {:>5} {:>5}",
        "method", "algorithm", "n", "found", "true", "noise", "silhouette", "NMI", "ARI"
    );
    for (method, algorithm, takes_n) in rows {
        let counts: Vec<String> = match (takes_n, labels.len()) {
            (false, _) => vec![String::new()],
            (true, 0) => ["auto", "3", "5"].map(String::from).to_vec(),
            (true, n) => vec!["auto".to_owned(), n.to_string()],
        };
        for n in counts {
            let runs: Result<Vec<_>> =
                (0..SEEDS).map(|seed| run(store.path(), method, algorithm, &n, seed, folder)).collect();
            match runs {
                Ok(runs) => println!("{method:12} {algorithm:10} {n:>4} {}", row(&runs, labels.len())),
                Err(error) => println!("{method:12} {algorithm:10} {n:>4} {error}"),
            }
        }
    }
    Ok(())
}

/// What came of one seed: the program's summary, and the label and group of each track.
struct Run {
    summary: Value,
    pairs: Vec<(String, usize)>,
}

fn run(store: &Path, method: &str, algorithm: &str, n: &str, seed: usize, folder: &Path) -> Result<Run> {
    let (output, seed) = (store.join("playlists.json"), seed.to_string());
    let output = output.to_string_lossy();
    let mut line = vec!["cluster", "--fresh", "--method", method, "--algorithm", algorithm, "--seed", &seed];
    line.extend(["--output", &output]);
    line.extend(["--n", n].iter().filter(|_| !n.is_empty()));
    let summary = indexer(store, &line)?;
    let written: Value = serde_json::from_slice(&fs::read(&*output)?)?;
    let mut groups = BTreeMap::new();
    for (group, list) in written["playlists"].as_array().ok_or("no playlists")?.iter().enumerate() {
        let songs = list["songs"].as_array().ok_or("no songs")?.iter().filter_map(Value::as_str);
        groups.extend(songs.map(|song| (PathBuf::from(song), group)));
    }
    let files = files(folder).into_iter();
    // Who is in no playlist is one more group.
    let pairs =
        files.map(|file| (label(&file), groups.get(&file).copied().unwrap_or(groups.len()))).collect();
    Ok(Run { summary, pairs })
}

/// The means of some runs, and `labels`, the true number of groups, beside the one found.
fn row(runs: &[Run], labels: usize) -> String {
    let mean = |value: &dyn Fn(&Run) -> f64| runs.iter().map(value).sum::<f64>() / runs.len() as f64;
    let of = |key: &'static str| mean(&move |run| run.summary[key].as_f64().unwrap_or(f64::NAN));
    let (found, noise, silhouette) = (of("n"), of("noise"), of("silhouette"));
    let (nmi, ari) = (mean(&|run| agreement(&run.pairs).0), mean(&|run| agreement(&run.pairs).1));
    let labels = if labels == 0 { "?".to_owned() } else { labels.to_string() };
    format!("{found:5.1} {labels:>5} {noise:6.1} {silhouette:10.3} {nmi:5.3} {ari:5.3}")
}

fn indexer(store: &Path, line: &[&str]) -> Result<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_indexer"))
        .args(line)
        .args(["--json", "--silent", "--store"])
        .arg(store)
        .output()?;
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    match answer["error"]["message"].as_str() {
        Some(message) => Err(message.into()),
        None => Ok(answer),
    }
}

/// All audio of the folder, or of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    let inner: Vec<_> = files.extract_if(.., |path| path.is_dir()).collect();
    files.extend(inner.iter().flat_map(|folder| self::files(folder)));
    files.retain(|file| file.extension().is_some_and(|extension| extension != "md" && extension != "csv"));
    files.sort();
    files
}

fn label(file: &Path) -> String {
    file.parent().unwrap_or(file).display().to_string()
}

/// The folders in which there is audio, if that says something.
fn labels(folder: &Path) -> BTreeSet<String> {
    let labels: BTreeSet<_> = files(folder).iter().map(|file| label(file)).collect();
    if labels.len() > 1 { labels } else { BTreeSet::new() }
}
