//! One pass over the library: survey, plan, perform, and settle what has vanished.

pub mod analyse;
pub mod claims;
pub mod known;
pub mod missing;
pub mod pipeline;
pub mod plan;
pub mod pool;
pub mod prepare;
pub mod protocol;
pub mod recorder;
pub mod report;
pub mod request;
pub mod survey;
pub mod tally;
pub mod worker;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use self::{
    claims::ClaimRegistry,
    missing::{doubtful, new_roots, note_roots, rename, settle},
    plan::{Unavailable, WantedSpace},
    pool::WorkerPool,
    prepare::{Prepared, prepare},
    report::ScanSummary,
    request::{ScanError, ScanRequest},
    tally::Tally,
};
use super::{
    progress::{Event, Progress},
    reduction,
};
use crate::store::{Change, Library};

/// One pass, prepared by [`prepare`]: all methods in one decode, or, where there is much to do, models last.
///
/// # Errors
/// As [`prepare`] and [`perform`].
pub fn pass(
    request: &ScanRequest,
    prepared: Prepared,
    library: &Library,
    workforce: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    // A second try of files that have failed is one pass: a failure of two spaces is one.
    if !prepared.is_long() || request.retry_failed {
        let mut summary = perform(prepared, library, workforce, progress, stop)?;
        summary.broken.extend(request.unusable.clone());
        return Ok(summary);
    }
    let by_hand = prepare(&by_hand(request), Some(&library.view()?))?;
    // Before the call more may have failed than the hand-made methods know of.
    let models_know = prepared.plan.failed_known.saturating_sub(by_hand.plan.failed_known) as u64;
    let mut first = perform(by_hand, library, workforce, progress, stop)?;
    first.tally.failed_known += models_know;
    if first.interrupted {
        return Ok(first);
    }
    let mut second = prepare(request, Some(&library.view()?))?;
    // Told by the first.
    second.survey.errors.clear();
    let second = perform(second, library, workforce, progress, stop)?;
    let mut both = first.and(second);
    both.broken.extend(request.unusable.clone());
    Ok(both)
}

/// The same pass for hand-made vectors alone.
pub fn by_hand(request: &ScanRequest) -> ScanRequest {
    let methods = request.methods.iter().filter(|method| !method.is_model()).cloned().collect();
    ScanRequest { methods, ..request.clone() }
}

/// Performs a prepared pass.
///
/// # Errors
/// The store cannot be written or no worker starts.
pub fn perform(
    mut prepared: Prepared,
    library: &Library,
    workforce: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    for error in &prepared.survey.errors {
        let place = error.path.display();
        progress.event(Event::Warning(format!("{place} cannot be read: {}", error.reason)));
    }
    let Prepared { begin, plan, roots, survey, is_narrow, methods, wanted, failed, groups, accept_missing } =
        &mut prepared;
    let view = library.view()?;
    let mut changes = rename(plan, &view)?;
    // Before the first file: whatever happens to this pass, the next one knows its folders.
    changes.extend(new_roots(survey, &view.roots()?));
    drop(view);
    library.commit(&changes)?;

    let tasks = std::mem::take(&mut plan.tasks);
    let ledger = ClaimRegistry::new(library, wanted, &tasks, std::mem::take(failed));
    let (tally, is_all) = pipeline::perform(tasks, library, &ledger, methods, workforce, progress, stop)?;

    let interrupted = stop.load(Ordering::Relaxed) || !is_all;
    let view = library.view()?;
    if *is_narrow && tally.opened > 0 {
        // What has come here may be missing elsewhere.
        let scope = &roots.scope;
        let is_outside = |path: &Path| !scope.iter().any(|scope| path.starts_with(scope));
        view.files(|path, record| {
            if record.missing.is_some() && is_outside(path) {
                plan.missing.push(path.to_owned());
            }
        })?;
    }
    let mut changes = Vec::new();
    let settled = settle(plan, &view, &mut changes)?;
    let mut missing = settled.still;
    // What an interrupted pass did not find may be among what it did not open.
    if !interrupted {
        if !*accept_missing {
            survey.unavailable.extend(doubtful(settled.gone.iter().map(|(path, _)| path.as_path()), groups));
        }
        let is_unavailable =
            |path: &Path| survey.unavailable.iter().any(|unavailable| path.starts_with(&unavailable.path));
        let gone = settled.gone.into_iter().filter(|(path, _)| !is_unavailable(path));
        let rows: Vec<_> = gone.map(|(path, record)| Change::File(path, record)).collect();
        missing += rows.len();
        changes.extend(rows);
    }
    if !*is_narrow {
        note_roots(roots, survey, &view, &mut changes)?;
    }
    drop(view);
    library.commit(&changes)?;
    if !*is_narrow && !interrupted {
        for WantedSpace { space, covered } in wanted.iter_mut() {
            if tally.stored.contains_key(&space.name) {
                *covered = library.view()?.covered(space)?;
            }
            reduction::update(library, space, covered)?;
        }
    }
    for Unavailable { path, reason } in &survey.unavailable {
        progress.event(Event::Warning(format!(
            "{} is treated as unavailable; nothing below it changes: {reason}; if it is gone for good, use --accept-missing",
            path.display()
        )));
    }
    Ok(ScanSummary {
        scope: std::mem::take(&mut roots.scope),
        found: plan.found as u64,
        unchanged: plan.unchanged as u64,
        renamed: plan.renamed.len() as u64,
        missing: missing as u64,
        tally: Tally { failed_known: tally.failed_known + plan.failed_known as u64, ..tally },
        seconds: begin.elapsed().as_secs_f64(),
        interrupted,
        unavailable: std::mem::take(&mut survey.unavailable),
        unread: survey.errors.iter().map(|error| error.path.clone()).collect(),
        broken: workforce.inference.as_ref().map(|inference| inference.broken()).unwrap_or_default(),
    })
}
