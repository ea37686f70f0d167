//! The crew: threads that each keep one worker process busy with the tasks of a plan.

use std::{
    collections::HashMap,
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};

use super::{
    claims::{Claim, ClaimRegistry},
    plan::{Task, Why},
    protocol::{Analysis, Reply, Request, RequestedOutput},
};
use crate::{
    app::inference::{Inference, TrackWindows, message::TrackPredictions},
    audio::{
        Identity,
        worker::{Worker, WorkerExit, WorkerProgram},
    },
    extract::Method,
    file::{FailureRecord, FileStamp},
    library::{FoundFile, stamp},
    model::Installed,
    space::SpaceId,
    store::StoreError,
    track::{ContentId, Failure, FailureKind, TrackNumber},
};

/// What a worker may take before it is killed.
#[derive(Clone, Copy, Debug)]
pub struct WorkerLimits {
    /// Without new samples or bytes.
    pub stall: Duration,
}

/// How the work is done.
#[derive(Clone, Debug)]
pub struct WorkerPool {
    pub jobs: usize,
    pub command: WorkerProgram,
    pub limits: WorkerLimits,
    /// Runs models; none where no method is one.
    pub inference: Option<Arc<Inference>>,
}

/// The rest of the total limit: this, and a twentieth of the track's length.
const GRACE: Duration = Duration::from_secs(60);
const SPEED: f64 = 20.0;
/// Whoever waited for a processor for so long is given that time again.
const WORTH_EXCUSING: Duration = Duration::from_secs(1);
/// Seconds of a track that no header can lie beyond: four months.
const LONGEST: f64 = 1e7;
/// Naming reads the whole file; slower than this many bytes a second is a hang.
const SLOWEST_READ: u64 = 1_000_000;

/// A task with all that came of it.
pub struct Finished {
    pub task: Task,
    pub named: Naming,
    /// None where no samples were needed.
    pub analysis: Option<Result<Analysis, Failure>>,
    /// What models hear of it comes later, under this ticket.
    pub ticket: Option<u64>,
}

/// What the crew has to say.
pub enum PoolReport {
    Begun(PathBuf),
    Finished(Box<Finished>),
    /// What models heard in a file that is finished.
    Predictions(TrackPredictions),
    Error(PoolError),
}

/// What a file's content turned out to be.
pub enum Naming {
    /// As was known: only samples were needed.
    Already(TrackNumber),
    Identity(Identity, Claim),
    /// It went away before it could be read: the next walk finds it, wherever it is.
    Gone,
    /// Not to be demuxed, and whether that was known of this content before.
    Unidentified(Option<ContentId>, Failure, Option<Vec<(String, FailureRecord)>>),
}

/// What ends the whole pass.
pub enum PoolError {
    Store(StoreError),
    NoWorkers(std::io::Error),
}

/// One member of the crew: takes tasks until there are none, keeping a worker alive between them.
pub fn run(
    tasks: &Receiver<Task>,
    reports: &Sender<PoolReport>,
    ledger: &ClaimRegistry<'_>,
    methods: &[Method],
    workforce: &WorkerPool,
    stop: &AtomicBool,
) {
    let models = methods.iter().filter_map(|method| match method {
        Method::Model(model) => Some((method.name(), Arc::new((**model).clone()))),
        Method::BuiltIn(_) => None,
    });
    let mut hand = PoolThread { worker: None, methods, models: models.collect(), workforce, stop };
    for task in tasks {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if reports.send(PoolReport::Begun(task.file.path.clone())).is_err() {
            return;
        }
        let (report, track) = match hand.perform(task, ledger) {
            Ok(None) => return,
            Ok(Some((finished, track))) => (PoolReport::Finished(Box::new(finished)), track),
            Err(trouble) => (PoolReport::Error(trouble), None),
        };
        if reports.send(report).is_err() {
            return;
        }
        // Only now: what is heard of a file comes after the file.
        if let Some(track) = track {
            let reports = reports.clone();
            // A collector that has gone home wants nothing any more.
            track.close(move |heard| drop(reports.send(PoolReport::Predictions(heard))), stop);
        }
    }
}

struct PoolThread<'a> {
    worker: Option<Worker>,
    methods: &'a [Method],
    models: HashMap<&'a str, Arc<Installed>>,
    workforce: &'a WorkerPool,
    stop: &'a AtomicBool,
}

/// A task with all that came of it, and the track whose windows are under way.
type Performed<'a> = (Finished, Option<TrackWindows<'a>>);

impl<'a> PoolThread<'a> {
    /// None when asked to stop. What came of a file that changed meanwhile is worth nothing: it may
    /// have been named before and decoded after.
    fn perform(
        &mut self,
        mut task: Task,
        ledger: &ClaimRegistry<'_>,
    ) -> Result<Option<Performed<'a>>, PoolError> {
        // What is filled in was named in an earlier pass; the rest is named now, as it is now.
        if !matches!(task.why, Why::BackFill(_)) {
            task.file.stamp = stamp_now(&task.file).unwrap_or(task.file.stamp);
        }
        let mut performed = self.work(task, ledger)?;
        if let Some((Finished { task, named, analysis, ticket }, track)) = &mut performed
            && is_unreadable(named)
            && stamp_now(&task.file).is_none()
        {
            (*named, *analysis, *ticket, *track) = (Naming::Gone, None, None, None);
        }
        if let Some((Finished { task, named, analysis, ticket }, track)) = &mut performed
            && stamp_now(&task.file) != Some(task.file.stamp)
            && !matches!(named, Naming::Gone)
            && !is_unreadable(named)
        {
            let reason = "changed while it was read: the next scan reads it again";
            let failure = Failure::of_system(FailureKind::Unreadable, reason);
            (*named, *analysis, *ticket) = (Naming::Unidentified(None, failure, None), None, None);
            *track = None;
        }
        Ok(performed)
    }

    fn work(&mut self, task: Task, ledger: &ClaimRegistry<'_>) -> Result<Option<Performed<'a>>, PoolError> {
        let path = task.file.path.as_os_str().as_bytes().to_vec();
        let (named, spaces, length) = if let Why::BackFill(track) = task.why {
            (Naming::Already(track), task.spaces.clone(), 0.0)
        } else {
            let longest = GRACE + Duration::from_secs(task.file.stamp.size / SLOWEST_READ);
            match self.ask(&Request::Identify(path.clone()), |_| longest, &mut None) {
                Ok(Reply::Identified(identity)) => {
                    let claim = ledger.claim(&identity.content).map_err(PoolError::Store)?;
                    let spaces = if let Claim::Fill(spaces) = &claim { spaces.clone() } else { vec![] };
                    let length = identity.seconds.unwrap_or_default();
                    (Naming::Identity(identity, claim), spaces, length)
                }
                Ok(Reply::Unidentified(content, failure)) => {
                    let known = ledger.failures_of(content.as_ref());
                    (Naming::Unidentified(content, failure, known), vec![], 0.0)
                }
                Err(WorkerExit::Stopped) => return Ok(None),
                Err(WorkerExit::NoStart(error)) => return Err(PoolError::NoWorkers(error)),
                Err(death) => (Naming::Unidentified(None, failure_of(death), None), vec![], 0.0),
                Ok(_) => (Naming::Unidentified(None, out_of_order(), None), vec![], 0.0),
            }
        };
        let wishes = self.wishes(&spaces);
        let mut track = None;
        let analysis = if wishes.is_empty() {
            None
        } else {
            let longest =
                |done: f64| GRACE + Duration::from_secs_f64(done.max(length).clamp(0.0, LONGEST) / SPEED);
            let model = |wish: &RequestedOutput| match wish {
                RequestedOutput::Inputs(name, _) => self.models.get(name.as_str()),
                RequestedOutput::Vector(_) => None,
            };
            let models: Vec<_> = wishes.iter().filter_map(model).collect();
            if !models.is_empty() {
                track = self.workforce.inference.as_deref().map(|inference| inference.track(&models));
            }
            Some(match self.ask(&Request::Analyse(path, wishes), longest, &mut track) {
                Ok(Reply::Analysed(analysis)) => Ok(analysis),
                Ok(Reply::Failed(failure)) => Err(failure),
                Err(WorkerExit::Stopped) => return Ok(None),
                Err(WorkerExit::NoStart(error)) => return Err(PoolError::NoWorkers(error)),
                Err(death) => Err(failure_of(death)),
                Ok(_) => Err(out_of_order()),
            })
        };
        // Windows of a file that failed in the end are forgotten with the track.
        let track = track.filter(|_| matches!(analysis, Some(Ok(_))));
        let ticket = track.as_ref().map(|track| track.ticket);
        Ok(Some((Finished { task, named, analysis, ticket }, track)))
    }

    /// What the worker is asked for; models that turned out not to run are left out.
    fn wishes(&self, spaces: &[SpaceId]) -> Vec<RequestedOutput> {
        let broken = self.workforce.inference.as_ref().map(|inference| inference.broken());
        let broken = broken.unwrap_or_default();
        let wanted = self.methods.iter().filter(|method| {
            spaces.iter().any(|space| space.name == method.name()) && !broken.contains_key(method.name())
        });
        wanted.map(RequestedOutput::of).collect()
    }

    /// Asks the worker and waits for its answer. `longest` tells the limit in all from what is done so
    /// far; windows go to `track`. A worker that gave no answer is dropped; the next question starts another.
    fn ask(
        &mut self,
        request: &Request,
        longest: impl Fn(f64) -> Duration,
        track: &mut Option<TrackWindows<'a>>,
    ) -> Result<Reply, WorkerExit> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(&self.workforce.command)?,
        };
        let stall = self.workforce.limits.stall;
        let mut begin = Instant::now();
        let (mut alive, mut done, mut excused) = (begin, 0.0, worker.waited());
        worker.send(request)?;
        loop {
            let limit = longest(done);
            let deadline = (alive + stall).min(begin + limit);
            match worker.receive(deadline, self.stop) {
                Ok(Reply::Progress(now)) if now > done && now.is_finite() => {
                    done = now;
                    alive = Instant::now();
                }
                Ok(Reply::Progress(_)) => {}
                Ok(Reply::Window(name, input)) => {
                    let model = self.models.get(name.as_str());
                    let (Some(track), Some(model)) = (track.as_mut(), model) else {
                        return Err(WorkerExit::Crashed("its answer makes no sense".to_owned()));
                    };
                    let waiting = Instant::now();
                    if !track.window(model, input, self.stop) {
                        return Err(WorkerExit::Stopped);
                    }
                    // The worker is not to blame for a queue that is full.
                    alive = Instant::now();
                    begin += alive - waiting;
                }
                Ok(reply) => {
                    self.worker = Some(worker);
                    return Ok(reply);
                }
                Err(WorkerExit::TimedOut(_)) => {
                    // It comes last where others want the processors.
                    let waited = worker.waited();
                    let excuse = waited.saturating_sub(excused);
                    if excuse > WORTH_EXCUSING {
                        (alive, begin, excused) = (alive + excuse, begin + excuse, waited);
                        continue;
                    }
                    return Err(WorkerExit::TimedOut(if deadline < begin + limit {
                        format!("no progress for {} s", stall.as_secs())
                    } else {
                        format!("not done after {} s", limit.as_secs())
                    }));
                }
                Err(death) => return Err(death),
            }
        }
    }
}

/// The stamp of a file as it is now; none if it is gone.
fn stamp_now(file: &FoundFile) -> Option<FileStamp> {
    let metadata = std::fs::metadata(&file.path).ok()?;
    Some(stamp(&metadata, file.stamp.inode.is_none()))
}

fn is_unreadable(named: &Naming) -> bool {
    matches!(named, Naming::Unidentified(_, failure, _) if failure.kind == FailureKind::Unreadable)
}

fn out_of_order() -> Failure {
    failure_of(WorkerExit::Crashed("its answer makes no sense".to_owned()))
}

/// Turns a worker's death into the file's failure.
fn failure_of(death: WorkerExit) -> Failure {
    let reason = death.to_string();
    match death {
        WorkerExit::Crashed(_) => Failure::of_content(FailureKind::Crashed, reason),
        WorkerExit::TimedOut(_) => Failure::of_content(FailureKind::TimedOut, reason),
        WorkerExit::OutOfMemory(_) => Failure::of_content(FailureKind::OutOfMemory, reason),
        WorkerExit::Killed | WorkerExit::Stopped | WorkerExit::NoStart(_) => {
            Failure::of_system(FailureKind::OutOfMemory, reason)
        }
    }
}
