//! The worker pool: threads that each keep one worker process busy with the tasks of a plan.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{collections::HashMap, os::unix::ffi::OsStrExt, path::PathBuf, sync::Arc};

use crossbeam_channel::{Receiver, Sender};

use super::claims::{Claim, ClaimRegistry};
use super::limits::{self, RequestClock};
use super::plan::{Task, Why};
use super::protocol::{Analysis, Reply, Request, RequestedOutput};
use super::{known::Failures, request::ScanError, retry::failure_of};
use crate::app::inference::{Inference, TrackWindows, thread::TrackPredictions};
use crate::audio::worker::{Worker, WorkerExit, WorkerProgram};
use crate::audio::{Decoding, Identity};
use crate::library::{FoundFile, stamp};
use crate::track::{ContentId, Extent, Failure, FailureKind, TrackNumber};
use crate::{extract::Method, file::FileStamp, model::Installed, space::SpaceId};

/// How the work is done.
#[derive(Clone, Debug)]
pub(crate) struct WorkerPool {
    pub jobs: usize,
    pub command: WorkerProgram,
    pub decoding: Decoding,
    /// Albums in one file are divided into songs.
    pub cue: bool,
    /// A worker is killed after so long without new samples or bytes.
    pub stall: Duration,
    /// Runs models; none where no method is one.
    pub inference: Option<Arc<Inference>>,
}

/// A task with all that came of it.
pub(crate) struct Finished {
    pub task: Task,
    pub content: FileContent,
    /// None where no samples were needed.
    pub analysis: Option<Result<Analysis, Failure>>,
    /// Models' predictions come later, under this id.
    pub predictions: Option<u64>,
}

/// What the threads report.
pub(crate) enum PoolReport {
    Opening(PathBuf),
    Finished(Box<Finished>),
    /// What models predict for a file that is finished.
    Predictions(TrackPredictions),
    /// The pass cannot go on.
    Error(ScanError),
}

/// What a file turned out to hold.
pub(crate) enum FileContent {
    /// As was known: only samples were needed.
    Known(TrackNumber),
    Identified(Identity, Claim),
    /// It is an album in one file: its songs are files of their own.
    Album(Identity),
    /// It went away before it could be read: the next walk finds it, wherever it is.
    Gone,
    /// It cannot be demuxed; with what is on record of the same content.
    Unidentified(Option<ContentId>, Failure, Option<Failures>),
}

/// One thread of the pool: takes tasks until there are none, keeping a worker alive between them.
pub(crate) fn run(
    tasks: &Receiver<Task>,
    reports: &Sender<PoolReport>,
    claims: &ClaimRegistry<'_>,
    methods: &[Method],
    workers: &WorkerPool,
    stop: &AtomicBool,
) {
    let models = methods.iter().filter_map(|method| match method {
        Method::Model(model) => Some((method.name(), Arc::new((**model).clone()))),
        Method::BuiltIn(_) => None,
    });
    let mut thread = PoolThread { worker: None, methods, models: models.collect(), workers, claims, stop };
    for task in tasks {
        if stop.load(Ordering::Relaxed) || reports.send(PoolReport::Opening(task.file.path.clone())).is_err()
        {
            return;
        }
        let (finished, windows) = match thread.perform(task) {
            Ok(performed) => performed,
            Err(Halt::Stopped) => return,
            Err(Halt::Error(error)) => {
                // Where nobody receives it, the pass has ended with another error.
                drop(reports.send(PoolReport::Error(error)));
                return;
            }
        };
        if reports.send(PoolReport::Finished(Box::new(finished))).is_err() {
            return;
        }
        // Only now: a file's predictions come after the file.
        if let Some(windows) = windows {
            let reports = reports.clone();
            windows.close(move |predictions| drop(reports.send(PoolReport::Predictions(predictions))), stop);
        }
    }
}

struct PoolThread<'a> {
    worker: Option<Worker>,
    methods: &'a [Method],
    models: HashMap<&'a str, Arc<Installed>>,
    workers: &'a WorkerPool,
    claims: &'a ClaimRegistry<'a>,
    stop: &'a AtomicBool,
}

/// A task with all that came of it, and the windows that models are still busy with.
type Performed<'a> = (Finished, Option<TrackWindows<'a>>);

/// Why a thread takes no further task.
enum Halt {
    Stopped,
    Error(ScanError),
}

impl<'a> PoolThread<'a> {
    /// What came of a file that changed meanwhile is worth nothing: it may have been identified before the change and
    /// decoded after it.
    fn perform(&mut self, mut task: Task) -> Result<Performed<'a>, Halt> {
        // What lacks something was identified in an earlier pass; all others are identified now, as they are now.
        if !matches!(task.why, Why::BackFill(_) | Why::Measure(_) | Why::Redecode(_)) {
            task.file.stamp = stamp_now(&task.file).unwrap_or(task.file.stamp);
        }
        let (finished, windows) = self.work(task)?;
        let file = &finished.task.file;
        let content = match (is_unreadable(&finished.content), stamp_now(file)) {
            (true, None) => FileContent::Gone,
            (false, now) if now != Some(file.stamp) => {
                let reason = "changed while it was read: the next scan reads it again";
                let failure = Failure::of_system(FailureKind::Unreadable, reason);
                FileContent::Unidentified(None, failure, None)
            }
            _ => return Ok((finished, windows)),
        };
        Ok((Finished { content, analysis: None, predictions: None, ..finished }, None))
    }

    fn work(&mut self, task: Task) -> Result<Performed<'a>, Halt> {
        let (content, spaces, seconds) = self.identify(&task)?;
        let outputs = self.outputs(&spaces);
        let (mut analysis, mut windows) = (None, None);
        let is_measured = matches!(task.why, Why::Measure(_))
            || matches!(content, FileContent::Identified(_, Claim::Unmeasured));
        if !outputs.is_empty() || is_measured {
            analysis = Some(self.analyse(&task, outputs, seconds, &mut windows)?);
        }
        // The windows of a file that failed in the end are dropped.
        let windows = windows.filter(|_| matches!(analysis, Some(Ok(_))));
        let predictions = windows.as_ref().map(|windows| windows.id);
        Ok((Finished { task, content, analysis, predictions }, windows))
    }

    /// What the file holds, which spaces lack it, and its declared length in seconds (0 where it is not known).
    fn identify(&mut self, task: &Task) -> Result<(FileContent, Vec<SpaceId>, f64), Halt> {
        if let Why::BackFill(track) | Why::Measure(track) | Why::Redecode(track) = task.why {
            return Ok((FileContent::Known(track), task.spaces.clone(), 0.0));
        }
        let limit = limits::identifying(task.file.stamp.size);
        let (content, failure) =
            match self.ask(&Request::Identify(path_of(task), part_of(task)), |_| limit, &mut None) {
                Ok(Reply::Identified(identity)) if self.workers.cue && !identity.sections.is_empty() => {
                    return Ok((FileContent::Album(identity), vec![], 0.0));
                }
                Ok(Reply::Identified(identity)) => {
                    let claim = self.claims.claim(&identity.content, identity.seconds);
                    let claim = claim.map_err(|error| Halt::Error(error.into()))?;
                    let spaces = if let Claim::Fill(spaces) = &claim { spaces.clone() } else { vec![] };
                    let seconds = identity.seconds.unwrap_or_default();
                    return Ok((FileContent::Identified(identity, claim), spaces, seconds));
                }
                Ok(Reply::Unidentified(content, failure)) => (content, failure),
                Ok(_) => (None, failure_of(&nonsense())),
                Err(exit) => (None, failure_or_halt(exit)?),
            };
        let known = self.claims.failures_of(content.as_ref());
        Ok((FileContent::Unidentified(content, failure, known), vec![], 0.0))
    }

    /// Decodes a file of `seconds` (0 where that is not known) for `outputs`, and opens the `windows` of models among them.
    fn analyse(
        &mut self,
        task: &Task,
        outputs: Vec<RequestedOutput>,
        seconds: f64,
        windows: &mut Option<TrackWindows<'a>>,
    ) -> Result<Result<Analysis, Failure>, Halt> {
        let models = outputs.iter().filter_map(|output| match output {
            RequestedOutput::Inputs(name, _) => self.models.get(name.as_str()),
            RequestedOutput::Vector(_) => None,
        });
        let models: Vec<_> = models.collect();
        let inference = self.workers.inference.as_deref().filter(|_| !models.is_empty());
        *windows = inference.map(|inference| inference.track(&models));
        // A header may declare less than there is.
        let limit = |done: f64| limits::decoding(done.max(seconds));
        Ok(match self.ask(&Request::Analyse(path_of(task), part_of(task), outputs), limit, windows) {
            Ok(Reply::Analysed(analysis)) => Ok(analysis),
            Ok(Reply::Failed(failure)) => Err(failure),
            Ok(_) => Err(failure_of(&nonsense())),
            Err(exit) => Err(failure_or_halt(exit)?),
        })
    }

    /// What the worker is asked for; models that turned out not to run are left out.
    fn outputs(&self, spaces: &[SpaceId]) -> Vec<RequestedOutput> {
        let broken = self.workers.inference.as_ref().map(|inference| inference.broken());
        let broken = broken.unwrap_or_default();
        let wanted = self.methods.iter().filter(|method| {
            spaces.iter().any(|space| space.name == method.name()) && !broken.contains_key(method.name())
        });
        wanted.map(RequestedOutput::of).collect()
    }

    /// Asks the worker and waits for its answer. `limit` gives the time in all from what is done so far; windows
    /// go to `windows`. A worker that gave no answer is dropped; the next request starts another.
    fn ask(
        &mut self,
        request: &Request,
        limit: impl Fn(f64) -> Duration,
        windows: &mut Option<TrackWindows<'a>>,
    ) -> Result<Reply, WorkerExit> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(&self.workers.command)?,
        };
        let mut clock = RequestClock::start(self.workers.stall, worker.waited());
        let mut done = 0.0;
        worker.send(request, clock.deadline(limit(done)), self.stop)?;
        loop {
            let limit = limit(done);
            match worker.receive(clock.deadline(limit), self.stop) {
                Ok(Reply::Progress(now)) if now > done && now.is_finite() => {
                    done = now;
                    clock.progress();
                }
                Ok(Reply::Progress(_)) => {}
                Ok(Reply::Window(name, input)) => {
                    let begin = Instant::now();
                    let (Some(windows), Some(model)) = (windows.as_mut(), self.models.get(&*name)) else {
                        return Err(nonsense());
                    };
                    if !windows.push(model, input, self.stop) {
                        return Err(WorkerExit::Stopped);
                    }
                    // The worker is not to blame for a queue that is full.
                    clock.leave_out(begin);
                }
                Ok(reply) => {
                    self.worker = Some(worker);
                    return Ok(reply);
                }
                Err(WorkerExit::TimedOut(_)) if clock.excuse(worker.waited()) => {}
                Err(WorkerExit::TimedOut(_)) => {
                    let timed_out = || WorkerExit::TimedOut(clock.reason(limit));
                    return Err(worker.held_up().map_or_else(timed_out, WorkerExit::HeldUp));
                }
                Err(exit) => return Err(exit),
            }
        }
    }
}

fn path_of(task: &Task) -> Vec<u8> {
    task.file.audio().as_os_str().as_bytes().to_vec()
}

fn part_of(task: &Task) -> Option<Extent> {
    task.file.section.as_ref().map(|section| section.extent)
}

/// The stamp of a file as it is now; none if it is gone.
fn stamp_now(file: &FoundFile) -> Option<FileStamp> {
    let metadata = std::fs::metadata(file.audio()).ok()?;
    Some(stamp(&metadata, file.stamp.inode.is_none()))
}

fn is_unreadable(content: &FileContent) -> bool {
    matches!(content, FileContent::Unidentified(_, failure, _) if failure.kind == FailureKind::Unreadable)
}

/// A worker's exit is the file's failure, unless it ends the thread.
fn failure_or_halt(exit: WorkerExit) -> Result<Failure, Halt> {
    match exit {
        WorkerExit::Stopped => Err(Halt::Stopped),
        WorkerExit::NoStart(error) => Err(Halt::Error(ScanError::NoWorkers(error))),
        exit => Ok(failure_of(&exit)),
    }
}

fn nonsense() -> WorkerExit {
    WorkerExit::Crashed("its answer makes no sense".to_owned())
}
