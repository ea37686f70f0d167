//! Groups the tracks of one space into playlists that continue those of the set's last run.

use std::{
    cell::OnceCell,
    path::{Path, PathBuf},
};

use super::{
    clock::Clock,
    continuity::{away, earlier, last_partition, over},
    evidence::Lately,
    explain::{Explain, WhyPlaylist, explain},
    filters::Filters,
    input::{Input, read},
    keep::Made,
    naming::{NamedCluster, compare, known, name_clusters, wishes},
    pins::{Pins, PinsError},
    progress::{Event, Progress},
    publish::{PublishError, Targets},
    sets::{Current, HistoryError, usual_name},
    settings::canonical,
};
use crate::{
    cluster::{self, Algorithm, ClusterError, Clustering, Last, Task, choose},
    library::RootError,
    playlist::{
        Playlist, Song,
        identity::Churn,
        order::{Order, typical},
        run::RunId,
    },
    space::{Points, PointsError, SpaceId},
    store::{Playlists, StoreError},
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
    #[error(
        "--n {n}, but the filters leave {tracks} of {all} tracks of {space}: choose at most {tracks}, or filter less"
    )]
    TooFewLeft { n: usize, tracks: usize, all: usize, space: String },
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
    /// The playlist of the one song to be explained, if a limit keeps it out of it.
    pub beyond: Option<String>,
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
    /// A playlist that was written to `file`, if it was.
    pub fn of(list: &Playlist, churn: Churn, is_new: bool, file: Option<PathBuf>) -> Self {
        let (name, size) = (list.name.clone(), list.songs.len());
        Self { id: list.id, name, file, size, churn, is_new, typical: typical(&list.songs, TYPICAL) }
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
    let Input { selection, points: all, space, scope, wanted } = read(request, store, progress)?;
    clock.stage("read");
    let set = request.set.clone().unwrap_or_else(|| usual_name(&request.method, scope.as_deref()));
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        progress.event(Event::Warning(format!("{refused}: the playlists are written, but not remembered")));
    }
    let current = Current::of(&database, &set)?;
    let pins = Pins::of(current.last.as_ref().filter(|_| !request.fresh), &current.choices);
    pins.check_free(wanted)?;
    let points = pins.free(&all);
    let continued = pins.rest.as_deref();
    let (tracks, settings) = (over(all.contents()), canonical(request, scope.as_deref()));
    let earlier = earlier(&database, &set, &tracks, &settings, continued, &current.choices)?;
    let before = Pins::of(earlier.as_ref(), &current.choices);
    let before = before.rest.as_deref().or(continued);
    let start = before.filter(|run| run.space == space && !request.report);
    let start = start.map(|run| last_partition(&points, run));
    let (clustering, n_curve) = grouped(request, &points, &pins, start.as_ref(), &mut clock, progress)?;
    clock.stage("cluster");

    let mut known = known(before);
    for playlist in &mut known {
        let has_name = current.is_named(playlist.id) || pins.is_pinned(playlist.id);
        (playlist.keeps_name, playlist.goes_on) = (has_name || !request.rename, pins.is_held(playlist.id));
    }
    let next_id = if request.fresh { 0 } else { current.record.next_id };
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
    clock.stage("match");
    let why = request.explain.as_ref().map(|_| explain(wanted, &points, &clustering, &named, &evidence));
    let why = why.transpose()?;
    if why.is_some() {
        clock.stage("explain");
    }
    let is_beyond = |named: &&NamedCluster| wanted.is_some_and(|song| named.beyond.contains(&song));
    let kept_out_of = named.iter().find(is_beyond).map(|named| named.playlist.name.clone());

    let mut named = pins.put_back(named, &all, &pins.elsewhere(&all, store)?, &selection, |songs, rows| {
        request.order.arrange(songs, rows, all.values(), request.seed)
    });
    if earlier.is_some() {
        compare(&mut named, current.last.as_ref());
    }
    let mut away = away(points.contents(), continued);
    for named in &named {
        away.entry(named.playlist.id).or_default().extend(&named.beyond);
    }
    away.extend(pins.away(&named));
    let beyond: usize = named.iter().map(|named| named.beyond.len()).sum();
    let made = Made {
        tracks,
        set: set.clone(),
        era: current.era(request.fresh),
        space,
        algorithm: request.algorithm.name.to_owned(),
        report: request.report,
        settings,
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
        n_curve,
        tracks: playlists.iter().map(|list| list.size).sum::<usize>() + clustering.noise(),
        filtered: selection.filtered + beyond,
        coverage: selection.coverage,
        noise: clustering.noise(),
        inertia: clustering.inertia,
        silhouette: clustering.silhouette(&points),
        seconds: clock.stages,
        playlists,
        why,
        beyond: kept_out_of,
    })
}

/// Groups the points that are not pinned; with that come the numbers that were tried where none was given.
fn grouped(
    request: &ClusterRequest,
    points: &Points,
    pins: &Pins,
    last: Option<&Last>,
    clock: &mut Clock,
    progress: &dyn Progress,
) -> Result<(Clustering, Vec<(usize, f64)>), ClusterRunError> {
    let refused = |error| pins.explain::<ClusterRunError>(request.n, error);
    let n = pins.left_of(request.n, request.algorithm.takes_n, points)?;
    let task = Task { n: 0, seed: request.seed, settings: &request.settings, last };
    let (n, n_curve) = choose(request.algorithm, points, n, &task).map_err(refused)?;
    if !n_curve.is_empty() {
        clock.stage("choose");
    }
    let task = Task { n: pins.clusters(n, points), ..task };
    if points.is_empty() {
        let text = "every song is pinned: there is nothing to cluster, and the playlists stay as they are";
        progress.event(Event::Warning(text.to_owned()));
        return Ok((Clustering::of(points, &[], 0), n_curve));
    }
    Ok(((request.algorithm.cluster)(points, &task).map_err(refused)?, n_curve))
}

#[cfg(test)]
pub(super) mod tests;
