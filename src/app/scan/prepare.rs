//! The first half of a pass: survey and plan, writing nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, time::Instant};

use super::albums::add_songs;
use super::known::{Failures, KnownFiles, KnownTracks};
use super::plan::{KnownFile, Plan, Task, Unavailable, WantedSpace};
use super::request::{ScanError, ScanRequest};
use super::retry::RetryRule;
use super::survey::{FileGroup, Survey, doubtful, lies_under};
use crate::store::{StoreError, View};
use crate::track::ContentId;
use crate::{
    extract::Method, file::RootRecord, library::RootError, library::Roots, library::widened, space::SpaceId,
};

/// A pass that has been planned and not yet performed.
pub(crate) struct Prepared {
    pub(super) begin: Instant,
    pub plan: Plan,
    pub roots: Roots,
    pub survey: Survey,
    /// Only marked files and folders were looked at.
    pub is_narrow: bool,
    pub(super) methods: Vec<Method>,
    pub(super) wanted: Vec<WantedSpace>,
    pub(super) failed: HashMap<ContentId, Failures>,
    pub(super) groups: Vec<FileGroup>,
    /// Files that were not found because they are not wanted any more: they are still there.
    pub(super) left_out: HashSet<PathBuf>,
    pub(super) accept_missing: bool,
    /// Rows of the store that were read and are damaged.
    pub(super) damaged: usize,
}

/// More tracks than this that want both get the vectors of the built-in methods first: these are there within minutes,
/// and a second decode is a tenth of what a model costs.
const MAX_IN_ONE_DECODE: usize = 256;

impl Prepared {
    /// So many tracks want built-in vectors and models that the models are left to a second pass.
    pub(crate) fn is_long(&self) -> bool {
        let is_model = |space: &SpaceId| {
            self.methods.iter().any(|method| method.is_model() && method.name() == space.name)
        };
        let wants_both = |task: &&Task| task.spaces.iter().any(is_model) && !task.spaces.iter().all(is_model);
        self.plan.tasks.iter().filter(wants_both).count() > MAX_IN_ONE_DECODE
    }

    /// Folders whose files cannot be judged: unavailable, or without most of their files.
    pub(crate) fn unavailable(&self) -> Vec<Unavailable> {
        let mut unavailable = self.survey.unavailable.clone();
        unavailable.extend(self.doubtful(self.plan.vanished.iter().map(PathBuf::as_path)));
        unavailable
    }

    /// Folders of which so many files have vanished that they may be unmounted; none if the user says otherwise.
    pub(super) fn doubtful<'a>(&self, vanished: impl Iterator<Item = &'a Path> + Clone) -> Vec<Unavailable> {
        if self.accept_missing {
            return Vec::new();
        }
        doubtful(vanished.filter(|path| !self.left_out.contains(*path)), &self.groups)
    }

    /// Files that would be marked missing, unless their content turns up elsewhere.
    pub(crate) fn missing(&self) -> Vec<&Path> {
        let unavailable = self.unavailable();
        let vanished = self.plan.vanished.iter().map(PathBuf::as_path);
        vanished.filter(|path| !lies_under(&unavailable, path)).collect()
    }
}

/// Surveys the folders and plans, writing nothing. Without a view there is no store yet.
pub(crate) fn prepare(request: &ScanRequest, view: Option<&View>) -> Result<Prepared, ScanError> {
    let begin = Instant::now();
    let known_roots = view.map_or(Ok(BTreeMap::new()), View::roots)?;
    let mut roots = roots_of(request, known_roots.keys().cloned().collect())?;
    widen_where_unavailable(&mut roots, &known_roots);
    let survey = Survey::take(&roots, &known_roots, &request.rules, request.accept_missing)?;
    plan(request, begin, roots, survey, view)
}

/// Plans what has to be done about what was found; `begin` is when the pass began.
pub(crate) fn plan(
    request: &ScanRequest,
    begin: Instant,
    roots: Roots,
    mut survey: Survey,
    view: Option<&View>,
) -> Result<Prepared, ScanError> {
    let is_narrow = !request.marked.is_empty();
    let methods = request.methods.clone();
    let spaces: Vec<_> = methods.iter().map(Method::space).collect();
    let uncovered = |space: &SpaceId| WantedSpace { space: space.clone(), covered: HashSet::new() };
    let decoders = request.decoding.name();
    let none_yet = KnownTracks::new(request.redecode.then_some(&decoders));
    let (tracks, wanted) = match view {
        None => (KnownTracks::default(), spaces.iter().map(uncovered).collect()),
        Some(view) if is_narrow => coverage_of_scope(&roots, &spaces, none_yet, view)?,
        Some(view) => coverage_of_all(&spaces, none_yet, view)?,
    };
    let known_files = KnownFiles::read(
        RetryRule::new(request.retry_failed, &decoders, &spaces),
        tracks,
        request.rules.cue,
        view,
    )?;
    let mut groups = groups(&roots, &survey, is_narrow);
    let known = match view {
        None => vec![],
        Some(view) if is_narrow => known_in_scope(&roots, &known_files, view)?,
        Some(view) => known_in_walk(request, &roots, &known_files, &mut groups, view)?,
    };
    let mut found = std::mem::take(&mut survey.found);
    let mut unseen = survey.unseen();
    unseen.extend(add_songs(&mut found, &known));
    let plan = Plan::between(found, known, &unseen, &wanted);
    if let Some(view) = view.filter(|_| is_narrow && !plan.vanished.is_empty()) {
        // How much has vanished can only be judged by the whole folder.
        view.files(|path, record| count(&mut groups, path, record.missing.is_some()))?;
    }
    let left_out = left_out(&plan.vanished, &mut groups);
    let (failed, accept_missing) = (known_files.by_content, request.accept_missing);
    let damaged = view.map_or(0, View::damaged);
    Ok(Prepared {
        begin,
        plan,
        roots,
        survey,
        is_narrow,
        methods,
        wanted,
        failed,
        groups,
        left_out,
        accept_missing,
        damaged,
    })
}

/// The roots of the store and the call, and the part of them that the call is about.
fn roots_of(request: &ScanRequest, known: Vec<PathBuf>) -> Result<Roots, ScanError> {
    if !request.marked.is_empty() {
        let marked = widened(request.marked.clone(), |path| request.rules.is_sheet(path));
        return Ok(Roots::around(known, marked));
    }
    let named = match (&request.paths[..], &request.configured[..]) {
        ([], []) if known.is_empty() => return Err(ScanError::NoRoots),
        ([], configured) => configured,
        (paths, _) => paths,
    };
    Ok(Roots::join(&known, named)?)
}

/// A part of a folder that was unavailable cannot be judged: all of its root is looked at instead.
fn widen_where_unavailable(roots: &mut Roots, known: &BTreeMap<PathBuf, RootRecord>) {
    let widened = roots.scope.iter().map(|scope| match roots.holding(scope) {
        Some(root) if known.get(root).is_some_and(|record| record.was_unavailable(scope)) => root.to_owned(),
        _ => scope.clone(),
    });
    *roots = Roots::around(roots.all.clone(), widened.collect());
}

/// Checks folders that a call names. One that is not there must be a root, or hold files that the store knows: those are
/// missing then. Any other is a mistake.
/// Errors: as [`Roots::join`], and such a mistake.
pub(crate) fn check_named(paths: &[PathBuf], view: Option<&View>) -> Result<(), ScanError> {
    let known: Vec<_> = view.map_or(Ok(BTreeMap::new()), View::roots)?.into_keys().collect();
    for scope in Roots::join(&known, paths)?.scope {
        let Err(source) = scope.metadata() else { continue };
        let mut is_known = known.contains(&scope);
        if let Some(view) = view.filter(|_| !is_known) {
            view.files_under(&scope, |_, _| is_known = true)?;
        }
        if !is_known {
            return Err(RootError::Unreachable { path: scope, source }.into());
        }
    }
    Ok(())
}

/// Known files at the marked paths, in the order of their paths' bytes.
fn known_in_scope(roots: &Roots, files: &KnownFiles, view: &View) -> Result<Vec<KnownFile>, StoreError> {
    let mut known = Vec::new();
    for scope in &roots.scope {
        view.files_under(scope, |path, record| known.push(files.of(path, &record)))?;
    }
    known.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    Ok(known)
}

/// Known files of the folders that are walked, which are counted into their groups.
fn known_in_walk(
    request: &ScanRequest,
    roots: &Roots,
    files: &KnownFiles,
    groups: &mut [FileGroup],
    view: &View,
) -> Result<Vec<KnownFile>, StoreError> {
    let mut known = Vec::new();
    view.files(|path, record| {
        if roots.scope.iter().any(|scope| path.starts_with(scope)) {
            count(groups, path, record.missing.is_some());
            let verify = request.reread || request.verify.contains(path);
            known.push(KnownFile { verify, ..files.of(path, &record) });
        }
    })?;
    Ok(known)
}

/// Tracks on record, and which of them each space covers.
type Coverage = (KnownTracks, Vec<WantedSpace>);

/// Of the whole store.
fn coverage_of_all(spaces: &[SpaceId], mut tracks: KnownTracks, view: &View) -> Result<Coverage, StoreError> {
    let wanted = spaces
        .iter()
        .map(|space| Ok(WantedSpace { space: space.clone(), covered: view.covered(space)? }))
        .collect::<Result<_, StoreError>>()?;
    view.tracks(|number, record| tracks.insert(number, &record))?;
    Ok((tracks, wanted))
}

/// Of the tracks that lie under a few paths: the rest of the store is not read.
fn coverage_of_scope(
    roots: &Roots,
    spaces: &[SpaceId],
    mut known: KnownTracks,
    view: &View,
) -> Result<Coverage, StoreError> {
    let mut tracks = HashSet::new();
    for scope in &roots.scope {
        view.files_under(scope, |_, record| tracks.extend(record.track))?;
    }
    for track in tracks {
        if let Some(record) = view.track(track)? {
            known.insert(track, &record);
        }
    }
    let mut wanted = Vec::new();
    for space in spaces {
        let mut covered = HashSet::new();
        for track in &known.readable {
            if view.is_covered(space, *track)? {
                covered.insert(*track);
            }
        }
        wanted.push(WantedSpace { space: space.clone(), covered });
    }
    Ok((known, wanted))
}

fn count(groups: &mut [FileGroup], path: &Path, is_missing: bool) {
    if !is_missing {
        let held = groups.iter_mut().filter(|group| path.starts_with(&group.path));
        held.for_each(|group| group.present += 1);
    }
}

/// The vanished files that are there all the same: the rules have changed, or a folder was closed. They are taken out of
/// their groups, as what is gone without them is judged by what was left.
fn left_out(vanished: &[PathBuf], groups: &mut [FileGroup]) -> HashSet<PathBuf> {
    let is_file = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_file());
    // A song of an album in one file lies below that.
    let is_there = |path: &&PathBuf| is_file(path) || path.parent().is_some_and(is_file);
    let left_out: HashSet<_> = vanished.iter().filter(is_there).cloned().collect();
    for path in &left_out {
        let held = groups.iter_mut().filter(|group| path.starts_with(&group.path));
        held.for_each(|group| group.present = group.present.saturating_sub(1));
    }
    left_out
}

/// The folders of this pass and the mounts in them; for marked paths the roots that hold them.
fn groups(roots: &Roots, survey: &Survey, is_narrow: bool) -> Vec<FileGroup> {
    let group = |path: &Path, is_mount| FileGroup { path: path.to_owned(), is_mount, present: 0 };
    let folders: BTreeSet<&Path> = if is_narrow {
        roots.scope.iter().filter_map(|scope| roots.holding(scope)).collect()
    } else {
        roots.scope.iter().map(PathBuf::as_path).collect()
    };
    let mounts = survey.roots.values().flat_map(|record| &record.mounts);
    let mounts = mounts.map(|(path, _)| Path::new(OsStr::from_bytes(path)));
    let mounts = mounts.filter(|mount| folders.iter().any(|folder| mount.starts_with(folder)));
    let mounts: Vec<_> = mounts.map(|mount| group(mount, true)).collect();
    folders.into_iter().map(|folder| group(folder, false)).chain(mounts).collect()
}
