//! Two models on the same songs: how far they agree, and what each costs. Vectors are kept in memory only, so nothing
//! has to be removed, however the process ends.

pub(crate) mod agreement;
pub(crate) mod error;
mod pass;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use self::agreement::spread;
use self::pass::{Pass, analyse};
use super::progress::Progress;
use super::scan::{plan::Task, pool::WorkerPool};
use crate::model::{EngineError, install::candidate::Candidate};

pub(crate) use self::agreement::Agreement;
pub(crate) use self::error::CompareError;

/// What two models made of the same songs.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Songs that both have analysed.
    pub songs: usize,
    /// Files that at least one of them has not.
    pub left_out: usize,
    /// The first file that failed, in the order of paths, and why.
    pub first_failure: Option<(PathBuf, String)>,
    /// How far they agree.
    pub agreement: Agreement,
    /// The two, in the order in which they were named.
    pub models: [ComparedModel; 2],
}

/// One of the two, and what it costs.
#[derive(Clone, Debug)]
pub struct ComparedModel {
    /// An installed model's name, or that of a file.
    pub name: String,
    /// The file of its network.
    pub file: PathBuf,
    /// Bytes of the network with its weights.
    pub bytes: u64,
    /// Values of its vectors.
    pub dimension: usize,
    /// Seconds of one core for each song, decoding and front end included, loading the model not.
    pub cpu_seconds: f64,
    /// Songs a minute.
    pub rate: f64,
}

/// Which files of `tasks` are analysed: all, or `limit` that are evenly spread, as the first would be one album.
pub(crate) fn choose(mut tasks: Vec<Task>, limit: Option<usize>) -> Vec<Task> {
    tasks.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    let chosen = spread(tasks.len(), limit.unwrap_or(usize::MAX));
    chosen.map(|place| tasks[place].clone()).collect()
}

/// Analyses the files of `tasks`, all found in `folder`, with both models, one after the other. None: `stop` was raised.
/// `pool` makes what runs a model; `same_classes` says whether the classes of both mean the same.
/// Errors: there is no song that both can analyse, or one of the models cannot be run.
pub(crate) fn compare(
    folder: &Path,
    tasks: &[Task],
    models: &[Candidate; 2],
    same_classes: bool,
    pool: &dyn Fn(&Candidate) -> Result<WorkerPool, EngineError>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Option<Comparison>, CompareError> {
    if tasks.is_empty() {
        return Err(CompareError::NoMusic(folder.to_owned()));
    }
    let mut passes = Vec::new();
    for model in models {
        passes.push(analyse(model, tasks, &pool(model)?, progress, stop)?);
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
    }
    let Ok([one, other]) = <[Pass; 2]>::try_from(passes) else { unreachable!("there are two models") };
    let both: Vec<_> = one.songs.keys().filter(|content| other.songs.contains_key(*content)).collect();
    let compared: BTreeSet<&PathBuf> = (one.files.iter())
        .filter(|(path, content)| both.binary_search(content).is_ok() && other.files.contains_key(*path))
        .map(|(path, _)| path)
        .collect();
    let failures = one.failures.iter().chain(&other.failures);
    let first_failure = failures.min_by_key(|(path, _)| path).cloned();
    if both.is_empty() {
        let reason = first_failure.map(|(path, reason)| format!(" ({}: {reason})", path.display()));
        return Err(CompareError::NoSong { folder: folder.to_owned(), reason: reason.unwrap_or_default() });
    }
    let features = |pass: &Pass| both.iter().map(|content| pass.songs[content].clone()).collect::<Vec<_>>();
    let agreement = agreement::compare(&features(&one), &features(&other), same_classes);
    let cost = |model: &Candidate, pass: &Pass| ComparedModel {
        name: model.name.clone(),
        file: model.file.clone(),
        bytes: model.bytes,
        dimension: model.model.spec.output.dimension,
        cpu_seconds: pass.cpu_seconds / pass.songs.len() as f64,
        rate: pass.songs.len() as f64 * 60.0 / pass.seconds,
    };
    Ok(Some(Comparison {
        songs: both.len(),
        left_out: tasks.len() - compared.len(),
        first_failure,
        agreement,
        models: [cost(&models[0], &one), cost(&models[1], &other)],
    }))
}
