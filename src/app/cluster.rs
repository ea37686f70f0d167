//! Groups the tracks of one space into playlists that continue those of the set's last run.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    progress::{Event, Progress},
    publish::{PublishError, publish},
    selection::{Selection, select},
};
use crate::{
    cluster::{self, Algorithm, ClusterError, Clustering},
    library::{RootError, Roots},
    moment::Moment,
    playlist::{
        Playlist, Song,
        format::About,
        identity::{self, Churn, Known},
        names::{Names, Sound},
        order_by_center,
        run::RunId,
    },
    space::{
        Points, PointsError, SpaceId, mfcc,
        scale::{standardise, unit_length},
    },
    store::{Playlists, RunPlaylist, RunRecord, SetRecord, StoreError, View},
};

/// What one call of `cluster` is about.
#[derive(Clone, Debug)]
pub struct ClusterRequest {
    pub space: SpaceId,
    pub algorithm: &'static Algorithm,
    pub settings: cluster::Settings,
    pub n: usize,
    pub seed: u64,
    /// Only tracks under this folder.
    pub path: Option<PathBuf>,
    /// The report's columns and arithmetic.
    pub report: bool,
    /// The set's name, if it is not to be made from space and path.
    pub set: Option<String>,
    /// Forget the set's earlier playlists.
    pub fresh: bool,
    pub targets: Targets,
}

/// Where the playlists go.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// One JSON file.
    pub output: Option<PathBuf>,
    /// Replace an `output` that is somebody else's.
    pub force: bool,
    /// A folder of playlist files.
    pub playlists: Option<PathBuf>,
    /// Their formats, by name.
    pub formats: Vec<String>,
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
    pub tracks: usize,
    /// Tracks of the library that are in the space, from 0 to 1.
    pub coverage: f64,
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
    let (selection, scope) = read(request, store, progress)?;
    clock.stage("read");
    let points = Points::new(request.space.clone(), selection.rows())?;
    let raw = points.clone();
    let points = if request.report {
        points.map(mfcc::report_columns)
    } else {
        points.map(|values| unit_length(standardise(mfcc::default_blocks(values))))
    };
    let clustering = (request.algorithm.cluster)(&points, request.n, request.seed, &request.settings)?;
    clock.stage("cluster");

    let set = request.set.clone().unwrap_or_else(|| match &scope {
        Some(path) => format!("{}:{}", request.space.name, path.display()),
        None => request.space.name.clone(),
    });
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        progress.event(Event::Warning(format!("{refused}: the playlists are written, but not remembered")));
    }
    let (mut record, last) = database.set(&set)?.unwrap_or_default();
    let known = if request.fresh { vec![] } else { known(last.as_ref()) };
    let next_id = if request.fresh { 0 } else { record.next_id };
    let named = name_clusters(&raw, &clustering, &selection, &known, next_id);
    let run = run_id(request, scope.as_deref(), &named);
    clock.stage("match");

    let playlists: Vec<Playlist> = named.iter().map(|named| named.playlist.clone()).collect();
    let about = About {
        set: set.clone(),
        run: run.clone(),
        method: request.space.name.clone(),
        algorithm: request.algorithm.name.to_owned(),
        n: request.n,
    };
    let files = publish(&playlists, &about, &request.targets, &database, progress)?;
    if last.as_ref().is_none_or(|last| last.id != run.to_string()) {
        let next = playlists.iter().map(|playlist| playlist.id + 1).max().unwrap_or_default();
        record = SetRecord { next_id: next.max(next_id), latest: record.latest + 1 };
        database.keep(&set, &record, &run_record(request, &run, &clustering, &named))?;
    }
    clock.stage("write");

    let summaries = named.into_iter().zip(files).map(|(named, file)| PlaylistSummary {
        id: named.playlist.id,
        name: named.playlist.name,
        file,
        size: named.playlist.songs.len(),
        churn: named.churn,
        is_new: named.is_new,
        typical: named.playlist.songs.into_iter().take(TYPICAL).collect(),
    });
    Ok(ClusterSummary {
        set,
        run,
        method: request.space.name.clone(),
        algorithm: request.algorithm.name,
        n: request.n,
        tracks: points.len(),
        coverage: selection.coverage,
        inertia: clustering.inertia,
        seconds: clock.stages,
        playlists: summaries.collect(),
    })
}

/// Copies what is needed out of the library and lets go of it: a pinned reader keeps pages from reuse.
fn read(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<(Selection, Option<PathBuf>), ClusterRunError> {
    let view = View::open(store)?;
    let scope = match &request.path {
        None => None,
        Some(path) => {
            let known: Vec<_> = view.roots()?.into_keys().collect();
            Roots::join(&known, std::slice::from_ref(path))?.scope.pop()
        }
    };
    let selection = select(&view, &request.space, scope.as_deref())?;
    if view.damaged() > 0 {
        let rows = view.damaged();
        progress.event(Event::Warning(format!(
            "{rows} rows of the store are damaged and left out: `indexer scan` makes them again"
        )));
    }
    Ok((selection, scope))
}

/// A cluster that has become a playlist.
struct NamedCluster {
    /// The number of its cluster.
    cluster: usize,
    playlist: Playlist,
    churn: Churn,
    is_new: bool,
}

fn known(last: Option<&RunRecord>) -> Vec<Known> {
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let known = |playlist: &RunPlaylist| Known {
        id: playlist.id,
        name: playlist.name.clone(),
        members: playlist.members.clone(),
    };
    playlists.iter().map(known).collect()
}

/// Gives each cluster its identity, its name and its songs; in the order of the playlists' ids.
fn name_clusters(
    raw: &Points,
    clustering: &Clustering,
    selection: &Selection,
    known: &[Known],
    next_id: u32,
) -> Vec<NamedCluster> {
    let rows = clustering.members();
    let contents = |rows: &Vec<usize>| rows.iter().map(|&row| raw.contents()[row]).collect::<Vec<_>>();
    let clusters: Vec<_> = rows.iter().map(contents).collect();
    let identities = identity::identify(&clusters, known, next_id);
    let kept = identities.iter().filter_map(|identity| Some(identity.continues?.name.as_str()));
    let mut names = Names::given(kept);
    let mut named: Vec<_> = Vec::new();
    for (cluster, identity) in identities.iter().enumerate() {
        let name = match identity.continues {
            Some(known) => known.name.clone(),
            None => names.give(Some(sound(raw, &rows[cluster]))),
        };
        let mut songs: Vec<_> = rows[cluster]
            .iter()
            .map(|&row| selection.song(&raw.contents()[row], clustering.distances[row]))
            .collect();
        order_by_center(&mut songs);
        named.push(NamedCluster {
            cluster,
            playlist: Playlist { id: identity.id, name, songs },
            churn: identity.churn(&clusters[cluster]),
            is_new: identity.continues.is_none(),
        });
    }
    named.sort_by_key(|named| named.playlist.id);
    named
}

/// The mean sound of some rows of stored `mfcc` vectors.
fn sound(raw: &Points, rows: &[usize]) -> Sound {
    let mean = |column| {
        let sum: f64 = rows.iter().map(|&row| f64::from(raw.values()[(row, column)])).sum();
        sum / rows.len().max(1) as f64
    };
    Sound { tempo: mean(mfcc::TEMPO), brightness: mean(mfcc::CENTROID) }
}

/// All that shapes the result, as text. The seed counts, the targets do not.
fn canonical(request: &ClusterRequest, scope: Option<&Path>) -> String {
    let path = scope.map(|path| path.to_string_lossy()).unwrap_or_default();
    let (algorithm, settings) = (request.algorithm.name, &request.settings);
    let (n, seed, report) = (request.n, request.seed, request.report);
    format!("algorithm={algorithm} n={n} seed={seed} report={report} path={path} {settings:?}")
}

fn run_id(request: &ClusterRequest, scope: Option<&Path>, named: &[NamedCluster]) -> RunId {
    let members: Vec<_> = named
        .iter()
        .flat_map(|named| named.playlist.songs.iter().map(|song| (song.content, named.playlist.id)))
        .collect();
    RunId::of(&canonical(request, scope), &request.space, &members)
}

fn run_record(
    request: &ClusterRequest,
    run: &RunId,
    clustering: &Clustering,
    named: &[NamedCluster],
) -> RunRecord {
    RunRecord {
        id: run.to_string(),
        made: Moment::now(),
        space: request.space.clone(),
        settings: canonical(request, request.path.as_deref()),
        inertia: clustering.inertia,
        centroids: named.iter().map(|named| clustering.centroids.row(named.cluster).to_vec()).collect(),
        playlists: named
            .iter()
            .map(|named| RunPlaylist {
                id: named.playlist.id,
                name: named.playlist.name.clone(),
                members: named.playlist.songs.iter().map(|song| song.content).collect(),
            })
            .collect(),
    }
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
