//! Performs a plan: hands its tasks to the worker pool, and commits what comes back in batches.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded, unbounded};

use super::pool::{self, FileContent, PoolReport, WorkerPool};
use super::{claims::ClaimRegistry, plan::Task, recorder::Recorder, report::ScanSummary, request::ScanError};
use crate::app::progress::{Event, Progress};
use crate::{extract::Method, machine::start_error, store::Library, track::ContentId};

/// A commit is due after so many changes, or so much time.
const COMMIT_SIZE: usize = 256;
const COMMIT_INTERVAL: Duration = Duration::from_secs(1);
/// How often a pass looks whether it has been asked to stop.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Performs `tasks`, which `methods` fill; it is interrupted if that was not all of them. When `stop` is raised, what is
/// finished is committed and the rest is left.
/// Errors: the store cannot be written or no worker starts. What was committed stays.
pub(crate) fn perform(
    tasks: Vec<Task>,
    library: &Library,
    claims: &ClaimRegistry<'_>,
    methods: &[Method],
    workers: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    let mut recorder = Recorder::new(library, methods, workers.decoding.name())?;
    if tasks.is_empty() {
        return Ok(recorder.summary);
    }
    progress.event(Event::Begin { files: tasks.len() as u64 });
    let jobs = workers.jobs.clamp(1, tasks.len());
    let abandon_windows =
        |abandoned: bool| workers.inference.iter().for_each(|inference| inference.abandon(abandoned));
    abandon_windows(false);
    let (give, take) = bounded::<Task>(jobs);
    let (report, reports) = bounded(2 * jobs);
    // Raised when the rest of the tasks is not wanted, and when there is a rest.
    let (abandon, left) = (AtomicBool::new(false), AtomicBool::new(false));
    let result = std::thread::scope(|scope| {
        let (abandon, left) = (&abandon, &left);
        let hand_out = move || {
            for task in tasks {
                if abandon.load(Ordering::Relaxed) || give.send(task).is_err() {
                    left.store(true, Ordering::Relaxed);
                    return;
                }
            }
        };
        Builder::new().spawn_scoped(scope, hand_out).map_err(no_thread)?;
        start(scope, jobs, move || pool::run(&take, &report, claims, methods, workers, stop))?;
        let poll = || {
            if stop.load(Ordering::Relaxed) {
                abandon_windows(true);
            }
            if progress.enough() {
                abandon.store(true, Ordering::Relaxed);
            }
        };
        let result = collect(&reports, &mut recorder, progress, &poll);
        abandon_windows(result.is_err());
        abandon.store(true, Ordering::Relaxed);
        drop(reports);
        result
    });
    progress.event(Event::End);
    result?;
    recorder.commit()?;
    recorder.summary.report.interrupted = left.into_inner();
    Ok(recorder.summary)
}

fn no_thread(error: std::io::Error) -> ScanError {
    ScanError::NoThread(start_error(error))
}

/// Starts threads that `work`: as many as are wanted, or as the machine allows.
/// Errors: not even one.
fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    wanted: usize,
    work: impl FnOnce() + Clone + Send + 'scope,
) -> Result<(), ScanError> {
    for number in 0..wanted {
        match Builder::new().spawn_scoped(scope, work.clone()) {
            Ok(_) => {}
            Err(error) if number == 0 => return Err(no_thread(error)),
            // Those that there are do the work.
            Err(_) => break,
        }
    }
    Ok(())
}

/// The contents of the files of `tasks`, as far as they can be identified. Nothing is decoded or recorded.
/// Errors: no worker starts.
pub(super) fn identify(
    tasks: Vec<Task>,
    library: &Library,
    workers: &WorkerPool,
    stop: &AtomicBool,
) -> Result<Vec<ContentId>, ScanError> {
    let claims = &ClaimRegistry::new(library, &[], &[], HashMap::new());
    let (give, take) = unbounded();
    let (report, reports) = unbounded();
    tasks.into_iter().for_each(|task| drop(give.send(task)));
    drop(give);
    std::thread::scope(|scope| {
        start(scope, workers.jobs, move || pool::run(&take, &report, claims, &[], workers, stop))
    })?;
    let mut contents = Vec::new();
    for report in reports {
        match report {
            PoolReport::Error(error) => return Err(error),
            PoolReport::Finished(finished) => match finished.content {
                FileContent::Identified(identity, _) | FileContent::Album(identity) => {
                    contents.push(identity.content)
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(contents)
}

/// Records what the pool and the models report until all of them are done; `poll` is called several times a second.
fn collect(
    reports: &Receiver<PoolReport>,
    recorder: &mut Recorder<'_>,
    progress: &dyn Progress,
    poll: &dyn Fn(),
) -> Result<(), ScanError> {
    let mut last = Instant::now();
    loop {
        match reports.recv_timeout(STOP_POLL_INTERVAL) {
            Ok(PoolReport::Opening(path)) => progress.event(Event::Opening { path: &path }),
            Ok(PoolReport::Finished(finished)) => recorder.take(*finished, progress)?,
            Ok(PoolReport::Predictions(predictions)) => recorder.take_predictions(predictions, progress),
            Ok(PoolReport::Error(error)) => return Err(error),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        poll();
        if recorder.changes.len() >= COMMIT_SIZE || last.elapsed() >= COMMIT_INTERVAL {
            last = Instant::now();
            recorder.commit()?;
        }
    }
}
