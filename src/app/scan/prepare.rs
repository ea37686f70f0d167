//! The first half of a pass: survey and plan, writing nothing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    known::{Failures, KnownFiles},
    missing::{Group, doubtful},
    plan::{KnownFile, Plan, Task, Unavailable, WantedSpace},
    request::{ScanError, ScanRequest},
    survey::Survey,
};
use crate::{
    extract::Method,
    library::Roots,
    space::SpaceId,
    store::{StoreError, View},
    track::{ContentId, TrackNumber},
};

/// A pass that has been planned and not yet performed.
pub struct Prepared {
    pub(super) begin: Instant,
    pub plan: Plan,
    pub roots: Roots,
    pub survey: Survey,
    /// Only marked files and folders were looked at.
    pub is_narrow: bool,
    pub(super) methods: Vec<Method>,
    pub(super) wanted: Vec<WantedSpace>,
    pub(super) failed: HashMap<ContentId, Failures>,
    pub(super) groups: Vec<Group>,
    pub(super) accept_missing: bool,
}

/// More tracks than this that want both get their hand-made vectors first: they are there within minutes, and a second
/// decode is a tenth of what a model costs.
const TOGETHER: usize = 256;

impl Prepared {
    /// So many tracks want hand-made vectors and models that the models can wait.
    pub fn is_long(&self) -> bool {
        let is_model = |space: &SpaceId| {
            self.methods.iter().any(|method| method.is_model() && method.name() == space.name)
        };
        let wants_both = |task: &&Task| task.spaces.iter().any(is_model) && !task.spaces.iter().all(is_model);
        self.plan.tasks.iter().filter(wants_both).count() > TOGETHER
    }

    /// Folders about which nothing can be said: unavailable, or without most of their files.
    pub fn unavailable(&self) -> Vec<Unavailable> {
        let mut unavailable = self.survey.unavailable.clone();
        if !self.accept_missing {
            unavailable.extend(doubtful(self.plan.vanished.iter().map(PathBuf::as_path), &self.groups));
        }
        unavailable
    }

    /// Files that would be marked missing, unless their content turns up elsewhere.
    pub fn missing(&self) -> Vec<&Path> {
        let unavailable = self.unavailable();
        let is_unavailable =
            |path: &&Path| unavailable.iter().any(|unavailable| path.starts_with(&unavailable.path));
        self.plan.vanished.iter().map(PathBuf::as_path).filter(|path| !is_unavailable(path)).collect()
    }
}

/// Surveys the folders and plans, writing nothing. Without a view there is no store yet.
///
/// # Errors
/// No folder is named or one is no folder; a pattern is not valid; the store cannot be read.
pub fn prepare(request: &ScanRequest, view: Option<&View>) -> Result<Prepared, ScanError> {
    let begin = Instant::now();
    let known_roots = view.map_or(Ok(BTreeMap::new()), View::roots)?;
    let known_paths: Vec<_> = known_roots.keys().cloned().collect();
    let is_narrow = !request.marked.is_empty();
    let roots = if is_narrow {
        Roots::around(known_paths, request.marked.clone())
    } else {
        let named = match (&request.paths[..], &request.configured[..]) {
            ([], []) if known_paths.is_empty() => return Err(ScanError::NoRoots),
            ([], configured) => configured,
            (paths, _) => paths,
        };
        Roots::join(&known_paths, named)?
    };
    let mut survey = Survey::take(&roots, &known_roots, &request.rules, request.accept_missing)?;
    let methods = request.methods.clone();
    let spaces: Vec<_> = methods.iter().map(Method::space).collect();
    let (tracks, wanted) = match view {
        None => (HashSet::new(), spaces.iter().cloned().map(WantedSpace::empty).collect()),
        Some(view) if is_narrow => few(&roots, &spaces, view)?,
        Some(view) => all(&spaces, view)?,
    };
    let knowledge = KnownFiles::read(request.retry_failed, &spaces, tracks, view)?;
    let mut groups = groups(&roots, &survey, is_narrow);
    let mut known: Vec<KnownFile> = Vec::new();
    if let Some(view) = view {
        let is_meant = |path: &Path| roots.scope.iter().any(|scope| path.starts_with(scope));
        if is_narrow {
            for scope in &roots.scope {
                view.files_under(scope, |path, record| known.push(knowledge.of(path, &record)))?;
            }
            known.sort_by(|a, b| a.path.as_os_str().as_bytes().cmp(b.path.as_os_str().as_bytes()));
        } else {
            view.files(|path, record| {
                if is_meant(path) {
                    count(&mut groups, path, record.missing.is_some());
                    let verify = request.verify.contains(path);
                    known.push(KnownFile { verify, ..knowledge.of(path, &record) });
                }
            })?;
        }
    }
    let plan = Plan::between(std::mem::take(&mut survey.found), known, &survey.blind(), &wanted);
    if let Some(view) = view.filter(|_| is_narrow && !plan.vanished.is_empty()) {
        // How much has vanished is a question to the whole folder.
        view.files(|path, record| count(&mut groups, path, record.missing.is_some()))?;
    }
    let (failed, accept_missing) = (knowledge.by_content, request.accept_missing);
    Ok(Prepared { begin, plan, roots, survey, is_narrow, methods, wanted, failed, groups, accept_missing })
}

/// Tracks whose records are whole, and what each space lacks.
type Coverage = (HashSet<TrackNumber>, Vec<WantedSpace>);

/// Of the whole store.
fn all(spaces: &[SpaceId], view: &View) -> Result<Coverage, StoreError> {
    let wanted = spaces
        .iter()
        .map(|space| Ok(WantedSpace { space: space.clone(), covered: view.covered(space)? }))
        .collect::<Result<_, StoreError>>()?;
    Ok((view.track_numbers()?, wanted))
}

/// Of the tracks that lie under a few paths: the rest of the store is not read.
fn few(roots: &Roots, spaces: &[SpaceId], view: &View) -> Result<Coverage, StoreError> {
    let mut tracks = HashSet::new();
    for scope in &roots.scope {
        view.files_under(scope, |_, record| tracks.extend(record.track))?;
    }
    let mut whole = HashSet::new();
    for track in tracks {
        if view.track(track)?.is_some() {
            whole.insert(track);
        }
    }
    let mut wanted = Vec::new();
    for space in spaces {
        let mut covered = HashSet::new();
        for track in &whole {
            if view.is_covered(space, *track)? {
                covered.insert(*track);
            }
        }
        wanted.push(WantedSpace { space: space.clone(), covered });
    }
    Ok((whole, wanted))
}

fn count(groups: &mut [Group], path: &Path, is_missing: bool) {
    if !is_missing {
        let held = groups.iter_mut().filter(|group| path.starts_with(&group.path));
        held.for_each(|group| group.present += 1);
    }
}

/// The folders of this pass and the mounts in them; for marked paths the roots that hold them.
fn groups(roots: &Roots, survey: &Survey, is_narrow: bool) -> Vec<Group> {
    let group = |path: &Path, is_mount| Group { path: path.to_owned(), is_mount, present: 0 };
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
