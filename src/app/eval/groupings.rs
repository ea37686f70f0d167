//! What groupings of one method into different numbers of playlists are worth.

use super::report::GroupingScores;
use crate::app::cluster::request::ClusterRequest;
use crate::app::progress::{Event, Progress};
use crate::clustering::{ClusterError, Clustering, ClusteringTask, Trials, agreement};
use crate::space::Points;
use crate::track::ContentId;

/// The scores of each number, and the number that `cluster` would choose. `label` is that of a track.
pub(crate) fn groupings(
    points: &Points,
    counts: &[usize],
    request: &ClusterRequest,
    label: impl Fn(&ContentId) -> Option<usize>,
    progress: &dyn Progress,
) -> Result<(Vec<GroupingScores>, usize), ClusterError> {
    let task = ClusteringTask { n: 0, seed: request.seed, settings: &request.settings };
    let trials = Trials::of(request.algorithm, points, &task);
    let mut rows = Vec::with_capacity(counts.len());
    for &n in counts {
        if let Some(clustering) = trials.cluster(n)? {
            rows.push(scores(&trials, &clustering, &label)?);
        }
        progress.event(Event::Step);
    }
    let curve: Vec<_> = rows.iter().filter_map(|row| Some((row.n, row.silhouette?))).collect();
    let n = if curve.is_empty() { rows.first().map_or(1, |row| row.n) } else { trials.best(&curve) };
    Ok((rows, n))
}

fn scores(
    trials: &Trials,
    clustering: &Clustering,
    label: impl Fn(&ContentId) -> Option<usize>,
) -> Result<GroupingScores, ClusterError> {
    let sample = &trials.sample;
    let separation = clustering.separation(sample);
    let labelled = sample.contents().iter().zip(&clustering.labels);
    let labelled: Vec<_> = labelled.filter_map(|(track, group)| Some((label(track)?, group))).collect();
    let agreement = (!labelled.is_empty()).then(|| agreement(&labelled));
    Ok(GroupingScores {
        n: clustering.n(),
        silhouette: clustering.silhouette(sample),
        davies_bouldin: separation.map(|measured| measured.davies_bouldin),
        calinski_harabasz: separation.map(|measured| measured.calinski_harabasz),
        stability: trials.stability(clustering)?,
        nmi: agreement.map(|measured| measured.nmi),
        ari: agreement.map(|measured| measured.ari),
        purity: agreement.map(|measured| measured.purity),
    })
}
