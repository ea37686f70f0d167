//! Groups the tracks of one space into playlists that continue those of the set's last run.
//!
//! [`cluster()`] reads as its steps, for which the files of this folder stand.

pub(crate) mod assigned;
pub(crate) mod classes;
pub(crate) mod combination;
pub(crate) mod context;
pub(crate) mod continuity;
pub(crate) mod coverage;
pub(crate) mod dedupe;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod finish;
pub(crate) mod genres;
pub(crate) mod grouping;
pub(crate) mod input;
pub(crate) mod learn_from;
pub(crate) mod method;
pub(crate) mod naming;
pub(crate) mod pins;
pub(crate) mod publish;
pub(crate) mod request;
pub(crate) mod restore;
pub(crate) mod selection;
mod song_paths;
pub(crate) mod sounds;
pub(crate) mod summary;
pub(crate) mod tracks;
mod unexplained;

use std::path::Path;

use self::grouping::{GroupedTracks, candidates, group, identify};
use self::learn_from::of_settings;
use self::naming::{name, needs_terms, terms, with_songs};
use self::request::{ClusterRequest, ClusterRunError};
use self::{context::ClusterContext, continuity::PreviousRuns, explain::explain};
use self::{finish::CompletedRun, input::read, summary::ClusterSummary};
use super::progress::{Progress, StageTimer};
use crate::{playlist::names::TermTable, store::SongPlaces};

/// Groups the tracks, matches the groups with the playlists of the set's last run, writes the files, and keeps the run.
/// Errors: nothing is written then.
pub(crate) fn cluster(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut timer = StageTimer::default();
    let (mut input, points) = read(request, store, progress)?;
    timer.stage("read");
    let previous = PreviousRuns::load(request, &input, &points, store, progress)?;
    if previous.current.choices.is_empty() {
        // Only for songs that are pinned they are asked for again.
        input.selection.places = SongPlaces::default();
    }
    let mut context = ClusterContext::new(request, &input, points, &previous, store, progress)?;

    let GroupedTracks { clustering, n_curve, gain, is_regrouped } = group(&context, &mut timer)?;
    let silhouette = clustering.silhouette(context.points());
    context.forget_values();
    let candidates = candidates(&context);
    let identified = identify(&context, &clustering, &candidates);
    // The store is read only if a name is ours to check or to find, or a song's place is to be explained.
    let is_described = needs_terms(&context, &identified) || request.explain.is_some();
    let terms = if is_described { terms(&context)? } else { TermTable::default() };
    let names = name(&context, &identified, &candidates, &terms);
    let clusters = with_songs(&context, &clustering, &identified, names);
    timer.stage("match");
    let mut why = None;
    if request.explain.is_some() {
        why = Some(explain(input.wanted, context.points(), &clustering, &clusters, &terms));
        timer.stage("explain");
    }

    let over_limit: usize = clusters.iter().map(|cluster| cluster.over_limit.len()).sum();
    let over_limit_of = input.wanted.and_then(|song| {
        let holder = clusters.iter().find(|cluster| cluster.over_limit.contains(&song))?;
        Some(holder.playlist.name.clone())
    });
    let completed = CompletedRun::new(&context, clusters, clustering.inertia)?;
    drop(context);
    let (filtered, coverage) = (input.selection.filtered, input.selection.coverage);
    let learned = input.learned.clone();
    // What songs need of it they have by now, and the files take as much memory.
    drop((identified, terms, input));
    drop(candidates);
    let summary =
        completed.publish_and_keep(&previous.current, &request.targets, &previous.database, progress)?;
    timer.stage("write");
    Ok(ClusterSummary {
        n_curve,
        regroup_gain: gain,
        is_regrouped,
        tracks: summary.tracks + clustering.noise(),
        filtered: filtered + over_limit,
        coverage,
        noise: clustering.noise(),
        silhouette,
        learn_from: learned.as_deref().and_then(of_settings),
        seconds: timer.stages,
        why,
        over_limit_of,
        ..summary
    })
}

#[cfg(test)]
pub(super) mod tests;
