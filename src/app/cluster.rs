//! Groups the tracks of one space into playlists that continue those of the set's last run.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    clock::Clock,
    continuity::{away, last_partition},
    evidence::Lately,
    explain::{Explain, WhyPlaylist, explain},
    filters::Filters,
    input::{Input, read},
    naming::{NamedCluster, known, name_clusters, wishes},
    progress::{Event, Progress},
    publish::{PublishError, Targets, publish},
};
use crate::{
    cluster::{self, Algorithm, ClusterError, Clustering, Task, choose},
    library::RootError,
    moment::Moment,
    playlist::{
        Playlist, Song,
        format::About,
        identity::Churn,
        order::{Order, typical},
        run::RunId,
    },
    space::{PointsError, SpaceId},
    store::{Playlists, RunPlaylist, RunRecord, SetRecord, StoreError},
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
    /// Find new names for playlists that go on.
    pub rename: bool,
    /// The folder of the models: their classes are words for names.
    pub models: PathBuf,
    /// Which songs come into playlists.
    pub filters: Filters,
    /// Say why songs are where they are.
    pub explain: Option<Explain>,
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
    #[error("{} cannot be explained: it is not in {space}, not under --path, or filtered out", path.display())]
    NoSong { path: PathBuf, space: String },
    #[error("the filters leave no track of {space}: ask for less")]
    AllFiltered { space: String },
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
    /// Tracks that filters keep out of all playlists; `tracks` are the others.
    pub filtered: usize,
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
    /// If reasons were asked for.
    pub why: Option<Vec<WhyPlaylist>>,
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
    let Input { selection, points, space, scope, wanted } = read(request, store, progress)?;
    clock.stage("read");
    let set = set_name(request, scope.as_deref());
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        progress.event(Event::Warning(format!("{refused}: the playlists are written, but not remembered")));
    }
    let (mut record, last) = database.set(&set)?.unwrap_or_default();
    let continued = last.as_ref().filter(|_| !request.fresh);
    let start = continued.filter(|last| last.space == space && !request.report);
    let start = start.map(|last| last_partition(&points, last));
    let task = Task { n: 0, seed: request.seed, settings: &request.settings, last: start.as_ref() };
    let (n, n_curve) = choose(request.algorithm, &points, request.n, &task)?;
    clock.stage("choose");
    let clustering = (request.algorithm.cluster)(&points, &Task { n, ..task })?;
    clock.stage("cluster");

    let known = known(continued, request.rename);
    let next_id = if request.fresh { 0 } else { record.next_id };
    let limits = request.filters.limits;
    let arrange = |songs: Vec<Song>, rows: &[usize]| {
        let mut kept = limits.keep(&songs).into_iter().peekable();
        let both = songs.into_iter().zip(rows).enumerate();
        let both = both.filter(|(place, _)| kept.next_if_eq(place).is_some()).map(|(_, both)| both);
        let (songs, rows): (Vec<_>, Vec<_>) = both.unzip();
        request.order.arrange(songs, &rows, points.values(), request.seed)
    };
    let evidence = Lately {
        store,
        models: &request.models,
        selection: &selection,
        contents: points.contents(),
        read: OnceCell::new(),
    };
    let wishes = |clusters: &[Vec<usize>]| evidence.get().map(|evidence| wishes(evidence, clusters));
    let named = name_clusters(&points, &clustering, &selection, &known, next_id, wishes, arrange)?;
    let settings = canonical(request, scope.as_deref());
    let run = run_id(&settings, &space, &named);
    clock.stage("match");
    let why = request.explain.as_ref().map(|_| explain(wanted, &points, &clustering, &named, &evidence));
    let why = why.transpose()?;
    if why.is_some() {
        clock.stage("explain");
    }

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
    let mut away = away(points.contents(), continued);
    for named in &named {
        away.entry(named.playlist.id).or_default().extend(&named.beyond);
    }
    let made = run_record(&space, settings, &run, &clustering, &named, away);
    // Names are no part of a run's id, but `--fresh` may change them alone.
    if last.is_none_or(|last| last.id != made.id || last.playlists != made.playlists) {
        let next = playlists.iter().map(|playlist| playlist.id + 1).max().unwrap_or_default();
        record = SetRecord { next_id: next.max(next_id), latest: record.latest + 1 };
        database.keep(&set, &record, &made)?;
    }
    clock.stage("write");

    let beyond: usize = named.iter().map(|named| named.beyond.len()).sum();
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
        tracks: points.len() - beyond,
        filtered: selection.filtered + beyond,
        coverage: selection.coverage,
        noise: clustering.noise(),
        inertia: clustering.inertia,
        silhouette: clustering.silhouette(&points),
        seconds: clock.stages,
        playlists: summaries.collect(),
        why,
    })
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
    let filters = request.filters.canonical();
    format!("algorithm={algorithm} n={n} seed={seed} report={report} path={path} {settings:?}{filters}")
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

#[cfg(test)]
pub(super) mod tests;
