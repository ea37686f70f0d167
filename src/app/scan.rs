//! One pass over the library: survey, plan, perform, and settle what has vanished.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use super::{
    crew::Ledger,
    index::{self, IndexError, Workforce},
    plan::{Away, KnownFile, Plan, Verdict, WantedSpace},
    progress::{Event, Progress},
    record::{Failures, Tally},
    survey::Survey,
};
use crate::{
    audio::DECODER,
    file::{FileRecord, RootRecord},
    library::{RootError, Roots, Rules, RulesError},
    moment::Moment,
    space::SpaceId,
    store::{Change, Library, StoreError, View},
    track::{ContentId, TrackNumber},
};

/// What one call of `scan` is about.
#[derive(Clone, Debug)]
pub struct ScanRequest {
    /// Folders named by the call; none: all roots.
    pub paths: Vec<PathBuf>,
    /// Roots of the configuration, used where neither the call nor the store names any.
    pub configured: Vec<PathBuf>,
    pub rules: Rules,
    /// Spaces to be filled.
    pub spaces: Vec<SpaceId>,
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
}

/// A pass that has been planned and not yet performed.
pub struct Prepared {
    begin: Instant,
    pub plan: Plan,
    pub roots: Roots,
    pub survey: Survey,
    wanted: Vec<WantedSpace>,
    failed: HashMap<ContentId, Failures>,
    /// Files per root that were there before.
    present: BTreeMap<PathBuf, u64>,
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
    let survey = Survey::take(&roots, &known_roots, &request.rules, request.accept_missing)?;
    let knowledge = Knowledge::read(request, view)?;
    let mut wanted = Vec::new();
    for space in &request.spaces {
        let covered = view.map_or(Ok(Default::default()), |view| view.covered(space))?;
        wanted.push(WantedSpace { space: space.clone(), covered });
    }
    let mut present: BTreeMap<PathBuf, u64> = BTreeMap::new();
    let mut known = Vec::new();
    if let Some(view) = view {
        view.files(|path, record| {
            if let Some(scope) = roots.scope.iter().find(|scope| path.starts_with(scope)) {
                *present.entry(scope.clone()).or_default() += u64::from(record.missing.is_none());
                known.push(knowledge.of(path, &record));
            }
        })?;
    }
    let plan = Plan::between(survey.found.clone(), known, &survey.blind(), &wanted);
    Ok(Prepared { begin, plan, roots, survey, wanted, failed: knowledge.by_content, present })
}

/// Failures on record, and which of them stand.
struct Knowledge {
    by_path: HashMap<PathBuf, Failures>,
    by_content: HashMap<ContentId, Failures>,
    /// Tracks whose records can be read. A file of another is named again, which mends it.
    tracks: HashSet<TrackNumber>,
    retry: bool,
}

impl Knowledge {
    fn read(request: &ScanRequest, view: Option<&View>) -> Result<Self, StoreError> {
        let retry = request.retry_failed;
        let (by_path, by_content) = (HashMap::new(), HashMap::new());
        let tracks = view.map_or(Ok(HashSet::new()), View::track_numbers)?;
        let mut knowledge = Self { by_path, by_content, tracks, retry };
        let Some(view) = view else { return Ok(knowledge) };
        for (path, space, record) in view.failures()? {
            let stands = record.failure.is_final && record.decoder == DECODER && !retry;
            let content = if stands { view.file(&path)?.and_then(|file| file.content) } else { None };
            if let Some(content) = content {
                let all = knowledge.by_content.entry(content).or_default();
                if all.iter().all(|(known, _)| *known != space) {
                    all.push((space.clone(), record.clone()));
                }
            }
            knowledge.by_path.entry(path).or_default().push((space, record));
        }
        Ok(knowledge)
    }

    fn of(&self, path: &Path, record: &FileRecord) -> KnownFile {
        let mut known = KnownFile {
            path: path.to_owned(),
            stamp: record.stamp,
            device: record.device,
            track: record.track.filter(|track| self.tracks.contains(track)),
            missing: record.missing.is_some(),
            failed: None,
            refused_by: Vec::new(),
        };
        for (space, record) in self.by_path.get(path).into_iter().flatten() {
            let stands = record.failure.is_final && record.decoder == DECODER && !self.retry;
            if space.is_empty() {
                known.failed = Some(if stands { Verdict::Final } else { Verdict::TryAgain });
            } else if stands {
                known.refused_by.push(space.clone());
            }
        }
        known
    }
}

/// Performs a prepared pass.
///
/// # Errors
/// The store cannot be written or no worker starts.
pub fn perform(
    prepared: Prepared,
    accept_missing: bool,
    library: &Library,
    workforce: &Workforce,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<ScanSummary, ScanError> {
    let Prepared { begin, mut plan, roots, mut survey, wanted, failed, present } = prepared;
    for error in &survey.errors {
        let place = error.path.display();
        progress.event(Event::Warning(format!("{place} cannot be read: {}", error.reason)));
    }
    library.commit(&rename(&plan, &library.view()?)?)?;

    let ledger = Ledger::new(library, &wanted, failed);
    let tasks = std::mem::take(&mut plan.tasks);
    let tally = index::perform(tasks, library, &ledger, workforce, progress, stop)?;

    let view = library.view()?;
    let mut changes = Vec::new();
    let gone = settle(&plan, &tally, &view, &mut changes)?;
    let mut missing = plan.missing as u64;
    for scope in &roots.scope {
        let lost: Vec<_> = gone.iter().filter(|(path, _)| path.starts_with(scope)).collect();
        let all = present.get(scope).copied().unwrap_or_default();
        if lost.len() as u64 * 2 > all && !accept_missing {
            let reason = format!("{} of its {all} files are not there", lost.len());
            survey.away.push(Away { path: scope.clone(), reason });
            continue;
        }
        missing += lost.len() as u64;
        changes.extend(lost.into_iter().cloned().map(|(path, record)| Change::File(path, record)));
    }
    note_roots(&roots, &mut survey, &view.roots()?, &mut changes);
    library.commit(&changes)?;
    for Away { path, reason } in &survey.away {
        progress.event(Event::Warning(format!(
            "{} is taken for away, nothing under it changes: {reason}; if that is right for good, use --accept-missing",
            path.display()
        )));
    }
    Ok(ScanSummary {
        scope: roots.scope,
        found: plan.found as u64,
        unchanged: plan.unchanged as u64,
        renamed: plan.renamed.len() as u64,
        missing,
        tally: Tally { failed_known: tally.failed_known + plan.failed_known as u64, ..tally },
        seconds: begin.elapsed().as_secs_f64(),
        interrupted: stop.load(Ordering::Relaxed),
    })
}

/// Rows for files that were renamed, and for missing ones that are there again.
fn rename(plan: &Plan, view: &View) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let mut failures: HashMap<PathBuf, Failures> = HashMap::new();
    if !plan.renamed.is_empty() {
        for (path, space, record) in view.failures()? {
            failures.entry(path).or_default().push((space, record));
        }
    }
    for (old, new) in &plan.renamed {
        let Some(record) = view.file(old)? else { continue };
        let record = FileRecord { stamp: new.stamp, device: new.device, missing: None, ..record };
        changes.push(Change::File(new.path.clone(), record));
        changes.push(Change::ForgetFile(old.clone()));
        for (space, record) in failures.remove(old).into_iter().flatten() {
            changes.push(Change::Failure(new.path.clone(), space, record));
        }
        changes.push(Change::Mended(old.clone()));
    }
    for path in &plan.returned {
        if let Some(record) = view.file(path)? {
            changes.push(Change::File(path.clone(), FileRecord { missing: None, ..record }));
        }
    }
    Ok(changes)
}

/// Vanished files as they would be recorded. A path whose track turned up at a new path was moved: it
/// is forgotten and not missed.
fn settle(
    plan: &Plan,
    tally: &Tally,
    view: &View,
    changes: &mut Vec<Change>,
) -> Result<Vec<(PathBuf, FileRecord)>, StoreError> {
    let mut gone = Vec::new();
    for path in &plan.vanished {
        let Some(record) = view.file(path)? else { continue };
        if record.track.is_some_and(|track| tally.placed.contains(&track)) {
            changes.push(Change::ForgetFile(path.clone()));
            changes.push(Change::Mended(path.clone()));
        } else {
            gone.push((path.clone(), FileRecord { missing: Some(Moment::now()), ..record }));
        }
    }
    Ok(gone)
}

/// Rows for roots: those of this pass as they were found, and none for those that became part of another.
fn note_roots(
    roots: &Roots,
    survey: &mut Survey,
    known: &BTreeMap<PathBuf, RootRecord>,
    changes: &mut Vec<Change>,
) {
    for (path, record) in &mut survey.roots {
        let away = survey.away.iter().find(|away| away.path.starts_with(path));
        record.away = away.map(|away| format!("{} {}", away.path.display(), away.reason));
        if known.get(path) != Some(record) {
            changes.push(Change::Root(path.clone(), record.clone()));
        }
    }
    let joined = known.keys().filter(|path| !roots.all.contains(path));
    changes.extend(joined.cloned().map(Change::ForgetRoot));
}
