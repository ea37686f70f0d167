//! One pass over the library: survey and plan ([`prepare`]), perform ([`pipeline`]), settle what has vanished
//! ([`settle`]).

mod albums;
pub(crate) mod claims;
mod doubt;
pub(crate) mod known;
pub(crate) mod limits;
pub(crate) mod pipeline;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod prepare;
pub(crate) mod protocol;
pub(crate) mod recorder;
pub(crate) mod renames;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod retry;
pub(crate) mod settle;
pub(crate) mod survey;
#[cfg(test)]
mod tests;
pub(crate) mod worker;

use std::collections::HashSet;
use std::mem::take;
use std::sync::atomic::{AtomicBool, Ordering};

use self::plan::{Unavailable, WantedSpace};
use self::prepare::{Prepared, prepare};
use self::report::{ScanReport, ScanSummary};
use self::request::{ScanError, ScanRequest};
use self::{claims::ClaimRegistry, doubt::leave_doubtful, pool::WorkerPool};
use self::{renames::record_renames, settle::settle};
use super::damage::described;
use super::progress::{Event, Progress};
use super::reduction;
use crate::playlist::format::location;
use crate::store::Library;

/// One pass, prepared by [`prepare`]: all methods in one decode, or, where there is much to do, models last.
pub(crate) fn pass(
    request: &ScanRequest,
    prepared: Prepared,
    library: &Library,
    workers: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    let perform = |prepared| perform(prepared, library, workers, progress, stop);
    // A second try of files that have failed is one pass: a failure of two spaces is one. So is decoding again, as a track is
    // up to date after the first of two.
    let mut summary = if !prepared.is_long() || request.retry_failed || request.redecode {
        perform(prepared)?
    } else {
        let built_in = prepare(&without_models(request), Some(&library.view()?))?;
        // Models may have refused files that the built-in methods take.
        let refused_by_models = prepared.plan.failed_known.saturating_sub(built_in.plan.failed_known) as u64;
        let mut first = perform(built_in)?;
        first.report.failed_known += refused_by_models;
        if first.report.interrupted {
            return Ok(first);
        }
        // What was to be opened in any case has been.
        let rest = ScanRequest { reread: false, verify: HashSet::new(), ..request.clone() };
        let mut second = prepare(&rest, Some(&library.view()?))?;
        // The first has reported them.
        second.survey.errors.clear();
        second.survey.closed.clear();
        first.and(perform(second)?)
    };
    if summary.new_albums > 0 && !summary.report.interrupted {
        // The songs of albums in one file that were opened just now.
        let rest = ScanRequest { reread: false, verify: HashSet::new(), ..request.clone() };
        let mut songs = prepare(&rest, Some(&library.view()?))?;
        songs.survey.errors.clear();
        songs.survey.closed.clear();
        summary = summary.and(perform(songs)?);
    }
    summary.report.broken.extend(request.unusable.clone());
    Ok(summary)
}

/// The same pass for the built-in methods alone.
pub(crate) fn without_models(request: &ScanRequest) -> ScanRequest {
    let methods = request.methods.iter().filter(|method| !method.is_model()).cloned().collect();
    ScanRequest { methods, ..request.clone() }
}

/// Performs a prepared pass.
pub(crate) fn perform(
    mut prepared: Prepared,
    library: &Library,
    workers: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    if let Some(text) = described(prepared.damaged) {
        progress.event(Event::Warning(text));
    }
    for error in &prepared.survey.errors {
        let place = error.path.display();
        progress.event(Event::Warning(format!("{place} cannot be read: {}", error.reason)));
    }
    // A folder in which something has happened may be closed: nobody has asked for it.
    for folder in prepared.survey.closed.iter().filter(|_| !prepared.is_narrow) {
        let place = folder.path.display();
        progress.event(Event::Warning(format!("nothing is read in {place}: {}", folder.reason)));
    }
    let identify = |tasks| pipeline::identify(tasks, library, workers, stop);
    leave_doubtful(&mut prepared, library, &identify)?;
    record_renames(&prepared.plan, &prepared.survey, library)?;
    let (tasks, failed) = (take(&mut prepared.plan.tasks), take(&mut prepared.failed));
    let claims = ClaimRegistry::new(library, &prepared.wanted, &tasks, failed);
    let done = pipeline::perform(tasks, library, &claims, &prepared.methods, workers, progress, stop)?;
    let ScanSummary { report, failed, new_albums, .. } = done;
    let interrupted = stop.load(Ordering::Relaxed) || report.interrupted;
    let missing = settle(&mut prepared, report.opened > 0, interrupted, library)?;
    if !prepared.is_narrow && !interrupted {
        // The reduced vectors of wide spaces.
        for WantedSpace { space, covered } in &mut prepared.wanted {
            if report.stored.contains_key(&space.name) {
                *covered = library.view()?.covered(space)?;
            }
            reduction::update(library, space, covered)?;
        }
    }
    for Unavailable { path, reason } in &prepared.survey.unavailable {
        progress.event(Event::Warning(format!(
            "{} is treated as unavailable; nothing below it changes: {reason}; if it is gone for good, use --accept-missing",
            path.display()
        )));
    }
    let broken = workers.inference.as_ref().map(|inference| inference.broken()).unwrap_or_default();
    let Prepared { begin, plan, roots, survey, .. } = prepared;
    let report = ScanReport {
        roots: roots.scope.iter().map(|path| location(path)).collect(),
        found: plan.found as u64,
        unchanged: plan.unchanged as u64,
        renamed: plan.renamed.len() as u64,
        failed: failed.len() as u64,
        failed_known: report.failed_known + plan.failed_known as u64,
        missing,
        links: survey.links,
        broken,
        seconds: begin.elapsed().as_secs_f64(),
        interrupted,
        ..report
    };
    let unread = survey.errors.into_iter().map(|error| error.path).collect();
    Ok(ScanSummary { report, failed, new_albums, unavailable: survey.unavailable, unread })
}
