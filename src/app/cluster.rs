//! Groups the tracks of one space into playlists that continue those of the set's last run.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    continuity::{away, last_partition},
    keep::Made,
    naming::{NamedCluster, Sounds, known, name_clusters},
    pins::{Pins, PinsError},
    progress::{Event, Progress},
    publish::{PublishError, Targets},
    recipe::{Recipe, recipe},
    selection::{Selection, select},
    sets::{Current, HistoryError, usual_name},
};
use crate::{
    cluster::{self, Algorithm, ClusterError, Task},
    library::{RootError, Roots},
    playlist::{
        Song,
        identity::Churn,
        order::{Order, typical},
        run::RunId,
    },
    space::{
        Points, PointsError, SpaceId, mfcc,
        scale::{standardise, unit_length},
    },
    store::{Playlists, StoreError, View},
};

/// What one call of `cluster` is about.
#[derive(Clone, Debug)]
pub struct ClusterRequest {
    /// The name of the space.
    pub method: String,
    /// As scans fill it now; else how that begins, and what was filled before is taken.
    pub current: Result<SpaceId, String>,
    pub algorithm: &'static Algorithm,
    pub settings: cluster::Settings,
    pub n: usize,
    pub seed: u64,
    /// Only tracks under this folder.
    pub path: Option<PathBuf>,
    /// The report's columns and arithmetic.
    pub report: bool,
    /// Of the songs in each playlist.
    pub order: &'static Order,
    /// The set's name, if it is not to be made from space and path.
    pub set: Option<String>,
    /// Forget the set's earlier playlists.
    pub fresh: bool,
    pub targets: Targets,
}

/// Why there are no new playlists.
#[derive(Debug, thiserror::Error)]
pub enum ClusterRunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    Points(#[from] PointsError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error("{0}")]
    NotInstalled(String),
    #[error("no track under {} is indexed in {space}: run `indexer scan` on it first", scope.display())]
    NothingUnder { scope: PathBuf, space: String },
    #[error(transparent)]
    Pins(#[from] PinsError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What came of it.
#[derive(Debug)]
pub struct ClusterSummary {
    pub set: String,
    pub run: RunId,
    pub method: String,
    pub algorithm: String,
    pub n: usize,
    pub tracks: usize,
    /// Tracks of the library that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that are in no playlist, for they are like no others.
    pub noise: usize,
    pub inertia: f64,
    /// Stages with their seconds.
    pub seconds: Vec<(&'static str, f64)>,
    pub playlists: Vec<PlaylistSummary>,
}

/// One playlist, and what changed in it.
#[derive(Debug)]
pub struct PlaylistSummary {
    pub id: u32,
    pub name: String,
    pub file: Option<PathBuf>,
    pub size: usize,
    pub churn: Churn,
    pub is_new: bool,
    /// The songs next to its centre.
    pub typical: Vec<Song>,
}

/// How many songs tell what a playlist is like.
const TYPICAL: usize = 3;

impl PlaylistSummary {
    pub fn of(named: &NamedCluster, file: Option<PathBuf>) -> Self {
        Self {
            id: named.playlist.id,
            name: named.playlist.name.clone(),
            file,
            size: named.playlist.songs.len(),
            churn: named.churn,
            is_new: named.is_new,
            typical: typical(&named.playlist.songs, TYPICAL),
        }
    }
}

/// Clusters, matches with the set's last run, writes the files, and keeps the run.
///
/// # Errors
/// No store or nothing in it, an `n` that cannot be, files that cannot be written. Nothing is written then.
pub fn cluster(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut clock = Clock::default();
    let Input { mut selection, space, scope } = read(request, store, progress)?;
    clock.stage("read");
    let raw = Points::new(space.clone(), selection.take_rows())?;
    if raw.is_empty() {
        let space = space.name;
        return Err(match scope {
            Some(scope) => ClusterRunError::NothingUnder { scope, space },
            None => ClusterError::NoTracks { space }.into(),
        });
    }
    let set = request.set.clone().unwrap_or_else(|| usual_name(&request.method, scope.as_deref()));
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        progress.event(Event::Warning(format!("{refused}: the playlists are written, but not remembered")));
    }
    let current = Current::of(&database, &set)?;
    let all = if selection.is_reduced { raw } else { prepared(raw, request.report) };
    let pins = Pins::of(current.last.as_ref().filter(|_| !request.fresh), &current.choices);
    let points = pins.free(&all);
    let continued = pins.rest.as_deref();
    let start = continued.filter(|last| last.space == space && !request.report);
    let start = start.map(|last| last_partition(&points, last));
    let n = pins.left_of(request.n, request.algorithm.takes_n, &points)?;
    let task = Task { n, seed: request.seed, settings: &request.settings, last: start.as_ref() };
    let clustering = (request.algorithm.cluster)(&points, &task);
    let clustering = clustering.map_err(|error| pins.explain::<ClusterRunError>(request.n, error))?;
    clock.stage("cluster");

    let known = known(continued, &pins.holding());
    let next_id = if request.fresh { 0 } else { current.record.next_id };
    let arrange = |points: &Points, songs: Vec<Song>, rows: &[usize]| {
        request.order.arrange(songs, rows, points.values(), request.seed)
    };
    let sounds = Sounds::of(points.contents(), &selection);
    let named = name_clusters(&points, &sounds, &clustering, &selection, &known, next_id, |songs, rows| {
        arrange(&points, songs, rows)
    });
    let named = pins.put_back(named, &all, &pins.elsewhere(&all, store)?, &selection, |songs, rows| {
        arrange(&all, songs, rows)
    });
    let mut away = away(points.contents(), continued);
    away.extend(pins.away(&named));
    clock.stage("match");

    let made = Made {
        set: set.clone(),
        era: current.era(request.fresh),
        space,
        algorithm: request.algorithm.name.to_owned(),
        report: request.report,
        settings: canonical(request, scope.as_deref()),
        inertia: clustering.inertia,
        named,
        away,
        next_id,
    };
    let (run, playlists) = made.finish(&current, &request.targets, &database, progress)?;
    clock.stage("write");
    Ok(ClusterSummary {
        set,
        run,
        method: request.method.clone(),
        algorithm: request.algorithm.name.to_owned(),
        n: playlists.len(),
        tracks: playlists.iter().map(|list| list.size).sum::<usize>() + clustering.noise(),
        coverage: selection.coverage,
        noise: clustering.noise(),
        inertia: clustering.inertia,
        seconds: clock.stages,
        playlists,
    })
}

/// What is clustered.
struct Input {
    selection: Selection,
    space: SpaceId,
    scope: Option<PathBuf>,
}

/// Copies what is needed out of the library and lets go of it: a pinned reader keeps pages from reuse.
fn read(request: &ClusterRequest, store: &Path, progress: &dyn Progress) -> Result<Input, ClusterRunError> {
    let view = View::open(store)?;
    let scope = match &request.path {
        None => None,
        Some(path) => {
            let known: Vec<_> = view.roots()?.into_keys().collect();
            Roots::join(&known, std::slice::from_ref(path))?.scope.pop()
        }
    };
    let Recipe { space, warning } = recipe(&view, &request.method, request.current.clone())?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let selection = select(&view, &space, scope.as_deref(), request.report)?;
    if view.damaged() > 0 {
        let rows = view.damaged();
        progress.event(Event::Warning(format!(
            "{rows} rows of the store are damaged and left out: `indexer scan` makes them again"
        )));
    }
    Ok(Input { selection, space, scope })
}

/// The values that are compared, from the stored ones.
pub fn prepared(raw: Points, report: bool) -> Points {
    match (raw.space().name.as_str(), report) {
        (mfcc::NAME, true) => raw.map(mfcc::report_columns),
        (mfcc::NAME, false) => raw.map(mfcc::default_blocks).map(standardise).map(unit_length),
        (_, true) => raw,
        (_, false) => raw.map(unit_length),
    }
}

/// All that shapes who is in which playlist, as text. The seed counts; the targets and the order of songs do not.
fn canonical(request: &ClusterRequest, scope: Option<&Path>) -> String {
    let path = scope.map(|path| path.to_string_lossy()).unwrap_or_default();
    let (algorithm, settings) = (request.algorithm.name, &request.settings);
    let (n, seed, report) = (request.n, request.seed, request.report);
    format!("algorithm={algorithm} n={n} seed={seed} report={report} path={path} {settings:?}")
}

struct Clock {
    last: Instant,
    stages: Vec<(&'static str, f64)>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { last: Instant::now(), stages: Vec::new() }
    }
}

impl Clock {
    fn stage(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }
}

#[cfg(test)]
pub(super) mod tests;
