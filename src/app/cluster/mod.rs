//! Groups the tracks of one space into playlists that continue those of the set's last run.
//!
//! [`cluster()`] reads as its steps; each of them is a file of this folder.

pub(crate) mod context;
pub(crate) mod continuity;
pub(crate) mod coverage;
pub(crate) mod dedupe;
pub(crate) mod error;
pub(crate) mod explain;
pub(crate) mod facts;
pub(crate) mod finish;
pub(crate) mod grouping;
pub(crate) mod identify;
pub(crate) mod input;
pub(crate) mod named;
pub(crate) mod naming;
pub(crate) mod pins;
pub(crate) mod publish;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod selection;
pub(crate) mod summary;
pub(crate) mod tracks;

use std::path::Path;

use self::grouping::{Groups, group};
use self::identify::{candidates, identify};
use self::naming::{name, with_songs};
use self::{
    context::ClusterContext, continuity::PreviousRuns, error::ClusterRunError, explain::explain,
    facts::TrackFacts, finish::CompletedRun, input::read, request::ClusterRequest, summary::ClusterSummary,
};
use super::progress::{Progress, StageTimer};

/// Groups the tracks, matches the groups with the playlists of the set's last run, writes the files, and keeps the run.
/// Errors: there is no store or nothing in it, an `n` is not possible, or files cannot be written. Nothing is
/// written then.
pub(crate) fn cluster(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut timer = StageTimer::default();
    let input = read(request, store, progress)?;
    timer.stage("read");
    let previous = PreviousRuns::load(request, &input, store, progress)?;
    let context = ClusterContext::new(request, &input, &previous, store, progress)?;

    let Groups { clustering, n_curve } = group(&context, &mut timer)?;
    let candidates = candidates(&context);
    let identified = identify(&context, &clustering, &candidates);
    let facts = TrackFacts::new(store, &request.models, &input.selection, context.points.contents());
    let names = name(&identified, &candidates, &facts)?;
    let clusters = with_songs(&context, &clustering, &identified, names);
    timer.stage("match");
    let mut why = None;
    if request.explain.is_some() {
        why = Some(explain(input.wanted, &context.points, &clustering, &clusters, &facts)?);
        timer.stage("explain");
    }

    let over_limit: usize = clusters.iter().map(|cluster| cluster.over_limit.len()).sum();
    let over_limit_of = input.wanted.and_then(|song| {
        let holder = clusters.iter().find(|cluster| cluster.over_limit.contains(&song))?;
        Some(holder.playlist.name.clone())
    });
    let completed = CompletedRun::new(&context, clusters, clustering.inertia)?;
    let (run, playlists) =
        completed.publish_and_keep(&previous.current, &request.targets, &previous.database, progress)?;
    timer.stage("write");
    Ok(ClusterSummary {
        set: previous.set.clone(),
        run,
        method: request.method.clone(),
        algorithm: request.algorithm.name.to_owned(),
        n: playlists.len(),
        n_curve,
        tracks: playlists.iter().map(|list| list.size).sum::<usize>() + clustering.noise(),
        filtered: input.selection.filtered + over_limit,
        coverage: input.selection.coverage,
        noise: clustering.noise(),
        inertia: clustering.inertia,
        silhouette: clustering.silhouette(&context.points),
        seconds: timer.stages,
        playlists,
        why,
        over_limit_of,
    })
}

#[cfg(test)]
pub(super) mod tests;
