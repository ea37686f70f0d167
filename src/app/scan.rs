//! One pass over the library: survey, plan, perform, and settle what has vanished.

use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use super::{
    index::{self, IndexError, Workforce},
    knowledge::{Failures, Knowledge},
    ledger::Ledger,
    plan::{Away, Plan, Task, WantedSpace},
    progress::{Event, Progress},
    rows::{new_roots, note_roots, rename},
    survey::Survey,
    tally::Tally,
    vanished::{Group, doubtful, settle},
};
use crate::{
    extract::Method,
    library::{RootError, Roots, Rules, RulesError},
    space::SpaceId,
    store::{Change, Library, StoreError, View},
    track::ContentId,
};

/// What one call of `scan` is about.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// Folders named by the call; none: all roots.
    pub paths: Vec<PathBuf>,
    /// Roots of the configuration, used where the call names none.
    pub configured: Vec<PathBuf>,
    pub rules: Rules,
    /// What is to be made of every track.
    pub methods: Vec<Method>,
    /// Models that should be among them and cannot be used, and why.
    pub unusable: BTreeMap<String, String>,
    pub retry_failed: bool,
    /// Believe that what is not there is gone, and that another disk is the library now.
    pub accept_missing: bool,
}

/// A pass that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(
        "no folder is named: give one, as in `indexer scan ~/Music`, or set `roots` in the configuration"
    )]
    NoRoots,
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// What a pass found and did.
#[derive(Debug, Default)]
pub struct ScanSummary {
    pub scope: Vec<PathBuf>,
    pub found: u64,
    pub unchanged: u64,
    pub renamed: u64,
    pub missing: u64,
    pub tally: Tally,
    pub seconds: f64,
    pub interrupted: bool,
    /// Models that could not be run, and why.
    pub broken: BTreeMap<String, String>,
}

/// A pass that has been planned and not yet performed.
pub struct Prepared {
    begin: Instant,
    pub plan: Plan,
    pub roots: Roots,
    pub survey: Survey,
    methods: Vec<Method>,
    wanted: Vec<WantedSpace>,
    failed: HashMap<ContentId, Failures>,
    groups: Vec<Group>,
    accept_missing: bool,
}

impl ScanSummary {
    /// Two passes of one call, told as one.
    fn and(self, second: Self) -> Self {
        Self {
            scope: self.scope,
            found: second.found,
            unchanged: self.unchanged,
            renamed: self.renamed + second.renamed,
            missing: second.missing,
            tally: self.tally.and(second.tally),
            seconds: self.seconds + second.seconds,
            interrupted: second.interrupted,
            broken: second.broken,
        }
    }
}

impl Prepared {
    /// So many tracks want hand-made vectors and models that the models can wait.
    fn is_long(&self) -> bool {
        let is_model = |space: &SpaceId| {
            self.methods.iter().any(|method| method.is_model() && method.name() == space.name)
        };
        let wants_both = |task: &&Task| task.spaces.iter().any(is_model) && !task.spaces.iter().all(is_model);
        self.plan.tasks.iter().filter(wants_both).count() > TOGETHER
    }

    /// Folders about which nothing can be said: away, or without most of their files.
    pub fn away(&self) -> Vec<Away> {
        let mut away = self.survey.away.clone();
        if !self.accept_missing {
            away.extend(doubtful(self.plan.vanished.iter().map(PathBuf::as_path), &self.groups));
        }
        away
    }

    /// Files that would be marked missing, unless their content turns up elsewhere.
    pub fn missing(&self) -> Vec<&Path> {
        let away = self.away();
        let is_away = |path: &&Path| away.iter().any(|away| path.starts_with(&away.path));
        self.plan.vanished.iter().map(PathBuf::as_path).filter(|path| !is_away(path)).collect()
    }
}

/// More tracks than this that want both get their hand-made vectors first: they are there within minutes, and a second
/// decode is a tenth of what a model costs.
const TOGETHER: usize = 256;

/// One pass, prepared by [`prepare`]: all methods in one decode, or, where there is much to do, models last.
///
/// # Errors
/// As [`prepare`] and [`perform`].
pub fn pass(
    request: &ScanRequest,
    prepared: Prepared,
    library: &Library,
    workforce: &Workforce,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    // A second try of files that have failed is one pass: a failure of two spaces is one.
    if !prepared.is_long() || request.retry_failed {
        let mut summary = perform(prepared, library, workforce, progress, stop)?;
        summary.broken.extend(request.unusable.clone());
        return Ok(summary);
    }
    let by_hand = request.methods.iter().filter(|method| !method.is_model()).cloned().collect();
    let first = ScanRequest { methods: by_hand, ..request.clone() };
    let by_hand = prepare(&first, Some(&library.view()?))?;
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

/// Surveys the folders and plans, writing nothing. Without a view there is no store yet.
///
/// # Errors
/// No folder is named or one is no folder; a pattern is not valid; the store cannot be read.
pub fn prepare(request: &ScanRequest, view: Option<&View>) -> Result<Prepared, ScanError> {
    let begin = Instant::now();
    let known_roots = view.map_or(Ok(BTreeMap::new()), View::roots)?;
    let known_paths: Vec<_> = known_roots.keys().cloned().collect();
    let named = match (&request.paths[..], &request.configured[..]) {
        ([], []) if known_paths.is_empty() => return Err(ScanError::NoRoots),
        ([], configured) => configured,
        (paths, _) => paths,
    };
    let roots = Roots::join(&known_paths, named)?;
    let mut survey = Survey::take(&roots, &known_roots, &request.rules, request.accept_missing)?;
    let methods = request.methods.clone();
    let spaces: Vec<_> = methods.iter().map(Method::space).collect();
    let knowledge = Knowledge::read(request.retry_failed, &spaces, view)?;
    let mut wanted = Vec::new();
    for space in spaces {
        let covered = view.map_or(Ok(Default::default()), |view| view.covered(&space))?;
        wanted.push(WantedSpace { space, covered });
    }
    let mut groups = groups(&roots, &survey);
    let mut known = Vec::new();
    if let Some(view) = view {
        view.files(|path, record| {
            if roots.scope.iter().any(|scope| path.starts_with(scope)) {
                if record.missing.is_none() {
                    let held = groups.iter_mut().filter(|group| path.starts_with(&group.path));
                    held.for_each(|group| group.present += 1);
                }
                known.push(knowledge.of(path, &record));
            }
        })?;
    }
    let plan = Plan::between(std::mem::take(&mut survey.found), known, &survey.blind(), &wanted);
    let (failed, accept_missing) = (knowledge.by_content, request.accept_missing);
    Ok(Prepared { begin, plan, roots, survey, methods, wanted, failed, groups, accept_missing })
}

/// The folders of this pass and the mounts in them.
fn groups(roots: &Roots, survey: &Survey) -> Vec<Group> {
    let group = |path: &Path, is_mount| Group { path: path.to_owned(), is_mount, present: 0 };
    let mounts = survey.roots.values().flat_map(|record| &record.mounts);
    let mounts = mounts.map(|(path, _)| Path::new(OsStr::from_bytes(path)));
    let mounts = mounts.filter(|mount| roots.scope.iter().any(|scope| mount.starts_with(scope)));
    let scopes = roots.scope.iter().map(|scope| group(scope, false));
    scopes.chain(mounts.map(|mount| group(mount, true))).collect()
}

/// Performs a prepared pass.
///
/// # Errors
/// The store cannot be written or no worker starts.
pub fn perform(
    mut prepared: Prepared,
    library: &Library,
    workforce: &Workforce,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    for error in &prepared.survey.errors {
        let place = error.path.display();
        progress.event(Event::Warning(format!("{place} cannot be read: {}", error.reason)));
    }
    let Prepared { begin, plan, roots, survey, methods, wanted, failed, groups, accept_missing } =
        &mut prepared;
    let view = library.view()?;
    let mut changes = rename(plan, &view)?;
    // Before the first file: whatever happens to this pass, the next one knows its folders.
    changes.extend(new_roots(survey, &view.roots()?));
    drop(view);
    library.commit(&changes)?;

    let tasks = std::mem::take(&mut plan.tasks);
    let ledger = Ledger::new(library, wanted, &tasks, std::mem::take(failed));
    let tally = index::perform(tasks, library, &ledger, methods, workforce, progress, stop)?;

    let interrupted = stop.load(Ordering::Relaxed);
    let view = library.view()?;
    let mut changes = Vec::new();
    let settled = settle(plan, &view, &mut changes)?;
    let mut missing = settled.still;
    // What an interrupted pass did not find may be among what it did not open.
    if !interrupted {
        if !*accept_missing {
            survey.away.extend(doubtful(settled.gone.iter().map(|(path, _)| path.as_path()), groups));
        }
        let is_away = |path: &Path| survey.away.iter().any(|away| path.starts_with(&away.path));
        let gone = settled.gone.into_iter().filter(|(path, _)| !is_away(path));
        let rows: Vec<_> = gone.map(|(path, record)| Change::File(path, record)).collect();
        missing += rows.len();
        changes.extend(rows);
    }
    note_roots(roots, survey, &view, &mut changes)?;
    drop(view);
    library.commit(&changes)?;
    for Away { path, reason } in &survey.away {
        progress.event(Event::Warning(format!(
            "{} is taken for away, nothing under it changes: {reason}; if that is right for good, use --accept-missing",
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
        broken: workforce.inference.as_ref().map(|inference| inference.broken()).unwrap_or_default(),
    })
}
