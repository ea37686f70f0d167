//! The steps that group the tracks, and find out which cluster continues which playlist.

use super::{context::ClusterContext, continuity::last_partition, request::ClusterRunError};
use crate::app::history::sets::previous_playlists;
use crate::app::progress::{Event, StageTimer};
use crate::clustering::{Clustering, ClusteringTask, choose};
use crate::playlist::identity::{self, PlaylistIdentity, PreviousPlaylist};
use crate::track::ContentId;

/// Groups the points that are not pinned, starting from the run that this one continues; with the numbers that were tried
/// where none was given, each with its silhouette.
pub(crate) fn group(
    context: &ClusterContext,
    timer: &mut StageTimer,
) -> Result<(Clustering, Vec<(usize, f64)>), ClusterRunError> {
    let ClusterContext { request, input, pins, points, progress, .. } = context;
    let start = context.base().filter(|run| run.space == input.space && !request.report);
    let last = start.map(|run| last_partition(points, run));
    let refused = |error| pins.explain(request.n, error);
    let n = pins.unpinned_count(request.n, request.algorithm.takes_n, points)?;
    let task = ClusteringTask { n: 0, seed: request.seed, settings: &request.settings, last: last.as_ref() };
    let (n, n_curve) = choose(request.algorithm, points, n, &task).map_err(refused)?;
    if !n_curve.is_empty() {
        timer.stage("choose");
    }
    let task = ClusteringTask { n: pins.cluster_count(n, points), ..task };
    let clustering = if points.is_empty() {
        let text = "every song is pinned: there is nothing to cluster, and the playlists stay as they are";
        progress.event(Event::Warning(text.to_owned()));
        Clustering::of(points, &[], 0)
    } else {
        (request.algorithm.cluster)(points, &task).map_err(refused)?
    };
    timer.stage("cluster");
    Ok((clustering, n_curve))
}

/// Clusters with the playlists that they continue; all lists are in the order of the clusters.
pub(crate) struct IdentifiedClusters<'c> {
    /// The rows of each.
    pub rows: Vec<Vec<usize>>,
    /// The tracks of each, in the order of the rows.
    pub tracks: Vec<Vec<ContentId>>,
    pub identities: Vec<PlaylistIdentity<'c>>,
}

/// The playlists that clusters may continue. Playlists that hold pinned songs must go on; names that the user
/// gave stay, and without `--rename` all others too.
pub(crate) fn candidates(context: &ClusterContext) -> Vec<PreviousPlaylist> {
    let mut candidates = previous_playlists(context.base());
    for playlist in &mut candidates {
        let id = playlist.id;
        let is_named = context.previous.current.is_named(id) || context.pins.is_pinned(id);
        playlist.keeps_name = is_named || !context.request.rename;
        playlist.must_continue = context.pins.holds_songs(id);
    }
    candidates
}

/// Pairs clusters with `candidates`, so that as many songs as possible stay where they were.
pub(crate) fn identify<'c>(
    context: &ClusterContext,
    clustering: &Clustering,
    candidates: &'c [PreviousPlaylist],
) -> IdentifiedClusters<'c> {
    let rows = clustering.members();
    let contents = context.points.contents();
    let tracks: Vec<Vec<_>> =
        rows.iter().map(|rows| rows.iter().map(|&row| contents[row]).collect()).collect();
    let identities = identity::identify(&tracks, candidates, context.next_id());
    IdentifiedClusters { rows, tracks, identities }
}
