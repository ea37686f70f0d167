//! Groups the tracks of one space into playlists that continue those of the set's last run.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    continuity::{away, last_partition},
    naming::{NamedCluster, Sounds, known, name_clusters},
    progress::{Event, Progress},
    publish::{PublishError, Targets, publish},
    recipe::{Recipe, recipe},
    selection::{Selection, select},
};
use crate::{
    cluster::{
        self, Algorithm, ClusterError, Clustering, Task,
        choose::{Choice, choose},
    },
    library::{RootError, Roots},
    moment::Moment,
    playlist::{
        Playlist, Song,
        format::About,
        identity::Churn,
        order::{Order, typical},
        run::RunId,
    },
    space::{
        Points, PointsError, SpaceId, mfcc,
        scale::{standardise, unit_length},
    },
    store::{Playlists, RunPlaylist, RunRecord, SetRecord, StoreError, View},
    track::ContentId,
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
    /// How many playlists; none: that is found out.
    pub n: Option<usize>,
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
    Publish(#[from] PublishError),
}

/// What came of it.
#[derive(Debug)]
pub struct ClusterSummary {
    pub set: String,
    pub run: RunId,
    pub method: String,
    pub algorithm: &'static str,
    pub n: usize,
    /// The numbers that were tried where none was given, each with its silhouette.
    pub n_curve: Vec<(usize, f64)>,
    pub tracks: usize,
    /// Tracks of the library that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that are in no playlist, for they are like no others.
    pub noise: usize,
    pub inertia: f64,
    /// How well the playlists stand apart, from -1 to 1, on a sample; none where there is only one.
    pub silhouette: Option<f64>,
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
    let set = set_name(request, scope.as_deref());
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        progress.event(Event::Warning(format!("{refused}: the playlists are written, but not remembered")));
    }
    let (mut record, last) = database.set(&set)?.unwrap_or_default();
    let sounds = Sounds::of(raw.contents(), &selection);
    let points = if selection.is_reduced { raw } else { prepared(raw, request.report) };
    let continued = last.as_ref().filter(|_| !request.fresh);
    let start = continued.filter(|last| last.space == space && !request.report);
    let start = start.map(|last| last_partition(&points, last));
    let (algorithm, settings) = (request.algorithm, &request.settings);
    let mut task =
        Task { n: request.n.unwrap_or_default(), seed: request.seed, settings, last: start.as_ref() };
    let mut n_curve = vec![];
    if algorithm.takes_n && request.n.is_none() {
        Choice { n: task.n, curve: n_curve } = choose(algorithm, &points, &task)?;
        clock.stage("choose");
    }
    let clustering = (algorithm.cluster)(&points, &task)?;
    let silhouette = clustering.silhouette(&points);
    clock.stage("cluster");

    let known = known(continued);
    let next_id = if request.fresh { 0 } else { record.next_id };
    let arrange =
        |songs: Vec<Song>, rows: &[usize]| request.order.arrange(songs, rows, points.values(), request.seed);
    let named = name_clusters(&points, &sounds, &clustering, &selection, &known, next_id, arrange);
    let settings = canonical(request, scope.as_deref());
    let run = run_id(&settings, &space, &named);
    clock.stage("match");

    let playlists: Vec<Playlist> = named.iter().map(|named| named.playlist.clone()).collect();
    let about = About {
        set: set.clone(),
        run: run.clone(),
        method: request.method.clone(),
        algorithm: request.algorithm.name.to_owned(),
        n: clustering.n(),
    };
    let files = publish(&playlists, &about, &request.targets, &database, progress)?;
    if database.is_damaged() {
        let text = "rows of playlists.redb are damaged: what can be read of earlier playlists goes on, \
                    and a file whose row is lost is taken for somebody else's";
        progress.event(Event::Warning(text.to_owned()));
    }
    let away = away(points.contents(), continued);
    let made = run_record(&space, settings, &run, &clustering, &named, away);
    // Names are no part of a run's id, but `--fresh` may change them alone.
    if last.is_none_or(|last| last.id != made.id || last.playlists != made.playlists) {
        let next = playlists.iter().map(|playlist| playlist.id + 1).max().unwrap_or_default();
        record = SetRecord { next_id: next.max(next_id), latest: record.latest + 1 };
        database.keep(&set, &record, &made)?;
    }
    clock.stage("write");

    let summaries = named.into_iter().zip(files).map(|(named, file)| PlaylistSummary {
        id: named.playlist.id,
        file,
        size: named.playlist.songs.len(),
        churn: named.churn,
        is_new: named.is_new,
        typical: typical(&named.playlist.songs, TYPICAL),
        name: named.playlist.name,
    });
    Ok(ClusterSummary {
        set,
        run,
        method: request.method.clone(),
        algorithm: request.algorithm.name,
        n: clustering.n(),
        n_curve,
        tracks: points.len(),
        coverage: selection.coverage,
        noise: clustering.noise(),
        inertia: clustering.inertia,
        silhouette,
        seconds: clock.stages,
        playlists: summaries.collect(),
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
fn prepared(raw: Points, report: bool) -> Points {
    match (raw.space().name.as_str(), report) {
        (mfcc::NAME, true) => raw.map(mfcc::report_columns),
        (mfcc::NAME, false) => raw.map(mfcc::default_blocks).map(standardise).map(unit_length),
        (_, true) => raw,
        (_, false) => raw.map(unit_length),
    }
}

fn set_name(request: &ClusterRequest, scope: Option<&Path>) -> String {
    request.set.clone().unwrap_or_else(|| match scope {
        Some(path) => format!("{}:{}", request.method, path.display()),
        None => request.method.clone(),
    })
}

/// All that shapes who is in which playlist, as text. The seed counts; the targets and the order of songs do not.
fn canonical(request: &ClusterRequest, scope: Option<&Path>) -> String {
    let path = scope.map(|path| path.to_string_lossy()).unwrap_or_default();
    let (algorithm, settings) = (request.algorithm.name, &request.settings);
    let (n, seed, report) = (request.n.unwrap_or_default(), request.seed, request.report);
    format!("algorithm={algorithm} n={n} seed={seed} report={report} path={path} {settings:?}")
}

fn run_id(settings: &str, space: &SpaceId, named: &[NamedCluster]) -> RunId {
    let members: Vec<_> = named
        .iter()
        .flat_map(|named| named.playlist.songs.iter().map(|song| (song.content, named.playlist.id)))
        .collect();
    RunId::of(settings, space, &members)
}

fn run_record(
    space: &SpaceId,
    settings: String,
    run: &RunId,
    clustering: &Clustering,
    named: &[NamedCluster],
    mut away: BTreeMap<u32, Vec<ContentId>>,
) -> RunRecord {
    RunRecord {
        id: run.to_string(),
        made: Moment::now(),
        space: space.clone(),
        settings,
        inertia: clustering.inertia,
        centroids: named.iter().map(|named| clustering.centroids.row(named.cluster).to_vec()).collect(),
        playlists: named
            .iter()
            .map(|named| RunPlaylist {
                id: named.playlist.id,
                name: named.playlist.name.clone(),
                members: members(&named.playlist),
                away: away.remove(&named.playlist.id).unwrap_or_default(),
            })
            .collect(),
    }
}

/// Who is in a playlist, in whatever order its songs stand: that is no part of a run.
fn members(playlist: &Playlist) -> Vec<ContentId> {
    let mut members: Vec<_> = playlist.songs.iter().map(|song| song.content).collect();
    members.sort_unstable();
    members
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
