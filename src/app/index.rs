//! Performs a plan: hands its tasks to the crew, and commits what comes back in batches.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::{
    crew::{Finished, Ledger, Limits, Trouble, labour},
    plan::Task,
    progress::{Event, Progress},
    record::{Recorder, Tally},
};
use crate::{
    audio::worker::WorkerCommand,
    store::{Library, StoreError},
};

/// A commit is due after so many changes, or so much time.
const BATCH: usize = 256;
const INTERVAL: Duration = Duration::from_secs(1);

/// How the work is done.
#[derive(Clone, Debug)]
pub struct Workforce {
    pub jobs: usize,
    pub command: WorkerCommand,
    pub limits: Limits,
}

/// What ends a pass before its end.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("worker processes do not start")]
    NoWorkers(#[source] std::io::Error),
}

impl From<Trouble> for IndexError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Store(error) => Self::Store(error),
            Trouble::NoWorkers(error) => Self::NoWorkers(error),
        }
    }
}

/// Performs `tasks`. When `stop` is raised, what is finished is committed and the rest is left.
///
/// # Errors
/// The store cannot be written or no worker starts. What was committed stays.
pub fn perform(
    tasks: Vec<Task>,
    library: &Library,
    ledger: &Ledger<'_>,
    workforce: &Workforce,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Tally, IndexError> {
    let mut recorder = Recorder::new(library)?;
    if tasks.is_empty() {
        return Ok(recorder.tally);
    }
    progress.event(Event::Begin { files: tasks.len() as u64 });
    let jobs = workforce.jobs.clamp(1, tasks.len());
    let (give, take) = bounded::<Task>(jobs);
    let (report, reports) = bounded(2 * jobs);
    // Raised when nobody wants the rest.
    let abandon = AtomicBool::new(false);
    let result = std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (take, report, workforce) = (take.clone(), report.clone(), &workforce);
            scope.spawn(move || labour(&take, &report, ledger, &workforce.command, workforce.limits, stop));
        }
        drop((take, report));
        let abandon = &abandon;
        scope.spawn(move || {
            for task in tasks {
                if abandon.load(Ordering::Relaxed) || give.send(task).is_err() {
                    return;
                }
            }
        });
        let result = collect(&reports, &mut recorder, progress);
        abandon.store(true, Ordering::Relaxed);
        drop(reports);
        result
    });
    progress.event(Event::End);
    result?;
    recorder.commit()?;
    Ok(recorder.tally)
}

/// Takes in what the crew reports until all of it has gone home.
fn collect(
    reports: &Receiver<Result<Finished, Trouble>>,
    recorder: &mut Recorder<'_>,
    progress: &dyn Progress,
) -> Result<(), IndexError> {
    let mut last = Instant::now();
    loop {
        match reports.recv_timeout(INTERVAL) {
            Ok(finished) => recorder.take(finished?, progress)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if recorder.changes.len() >= BATCH || last.elapsed() >= INTERVAL {
            last = Instant::now();
            recorder.commit()?;
        }
    }
}
