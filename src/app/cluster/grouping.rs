//! The step that groups the tracks.

use super::{context::ClusterContext, continuity::last_partition, error::ClusterRunError};

use crate::app::progress::{Event, StageTimer};
use crate::clustering::{Clustering, ClusteringTask, choose};

/// Groups of tracks, and how their number was found.
pub(crate) struct Groups {
    pub clustering: Clustering,
    /// The numbers that were tried where none was given, each with its silhouette.
    pub n_curve: Vec<(usize, f64)>,
}

/// Groups the points that are not pinned, starting from the run that this one continues.
/// Errors: the tracks or the pins do not allow as many groups as were asked for.
pub(crate) fn group(context: &ClusterContext, timer: &mut StageTimer) -> Result<Groups, ClusterRunError> {
    let ClusterContext { request, input, pins, points, progress, .. } = context;
    let start = context.base().filter(|run| run.space == input.space && !request.report);
    let last = start.map(|run| last_partition(points, run));
    let refused = |error| pins.explain::<ClusterRunError>(request.n, error);
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
    Ok(Groups { clustering, n_curve })
}
