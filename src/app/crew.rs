//! The crew: threads that each keep one worker process busy with the tasks of a plan.

use std::{
    collections::{HashMap, HashSet},
    os::unix::ffi::OsStrExt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};

use super::{
    job::{Analysis, Reply, Request, failure_of},
    plan::{Task, WantedSpace, Why},
};
use crate::{
    audio::{
        Identity,
        worker::{Death, Worker, WorkerCommand},
    },
    file::{FailureRecord, FileStamp},
    library::{Found, stamp},
    space::SpaceId,
    store::{Library, StoreError},
    track::{ContentId, Failure, FailureKind, TrackNumber},
};

/// What a worker may take before it is killed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Without new samples or bytes.
    pub stall: Duration,
}

/// The rest of the total limit: this, and a twentieth of the track's length.
const GRACE: Duration = Duration::from_secs(60);
const SPEED: f64 = 20.0;
/// Seconds of a track that no header can lie beyond: four months.
const LONGEST: f64 = 1e7;
/// Naming reads the whole file; slower than this many bytes a second is a hang.
const SLOWEST_READ: u64 = 1_000_000;

/// Why a file's samples are, or are not, needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// These spaces are to be filled, by whoever holds the claim.
    Fill(Vec<SpaceId>),
    /// Everything is there.
    Covered,
    /// Another file with the same content is being worked on.
    Shared,
    /// The same content failed before, and nothing has changed that could help.
    Failed(Vec<(String, FailureRecord)>),
}

/// What is known of contents during one pass; shared by the crew.
pub struct Ledger<'a> {
    library: &'a Library,
    wanted: &'a [WantedSpace],
    claimed: Mutex<HashSet<ContentId>>,
    /// Tracks that a task of the plan fills in.
    filling: HashSet<TrackNumber>,
    failed: HashMap<ContentId, Vec<(String, FailureRecord)>>,
}

impl<'a> Ledger<'a> {
    pub fn new(
        library: &'a Library,
        wanted: &'a [WantedSpace],
        tasks: &[Task],
        failed: HashMap<ContentId, Vec<(String, FailureRecord)>>,
    ) -> Self {
        let filled = |task: &Task| if let Why::BackFill(track) = task.why { Some(track) } else { None };
        let filling = tasks.iter().filter_map(filled).collect();
        Self { library, wanted, claimed: Mutex::default(), filling, failed }
    }

    fn claim(&self, content: &ContentId) -> Result<Claim, StoreError> {
        // A view for each question: one that is held keeps the store from reusing its pages.
        let number = self.library.view()?.number_of(content)?;
        let failures = self.failed.get(content);
        let refuses = |space: &SpaceId| {
            failures.is_some_and(|all| all.iter().any(|(name, _)| name.is_empty() || *name == space.name))
        };
        let lacking = self.wanted.iter().filter(|wanted| !wanted.has(number)).map(|wanted| &wanted.space);
        let (refused, spaces): (Vec<_>, Vec<_>) = lacking.cloned().partition(refuses);
        if spaces.is_empty() {
            return Ok(match failures {
                Some(failures) if !refused.is_empty() => Claim::Failed(failures.clone()),
                _ if number.is_some() || lock(&self.claimed).insert(*content) => Claim::Covered,
                _ => Claim::Shared,
            });
        }
        let is_filled = number.is_some_and(|number| self.filling.contains(&number));
        let first = !is_filled && lock(&self.claimed).insert(*content);
        Ok(if first { Claim::Fill(spaces) } else { Claim::Shared })
    }

    /// What is on record of a content that cannot be named any better than by its bytes.
    fn failures_of(&self, content: Option<&ContentId>) -> Option<Vec<(String, FailureRecord)>> {
        self.failed.get(content?).cloned()
    }
}

impl WantedSpace {
    fn has(&self, number: Option<TrackNumber>) -> bool {
        number.is_some_and(|number| self.covered.contains(&number))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A task with all that came of it.
pub struct Finished {
    pub task: Task,
    pub named: Named,
    /// None where no samples were needed.
    pub analysis: Option<Result<Analysis, Failure>>,
}

/// What a file's content turned out to be.
pub enum Named {
    /// As was known: only samples were needed.
    Already(TrackNumber),
    Identity(Identity, Claim),
    /// Not to be demuxed, and whether that was known of this content before.
    Nameless(Option<ContentId>, Failure, Option<Vec<(String, FailureRecord)>>),
}

/// What ends the whole pass.
pub enum Trouble {
    Store(StoreError),
    NoWorkers(std::io::Error),
}

/// One member of the crew: takes tasks until there are none, keeping a worker alive between them.
pub fn labour(
    tasks: &Receiver<Task>,
    finished: &Sender<Result<Finished, Trouble>>,
    ledger: &Ledger<'_>,
    command: &WorkerCommand,
    limits: Limits,
    stop: &AtomicBool,
) {
    let mut hand = Hand { worker: None, command, limits, stop };
    for task in tasks {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let result = match hand.perform(task, ledger) {
            Ok(None) => return,
            Ok(Some(done)) => Ok(done),
            Err(trouble) => Err(trouble),
        };
        if finished.send(result).is_err() {
            return;
        }
    }
}

struct Hand<'a> {
    worker: Option<Worker>,
    command: &'a WorkerCommand,
    limits: Limits,
    stop: &'a AtomicBool,
}

impl Hand<'_> {
    /// None when asked to stop. What came of a file that changed meanwhile is worth nothing: it may
    /// have been named before and decoded after.
    fn perform(&mut self, mut task: Task, ledger: &Ledger<'_>) -> Result<Option<Finished>, Trouble> {
        // What is filled in was named in an earlier pass; the rest is named now, as it is now.
        if !matches!(task.why, Why::BackFill(_)) {
            task.file.stamp = stamp_now(&task.file).unwrap_or(task.file.stamp);
        }
        let mut finished = self.work(task, ledger)?;
        if let Some(Finished { task, named, analysis }) = &mut finished
            && stamp_now(&task.file) != Some(task.file.stamp)
            && !is_unreadable(named)
        {
            let reason = "changed while it was read: the next scan reads it again";
            let failure = Failure::of_system(FailureKind::Unreadable, reason);
            (*named, *analysis) = (Named::Nameless(None, failure, None), None);
        }
        Ok(finished)
    }

    fn work(&mut self, task: Task, ledger: &Ledger<'_>) -> Result<Option<Finished>, Trouble> {
        let path = task.file.path.as_os_str().as_bytes().to_vec();
        let (named, spaces, length) = if let Why::BackFill(track) = task.why {
            (Named::Already(track), task.spaces.clone(), 0.0)
        } else {
            let longest = GRACE + Duration::from_secs(task.file.stamp.size / SLOWEST_READ);
            match self.ask(&Request::Identify(path.clone()), |_| longest) {
                Ok(Reply::Identified(identity)) => {
                    let claim = ledger.claim(&identity.content).map_err(Trouble::Store)?;
                    let spaces = if let Claim::Fill(spaces) = &claim { spaces.clone() } else { vec![] };
                    let length = identity.seconds.unwrap_or_default();
                    (Named::Identity(identity, claim), spaces, length)
                }
                Ok(Reply::Unidentified(content, failure)) => {
                    let known = ledger.failures_of(content.as_ref());
                    (Named::Nameless(content, failure, known), vec![], 0.0)
                }
                Err(Death::Stopped) => return Ok(None),
                Err(Death::NoStart(error)) => return Err(Trouble::NoWorkers(error)),
                Err(death) => (Named::Nameless(None, failure_of(death), None), vec![], 0.0),
                Ok(_) => (Named::Nameless(None, out_of_order(), None), vec![], 0.0),
            }
        };
        let analysis = if spaces.is_empty() {
            None
        } else {
            let names = spaces.into_iter().map(|space| space.name).collect();
            let longest =
                |done: f64| GRACE + Duration::from_secs_f64(done.max(length).clamp(0.0, LONGEST) / SPEED);
            Some(match self.ask(&Request::Analyse(path, names), longest) {
                Ok(Reply::Analysed(analysis)) => Ok(analysis),
                Ok(Reply::Failed(failure)) => Err(failure),
                Err(Death::Stopped) => return Ok(None),
                Err(Death::NoStart(error)) => return Err(Trouble::NoWorkers(error)),
                Err(death) => Err(failure_of(death)),
                Ok(_) => Err(out_of_order()),
            })
        };
        Ok(Some(Finished { task, named, analysis }))
    }

    /// Asks the worker and waits for its answer. `longest` tells the limit in all from what is done so
    /// far. A worker that gave no answer is dropped; the next question starts another.
    fn ask(&mut self, request: &Request, longest: impl Fn(f64) -> Duration) -> Result<Reply, Death> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(self.command)?,
        };
        let begin = Instant::now();
        let (mut alive, mut done) = (begin, 0.0);
        worker.send(request)?;
        loop {
            let limit = longest(done);
            let deadline = (alive + self.limits.stall).min(begin + limit);
            match worker.receive(deadline, self.stop) {
                Ok(Reply::Progress(now)) if now > done && now.is_finite() => {
                    done = now;
                    alive = Instant::now();
                }
                Ok(Reply::Progress(_)) => {}
                Ok(reply) => {
                    self.worker = Some(worker);
                    return Ok(reply);
                }
                Err(Death::TimedOut(_)) => {
                    return Err(Death::TimedOut(if deadline < begin + limit {
                        format!("no progress for {} s", self.limits.stall.as_secs())
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
fn stamp_now(file: &Found) -> Option<FileStamp> {
    let metadata = std::fs::metadata(&file.path).ok()?;
    Some(stamp(&metadata, file.stamp.inode.is_none()))
}

fn is_unreadable(named: &Named) -> bool {
    matches!(named, Named::Nameless(_, failure, _) if failure.kind == FailureKind::Unreadable)
}

fn out_of_order() -> Failure {
    failure_of(Death::Crashed("its answer makes no sense".to_owned()))
}
