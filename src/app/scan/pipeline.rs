//! Performs a plan: hands its tasks to the crew, and commits what comes back in batches.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::{
    claims::ClaimRegistry,
    plan::Task,
    pool::{self, PoolError, PoolReport, WorkerPool},
    recorder::Recorder,
    tally::Tally,
};
use crate::{
    app::progress::{Event, Progress},
    extract::Method,
    store::{Library, StoreError},
};

/// A commit is due after so many changes, or so much time.
const BATCH: usize = 256;
const INTERVAL: Duration = Duration::from_secs(1);
/// How often a pass looks whether it has been asked to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// What ends a pass before its end.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("worker processes do not start")]
    NoWorkers(#[source] std::io::Error),
}

impl From<PoolError> for IndexError {
    fn from(trouble: PoolError) -> Self {
        match trouble {
            PoolError::Store(error) => Self::Store(error),
            PoolError::NoWorkers(error) => Self::NoWorkers(error),
        }
    }
}

/// Performs `tasks`, which `methods` fill, and says whether that was all of them. When `stop` is raised, what is
/// finished is committed and the rest is left.
///
/// # Errors
/// The store cannot be written or no worker starts. What was committed stays.
pub fn perform(
    tasks: Vec<Task>,
    library: &Library,
    ledger: &ClaimRegistry<'_>,
    methods: &[Method],
    workforce: &WorkerPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Tally, bool), IndexError> {
    let mut recorder = Recorder::new(library, methods)?;
    if tasks.is_empty() {
        return Ok((recorder.tally, true));
    }
    progress.event(Event::Begin { files: tasks.len() as u64 });
    let jobs = workforce.jobs.clamp(1, tasks.len());
    let waits = |wanted: bool| workforce.inference.iter().for_each(|inference| inference.abandon(!wanted));
    waits(true);
    let (give, take) = bounded::<Task>(jobs);
    let (report, reports) = bounded(2 * jobs);
    // Raised when nobody wants the rest, and when there is one.
    let (abandon, left) = (AtomicBool::new(false), AtomicBool::new(false));
    let result = std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (take, report) = (take.clone(), report.clone());
            scope.spawn(move || pool::run(&take, &report, ledger, methods, workforce, stop));
        }
        drop((take, report));
        let (abandon, left) = (&abandon, &left);
        scope.spawn(move || {
            for task in tasks {
                if abandon.load(Ordering::Relaxed) || give.send(task).is_err() {
                    left.store(true, Ordering::Relaxed);
                    return;
                }
            }
        });
        let give_up = || {
            if stop.load(Ordering::Relaxed) {
                waits(false);
            }
            if progress.enough() {
                abandon.store(true, Ordering::Relaxed);
            }
        };
        let result = collect(&reports, &mut recorder, progress, &give_up);
        waits(result.is_ok());
        abandon.store(true, Ordering::Relaxed);
        drop(reports);
        result
    });
    progress.event(Event::End);
    result?;
    recorder.commit()?;
    Ok((recorder.tally, !left.load(Ordering::Relaxed)))
}

/// Takes in what the crew and the models report until all of them are done.
fn collect(
    reports: &Receiver<PoolReport>,
    recorder: &mut Recorder<'_>,
    progress: &dyn Progress,
    glance: &dyn Fn(),
) -> Result<(), IndexError> {
    let mut last = Instant::now();
    loop {
        match reports.recv_timeout(GLANCE) {
            Ok(PoolReport::Begun(path)) => progress.event(Event::Begun { path: &path }),
            Ok(PoolReport::Finished(finished)) => recorder.take(*finished, progress)?,
            Ok(PoolReport::Predictions(heard)) => recorder.hear(heard, progress),
            Ok(PoolReport::Error(trouble)) => return Err(trouble.into()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        glance();
        if recorder.changes.len() >= BATCH || last.elapsed() >= INTERVAL {
            last = Instant::now();
            recorder.commit()?;
        }
    }
}
