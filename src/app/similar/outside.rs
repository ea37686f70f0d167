//! Files that are not in the library: analysed by the same workers as those of a scan, and not kept.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering};

use super::error::SimilarError;
use super::space::FileVectors;
use crate::app::cluster::combination::Combination;
use crate::app::progress::Quiet;
use crate::app::scan::plan::{Task, WantedSpace, Why};
use crate::app::scan::{claims::ClaimRegistry, pipeline, pool::WorkerPool};
use crate::library::{FoundFile, stamp};
use crate::playlist::{Song, SongFile};
use crate::store::{Library, View};
use crate::track::{Failure, FailureKind};
use crate::{extract::Method, space::SpaceId};

/// What analyses files.
pub(crate) struct OutsideWorkers<'a> {
    /// The folder of the models.
    pub models: &'a Path,
    /// Makes the worker pool, which costs something.
    pub pool: &'a dyn Fn(&[Method]) -> Result<WorkerPool, SimilarError>,
    pub stop: &'a AtomicBool,
}

/// A file from outside the library, with its vectors.
pub(crate) struct OutsideFile {
    pub song: Song,
    pub vectors: FileVectors,
}

/// Analyses files, in the order in which they are given. They are kept in memory only, so that nothing has to be removed,
/// however the process ends.
/// Errors: one of them cannot be analysed, or not by what made the vectors of the library.
pub(crate) fn analyse(
    files: &[PathBuf],
    spaces: &Combination,
    workers: &OutsideWorkers<'_>,
) -> Result<Vec<OutsideFile>, SimilarError> {
    let Some(first) = files.first() else { return Ok(vec![]) };
    let spaces: Vec<SpaceId> = spaces.0.iter().map(|(space, _)| space.clone()).collect();
    let mut methods = Vec::new();
    for space in &spaces {
        let method = Method::find(&space.name, workers.models)?;
        if method.space() != *space {
            return Err(SimilarError::NotComparable { path: first.clone(), space: space.name.clone() });
        }
        methods.push(method);
    }
    // An album in one file is one song here.
    let pool = WorkerPool { cue: false, ..(workers.pool)(&methods)? };
    for method in &methods {
        if let (Some(inference), Method::Model(model)) = (&pool.inference, method) {
            inference.load(&Arc::new((**model).clone()), workers.stop);
        }
    }
    let files = files.iter().map(|path| found(path)).collect::<Result<Vec<_>, _>>()?;
    let mut tasks: Vec<Task> = Vec::new();
    for file in &files {
        if tasks.iter().all(|task| task.file.path != file.path) {
            tasks.push(Task { file: file.clone(), why: Why::New, spaces: spaces.clone() });
        }
    }
    let library = Library::in_memory()?;
    let uncovered = |space: &SpaceId| WantedSpace { space: space.clone(), covered: HashSet::new() };
    let wanted: Vec<_> = spaces.iter().map(uncovered).collect();
    let claims = ClaimRegistry::new(&library, &wanted, &tasks, HashMap::new());
    // What goes wrong with a file is the answer.
    pipeline::perform(tasks, &library, &claims, &methods, &pool, &Quiet, workers.stop)?;
    if workers.stop.load(Ordering::Relaxed) {
        return Err(SimilarError::Interrupted);
    }
    let view = library.view()?;
    files.iter().map(|file| analysed(&view, &file.path, &spaces)).collect()
}

fn found(path: &Path) -> Result<FoundFile, SimilarError> {
    let unreadable = |error: std::io::Error| SimilarError::Unusable {
        path: path.to_owned(),
        failure: Failure::of_system(FailureKind::Unreadable, error.to_string()),
    };
    let absolute = std::path::absolute(path).map_err(unreadable)?;
    let metadata = absolute.metadata().map_err(unreadable)?;
    Ok(FoundFile { path: absolute, stamp: stamp(&metadata, false), device: metadata.dev(), section: None })
}

/// What became of one file.
fn analysed(view: &View, path: &Path, spaces: &[SpaceId]) -> Result<OutsideFile, SimilarError> {
    let nothing = || {
        let failures = view.failures()?.into_iter();
        let of_file = failures.filter(|(file, ..)| file == path).map(|(_, _, record)| record.failure).next();
        let unknown = || Failure::of_system(FailureKind::Unreadable, "it gave no vector");
        let failure = of_file.unwrap_or_else(unknown);
        Ok::<_, SimilarError>(SimilarError::Unusable { path: path.to_owned(), failure })
    };
    let file = view.file(path)?;
    let Some((track, file)) = file.and_then(|file| Some((file.track?, file))) else {
        return Err(nothing()?);
    };
    let Some(record) = view.track(track)? else { return Err(nothing()?) };
    let mut vectors = Vec::new();
    for space in spaces {
        match view.vectors_of(space, &[track])?.remove(&track) {
            Some(vector) => vectors.push(vector),
            None => return Err(nothing()?),
        }
    }
    let song = Song {
        content: record.content,
        file: SongFile::of(path, file),
        seconds: record.seconds,
        distance: 0.0,
    };
    Ok(OutsideFile { song, vectors })
}
