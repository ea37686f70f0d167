//! What the daemon does when it does something.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    Daemon, ScanTools,
    debounce::is_young,
    may_work,
    report::PassListener,
    requests::{self, HandedScan},
    state::{Activity, ScanAnswer},
};
use crate::{
    app::{
        progress::Event,
        scan::{
            self, perform,
            pool::WorkerPool,
            prepare::prepare,
            report::{ScanReport, ScanSummary},
            request::{ScanError, ScanRequest},
        },
    },
    fs::filesystem::is_rotating,
    library::{WatchMode, stamp},
    store::{Change, Library, StoreError},
    text::chain,
    time::Moment,
};

/// One thing to do.
pub enum Job {
    /// What a `scan` has handed over, or why that makes no sense.
    Asked(String, Result<HandedScan, String>),
    /// Only these files and folders.
    Marked(Vec<PathBuf>),
    /// Files that have failed, once more.
    Retry(Vec<PathBuf>),
    Everything,
    /// Everything, and the contents of some files that look unchanged.
    Audit,
}

/// More places than this are not looked at one by one: a walk through everything is the shorter way.
pub const MUCH: usize = 64;

/// After something went wrong that is no file's fault.
const HOLD: Duration = Duration::from_secs(30);

/// A pass goes on for so many times what its looking took before it is cut short for something new: in a storm a fifth
/// of the time is looking, and a file that settles meanwhile waits a few seconds.
const WORTH: u32 = 4;

/// Between two walks.
const WALK: Duration = Duration::from_secs(15 * 60);
const WALK_ROTATING: Duration = Duration::from_secs(60 * 60);

impl Daemon<'_> {
    pub(super) fn perform(&mut self, errand: Job) {
        self.tell_attention(Activity::Indexing);
        let result = match errand {
            Job::Asked(id, scan) => return self.answer(id, scan),
            Job::Marked(paths) => self.some(paths, &[]),
            Job::Retry(paths) => self.some(paths.clone(), &paths),
            Job::Everything => self.everything(None),
            Job::Audit => self.everything(Some(self.settings.audit)),
        };
        match result {
            Ok(summary) => self.count(&(&summary).into()),
            Err(error) => self.trouble(&error),
        }
    }

    /// Looks at a few places; `again` are among them, and have failed.
    fn some(&mut self, marked: Vec<PathBuf>, again: &[PathBuf]) -> Result<ScanSummary, ScanError> {
        let crew = self.crew()?;
        let request = ScanRequest { marked, retry_failed: !again.is_empty(), ..self.request(&crew) };
        let summary = self.pass(&request, &crew.workforce, again)?;
        // Whether a whole folder is unavailable, or a pass was cut short: a walk through everything finds out.
        if !summary.unavailable.is_empty() || summary.interrupted {
            self.walk_due = None;
        } else if !self.unread.is_superset(&summary.unread.iter().cloned().collect()) {
            self.look_again();
        }
        Ok(summary)
    }

    fn everything(&mut self, audit: Option<f64>) -> Result<ScanSummary, ScanError> {
        if self.is_degraded() {
            self.watch_anew();
        }
        let crew = self.crew()?;
        if let Some(inference) = &crew.workforce.inference {
            // What could not be run may have been mended meanwhile.
            inference.forgive();
        }
        let mut request = self.request(&crew);
        if let Some(percent) = audit {
            request.verify =
                super::audit::choose(&opened(&mut self.library, self.store)?.view()?, &self.scope, percent)?;
        }
        let summary = self.pass(&request, &crew.workforce, &[])?;
        self.walk_due = (!summary.interrupted).then(|| Instant::now() + self.between_walks());
        self.total.walked(&(&summary).into());
        if !summary.interrupted {
            let is_sound = self.told.walked();
            // Somebody may wait for the first one.
            let is_first = self.told.state.borrow().last_walk.is_none();
            self.told.tell(is_first, |state| {
                state.last_walk = Some(Moment::now());
                state.last_error.take_if(|_| is_sound);
            });
            if audit.is_some() {
                opened(&mut self.library, self.store)?.commit(&[Change::Audited(Moment::now())])?;
            }
        }
        let unread = summary.unread.iter().cloned().collect();
        if !std::mem::replace(&mut self.unread, unread).is_superset(&self.unread) {
            self.look_again();
        }
        self.outlook.note(&summary.unavailable);
        self.settling.forget(Instant::now());
        Ok(summary)
    }

    /// One pass over what has settled: hand-made vectors first where there is much to do.
    fn pass(
        &mut self,
        request: &ScanRequest,
        workforce: &WorkerPool,
        again: &[PathBuf],
    ) -> Result<ScanSummary, ScanError> {
        let library = opened(&mut self.library, self.store)?;
        let (watch, settling) = (&self.watch, &mut self.settling);
        let (look, begin) = (Cell::new(None), Instant::now());
        let mut sifted = |request: &ScanRequest| {
            let mut prepared = prepare(request, Some(&library.view()?))?;
            let was_closed = |path: &Path| watch.marks().was_closed(path);
            settling.sift(&mut prepared.plan.tasks, was_closed, Instant::now());
            look.set(settling.next_look());
            Ok::<_, ScanError>(prepared)
        };
        let (store, surroundings, hours) = (self.store, self.surroundings, &self.settings.hours);
        // Looking costs a part of the time only, however often something happens.
        let (looked, since) = (Cell::new(Duration::ZERO), Cell::new(begin));
        let urgent = || {
            let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= Instant::now());
            // What settles during a long pass belongs into its plan: the newest files come first.
            let is_new = is_due(watch.marks().next()) || is_due(look.get());
            let is_new = is_new && since.get().elapsed() >= looked.get() * WORTH;
            requests::is_any(store) || is_new || !may_work(surroundings, hours)
        };
        let listener = PassListener::new(&self.told, surroundings, &urgent);
        let mut prepared = sifted(request)?;
        looked.set(begin.elapsed());
        since.set(Instant::now());
        let is_long = prepared.is_long();
        if is_long {
            prepared = sifted(&scan::by_hand(request))?;
        }
        let mut summary = perform(prepared, library, workforce, &listener, self.stop)?;
        if is_long && !summary.interrupted {
            let rest = sifted(request)?;
            summary = summary.and(perform(rest, library, workforce, &listener, self.stop)?);
        }
        // What was not tried again is due still.
        let again = if summary.interrupted { &[] } else { again };
        let is_young = |path: &Path| path.metadata().is_ok_and(|found| is_young(&stamp(&found, false)));
        self.settling.failed(summary.tally.failed.iter(), again, is_young, Instant::now());
        Ok(summary)
    }

    /// Performs what a `scan` asks for, as it would have done it, and answers.
    fn answer(&mut self, id: String, scan: Result<HandedScan, String>) {
        let result = scan.and_then(|scan| self.asked(scan));
        if let Ok(report) = &result {
            self.count(report);
        }
        self.told.tell(true, |state| state.answer(ScanAnswer { id, result }));
        self.widen();
    }

    fn asked(&mut self, asked: HandedScan) -> Result<ScanReport, String> {
        let crew = self.surroundings.crew(&asked.method)?;
        let request = ScanRequest {
            paths: asked.paths.into_iter().map(PathBuf::from).collect(),
            retry_failed: asked.retry_failed,
            accept_missing: asked.accept_missing,
            ..self.request(&crew)
        };
        let surroundings = self.surroundings;
        let is_paused = || surroundings.is_paused();
        let listener = PassListener::new(&self.told, surroundings, &is_paused);
        let opened = opened(&mut self.library, self.store).map_err(ScanError::from);
        let result = opened.and_then(|library| {
            let prepared = prepare(&request, Some(&library.view()?))?;
            scan::pass(&request, prepared, library, &crew.workforce, &listener, self.stop)
        });
        match result {
            // Its call may be long over when the rest is done.
            Ok(summary) if summary.interrupted && !self.is_stopped() => {
                self.walk_due = None;
                Err("it was paused before it was done, and goes on when it is told to (SIGUSR2)".to_owned())
            }
            Ok(summary) => Ok((&summary).into()),
            Err(error) => {
                if matches!(error, ScanError::Store(_) | ScanError::Index(_)) {
                    self.trouble(&error);
                }
                Err(chain(&error))
            }
        }
    }

    fn crew(&self) -> Result<ScanTools, ScanError> {
        let crew = self.surroundings.crew(&self.settings.method).map_err(ScanError::Tools)?;
        for (method, reason) in &crew.unusable {
            let text = format!("{method} cannot be used, the rest goes on: {reason}");
            if self.told.is_news(&text) {
                self.surroundings.event(Event::Warning(text));
            }
        }
        Ok(crew)
    }

    /// Says what went wrong, and lets some time pass before the next try.
    fn trouble(&mut self, error: &ScanError) {
        let text = chain(error);
        self.told.tell(true, |state| state.last_error = Some(text.clone()));
        if self.told.is_news(&text) {
            let again = HOLD.as_secs();
            self.surroundings.event(Event::Warning(format!("{text}; trying again every {again} s")));
        }
        // Once a write has failed, the handle is of no use.
        self.library = None;
        self.hold = Some(Instant::now() + HOLD);
        self.walk_due = None;
    }

    /// What cannot be read now may be readable soon: it looks once more before its next walk.
    fn look_again(&mut self) {
        let soon = Instant::now() + HOLD;
        self.walk_due = self.walk_due.map(|due| due.min(soon));
    }

    fn count(&mut self, report: &ScanReport) {
        self.hold = None;
        self.total.add(report);
        // A file that fails has a line of its own, and may fail at each walk.
        if report.opened > report.failed || report.renamed > 0 {
            self.surroundings.passed(report);
        }
    }

    pub(super) fn is_degraded(&self) -> bool {
        self.watch.attention().iter().any(|(_, attention)| matches!(attention, WatchMode::Degraded(_)))
    }

    fn between_walks(&self) -> Duration {
        let is_watched = |(_, attention): &(PathBuf, WatchMode)| *attention == WatchMode::Watching;
        if !self.watch.attention().iter().all(is_watched) {
            return self.settings.poll;
        }
        let is_rotating = || self.scope.iter().any(|root| is_rotating(root));
        self.settings.walk.unwrap_or_else(|| if is_rotating() { WALK_ROTATING } else { WALK })
    }
}

/// The library; opened again after it could not be written.
fn opened<'a>(library: &'a mut Option<Library>, store: &Path) -> Result<&'a Library, StoreError> {
    match library {
        Some(library) => Ok(library),
        none => Ok(none.insert(Library::open_patiently(store, super::PATIENCE)?)),
    }
}
