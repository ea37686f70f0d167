//! One model over all songs, through the same workers, queue and engine as a scan.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, atomic::AtomicBool};
use std::time::{Duration, Instant};

use super::error::CompareError;
use crate::app::progress::Progress;
use crate::app::scan::plan::{Task, WantedSpace};
use crate::app::scan::{claims::ClaimRegistry, pipeline, pool::WorkerPool};
use crate::audio::worker::wait_for_dropped;
use crate::model::install::candidate::Candidate;
use crate::space::{Features, Precision};
use crate::store::{Library, StoreError};
use crate::{extract::Method, time::cpu_seconds, track::ContentId};

/// How long the workers may take to end; only their processor time is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one model made of the songs.
#[derive(Default)]
pub(super) struct Pass {
    pub songs: BTreeMap<ContentId, Features>,
    /// What each file holds that could be identified.
    pub files: BTreeMap<PathBuf, ContentId>,
    /// Files that failed, with the reason, in the order of their paths.
    pub failures: Vec<(PathBuf, String)>,
    /// Processor time of this process and its workers (s).
    pub cpu_seconds: f64,
    pub seconds: f64,
}

/// Analyses the files of `tasks`. The model is loaded before the clock starts.
/// Errors: it cannot be run, or no worker starts.
pub(super) fn analyse(
    model: &Candidate,
    tasks: &[Task],
    pool: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Pass, CompareError> {
    if let Some(inference) = &pool.inference {
        inference.load(&Arc::new(model.model.clone()), stop);
    }
    let library = Library::in_memory()?;
    let methods = [Method::Model(Box::new(model.model.clone()))];
    let wanted = [WantedSpace { space: model.model.space(), covered: HashSet::new() }];
    let claims = ClaimRegistry::new(&library, &wanted, tasks, HashMap::new());
    let cpu_seconds =
        || cpu_seconds() + pool.inference.as_ref().map_or(0.0, |inference| inference.cpu_seconds());
    let (begin, before) = (Instant::now(), cpu_seconds());
    pipeline::perform(tasks.to_vec(), &library, &claims, &methods, pool, progress, stop)?;
    let seconds = begin.elapsed().as_secs_f64();
    wait_for_dropped(PATIENCE);
    let cpu_seconds = cpu_seconds() - before;
    let broken = pool.inference.as_ref().map(|inference| inference.broken()).unwrap_or_default();
    if let Some(reason) = broken.into_values().next() {
        return Err(CompareError::Broken { model: model.name.clone(), reason });
    }
    Ok(Pass { cpu_seconds, seconds, ..pass_of(&library, model)? })
}

/// What lies in the library after a pass.
fn pass_of(library: &Library, model: &Candidate) -> Result<Pass, StoreError> {
    let (view, space) = (library.view()?, model.model.space());
    let (mut vectors, mut scores) = (view.vectors(&space)?, view.scores(&space)?);
    let mut pass = Pass::default();
    view.tracks(|number, track| {
        if let Some(values) = vectors.remove(&number) {
            let scores = scores.remove(&number).unwrap_or_default();
            pass.songs.insert(track.content, Features { values, precision: Precision::Half, scores });
        }
    })?;
    view.files(|path, file| pass.files.extend(file.content.map(|content| (path.to_owned(), content))))?;
    let failures = view.failures()?.into_iter();
    pass.failures = failures.map(|(path, _, record)| (path, record.failure.to_string())).collect();
    Ok(pass)
}
