//! Groups the tracks of one space into playlists that continue those of the set's last run.

pub mod continuity;
pub mod coverage;
pub mod dedupe;
pub mod explain;
pub mod facts;
pub mod finish;
pub mod input;
pub mod naming;
pub mod pins;
pub mod publish;
pub mod request;
pub mod restore;
pub mod selection;
pub mod summary;
pub mod tracks;

use std::{cell::OnceCell, path::Path};

use self::{
    continuity::{absent, earlier, last_partition, over},
    explain::explain,
    facts::TrackFacts,
    finish::CompletedRun,
    input::{ClusterInput, read},
    naming::{NamedCluster, compare, known, name_clusters, wishes},
    pins::Pins,
    request::{ClusterRequest, ClusterRunError, canonical},
    summary::ClusterSummary,
};
use super::{
    history::sets::{Current, usual_name},
    progress::{Event, Progress, StageTimer},
};
use crate::{
    clustering::{Clustering, ClusteringTask, LastPartition, choose},
    playlist::Song,
    space::Points,
    store::Playlists,
};

/// Clusters, matches with the set's last run, writes the files, and keeps the run.
///
/// # Errors
/// No store or nothing in it, an `n` that cannot be, files that cannot be written. Nothing is written then.
pub fn cluster(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut clock = StageTimer::default();
    let ClusterInput { selection, points: all, space, scope, wanted } = read(request, store, progress)?;
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
    let evidence = TrackFacts {
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
    let mut absent = absent(points.contents(), continued);
    for named in &named {
        absent.entry(named.playlist.id).or_default().extend(&named.beyond);
    }
    absent.extend(pins.absent(&named));
    let beyond: usize = named.iter().map(|named| named.beyond.len()).sum();
    let made = CompletedRun {
        tracks,
        set: set.clone(),
        lineage: current.lineage(request.fresh),
        space,
        algorithm: request.algorithm.name.to_owned(),
        report: request.report,
        settings,
        inertia: clustering.inertia,
        named,
        absent,
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
    last: Option<&LastPartition>,
    clock: &mut StageTimer,
    progress: &dyn Progress,
) -> Result<(Clustering, Vec<(usize, f64)>), ClusterRunError> {
    let refused = |error| pins.explain::<ClusterRunError>(request.n, error);
    let n = pins.left_of(request.n, request.algorithm.takes_n, points)?;
    let task = ClusteringTask { n: 0, seed: request.seed, settings: &request.settings, last };
    let (n, n_curve) = choose(request.algorithm, points, n, &task).map_err(refused)?;
    if !n_curve.is_empty() {
        clock.stage("choose");
    }
    let task = ClusteringTask { n: pins.clusters(n, points), ..task };
    if points.is_empty() {
        let text = "every song is pinned: there is nothing to cluster, and the playlists stay as they are";
        progress.event(Event::Warning(text.to_owned()));
        return Ok((Clustering::of(points, &[], 0), n_curve));
    }
    Ok(((request.algorithm.cluster)(points, &task).map_err(refused)?, n_curve))
}

#[cfg(test)]
pub(super) mod tests;
