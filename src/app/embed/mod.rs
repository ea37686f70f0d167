//! `embed`: a list of files becomes a table of tracks with their vectors, without a store: the unit of work of many machines.
//!
//! [`embed()`] reads as its steps: the list is read, a finished shard is skipped, and batches of files are analysed and written.

mod analysis;
pub(crate) mod error;
pub(crate) mod list;
pub(crate) mod lists;
pub(crate) mod request;
mod shard;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use self::analysis::FileAnalysis;
pub(crate) use self::error::EmbedError;
use self::list::FileList;
pub(crate) use self::lists::write_lists;
pub(crate) use self::lists::{ListsRequest, ListsSummary};
pub(crate) use self::request::{EmbedRequest, EmbedSummary};
use self::shard::{ShardWriter, is_finished};
use super::progress::{Event, Progress};
use super::scan::{pool::WorkerPool, request::ScanRequest};

/// Files that are analysed before their rows are written: their vectors are in memory until then.
const BATCH: usize = 1000;

/// Analyses the files of a list, and writes their table. `scan` says by which rules and methods.
/// Errors: a list or shard that cannot be read or written, or is somebody else's; a model that cannot be run. Then nothing is
/// written. A file that fails is a row with its reason.
pub(crate) fn embed(
    request: &EmbedRequest,
    scan: &ScanRequest,
    pool: &dyn Fn() -> Result<WorkerPool, EmbedError>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<EmbedSummary, EmbedError> {
    let begin = Instant::now();
    let list = FileList::read(&request.files_from, request.root.as_deref())?;
    if let Some((name, reason)) = scan.unusable.first_key_value() {
        return Err(EmbedError::Unusable { name: name.clone(), reason: reason.clone() });
    }
    let spaces = shard::spaces(&scan.methods);
    let mut summary =
        EmbedSummary { to: request.to.clone(), files: list.files.len() as u64, ..EmbedSummary::default() };
    if !request.force && is_finished(&request.to, &list, &spaces) {
        return Ok(EmbedSummary { was_there: true, ..summary });
    }
    let mut shard = ShardWriter::begin(&request.to, &list, spaces, request.force)?;
    let analysis = FileAnalysis { root: list.root.as_deref(), scan, workers: &pool()?, progress, stop };
    progress.event(Event::Begin { files: list.files.len() as u64 });
    for files in list.files.chunks(BATCH) {
        let (library, lost) = analysis.of(files)?;
        if stop.load(Ordering::Relaxed) {
            return Err(EmbedError::Interrupted);
        }
        shard.write(&library.view()?, lost, &mut summary)?;
    }
    progress.event(Event::End);
    summary.bytes = shard.finish()?;
    summary.seconds = begin.elapsed().as_secs_f64();
    Ok(summary)
}
