//! The steps that group the tracks, and find out which cluster continues which playlist.

use super::assigned::assigned;
use super::learn_from::as_asked;
use super::request::{ClusterRequest, ClusterRunError, Regroup};
use super::{context::ClusterContext, continuity::earlier_partition};
use crate::app::history::sets::previous_playlists;
use crate::app::progress::{Event, StageTimer};
use crate::clustering::{
    CarryOn, ClusterError, Clustering, ClusteringTask, Continuation, carry_on, choose, join_small,
};
use crate::playlist::identity::{self, PlaylistIdentity, PreviousPlaylist, Standing};
use crate::{store::RunPlaylist, store::RunRecord, track::ContentId};

/// How the tracks are grouped.
pub(crate) struct GroupedTracks {
    pub clustering: Clustering,
    /// The numbers that were tried where none was given, each with its silhouette.
    pub n_curve: Vec<(usize, f64)>,
    /// By how many percent of its inertia a fresh grouping fits better than the last one carried on; none where there is
    /// none to carry on.
    pub gain: Option<f64>,
    /// The fresh grouping was taken although there is one to carry on.
    pub is_regrouped: bool,
}

/// Groups the points that are not pinned: as the run that this one continues, unless a fresh grouping fits much better.
pub(crate) fn group(
    context: &ClusterContext,
    timer: &mut StageTimer,
) -> Result<GroupedTracks, ClusterRunError> {
    let ClusterContext { request, pins, progress, .. } = context;
    let points = context.points();
    if points.is_empty() {
        let text = "every song is pinned: there is nothing to cluster, and the playlists stay as they are";
        progress.event(Event::Warning(text.to_owned()));
        let clustering = Clustering::of(points, &[], 0);
        return Ok(GroupedTracks { clustering, n_curve: vec![], gain: None, is_regrouped: false });
    }
    if let Some(assignment) = &request.assignment {
        let clustering = assigned(points, assignment, request.min_size)?;
        timer.stage("cluster");
        return Ok(GroupedTracks { clustering, n_curve: vec![], gain: None, is_regrouped: false });
    }
    let n = pins.unpinned_count(request.n, request.algorithm.takes_n, points)?;
    let (fresh, n_curve) = fresh(context, n, timer).map_err(|error| pins.explain(request.n, error))?;
    let carried = carried_on(context, n.map(|n| pins.cluster_count(n, points)));
    timer.stage("cluster");
    let Some(carried) = carried else {
        let is_regrouped = context.base().is_some();
        return Ok(GroupedTracks { clustering: fresh, n_curve, gain: None, is_regrouped });
    };
    let gain = gain(&carried, &fresh);
    Ok(match is_worth_it(request, gain) {
        true => GroupedTracks { clustering: fresh, n_curve, gain: Some(gain), is_regrouped: true },
        false => {
            GroupedTracks { clustering: carried, n_curve: vec![], gain: Some(gain), is_regrouped: false }
        }
    })
}

/// By how many percent of the inertia of the one the other is better.
fn gain(carried: &Clustering, fresh: &Clustering) -> f64 {
    if carried.inertia > 0.0 { 100.0 * (1.0 - fresh.inertia / carried.inertia) } else { 0.0 }
}

fn is_worth_it(request: &ClusterRequest, gain: f64) -> bool {
    match request.regroup {
        Regroup::Never => false,
        Regroup::From(least) => least == 0.0 || gain >= least,
    }
}

/// Groups from nothing, into `n` clusters or a number that is found.
fn fresh(
    context: &ClusterContext,
    n: Option<usize>,
    timer: &mut StageTimer,
) -> Result<(Clustering, Vec<(usize, f64)>), ClusterError> {
    let ClusterContext { request, pins, .. } = context;
    let points = context.points();
    let task = ClusteringTask { n: 0, seed: request.seed, settings: &request.settings };
    let (n, n_curve) = choose(request.algorithm, points, n, &task)?;
    if !n_curve.is_empty() {
        timer.stage("choose");
    }
    let task = ClusteringTask { n: pins.cluster_count(n, points), ..task };
    let clustering = (request.algorithm.cluster)(points, &task)?;
    Ok((join_small(points, clustering, request.min_size), n_curve))
}

/// The base carried on, into `n` clusters or as many as there are. None: there is none, or its algorithm has none to carry
/// on.
fn carried_on(context: &ClusterContext, n: Option<usize>) -> Option<Clustering> {
    let ClusterContext { request, input, previous, .. } = context;
    let points = context.points();
    let is_same_way = |run: &&RunRecord| {
        let algorithm = request.algorithm;
        let goes_on = algorithm.continuation != Continuation::None && algorithm.name == run.algorithm;
        goes_on && !request.report && !run.report
    };
    let base = context.base().filter(is_same_way)?;
    let is_users = |id| previous.current.is_users(id);
    let earlier = earlier_partition(points, base, &context.gone, is_users);
    // Where nothing else is asked for, a playlist that has lost all its songs is not replaced: it comes back with them.
    let n = n.filter(|_| as_asked(&base.settings) != as_asked(&previous.settings));
    // What was restored is to be as it was: songs that came since are added, and no other moves.
    let is_settled = base.is_restored || previous.is_alike(base, &input.space);
    let settles = request.algorithm.continuation == Continuation::Settles && !is_settled;
    let task = CarryOn { n, settles, min_size: request.min_size };
    carry_on(points, &earlier, task)
}

/// Clusters with the playlists that they continue; all lists are in the order of the clusters.
pub(crate) struct IdentifiedClusters<'c> {
    /// The rows of each.
    pub rows: Vec<Vec<usize>>,
    /// The tracks of each, in the order of the rows.
    pub tracks: Vec<Vec<ContentId>>,
    pub identities: Vec<PlaylistIdentity<'c>>,
}

/// The playlists that clusters may continue, and those that may come back. Playlists that hold pinned songs must go on;
/// names that the user gave stay, and without `--rename` all others too.
pub(crate) fn candidates(context: &ClusterContext) -> Vec<PreviousPlaylist> {
    let current = &context.previous.current;
    let mut candidates = previous_playlists(context.base());
    for playlist in &mut candidates {
        let id = playlist.id;
        let is_named = current.is_named(id) || context.pins.is_pinned(id);
        playlist.keeps_name = is_named || !context.request.rename;
        playlist.standing = match () {
            () if context.pins.holds_songs(id) => Standing::Held,
            () if current.is_users(id) => Standing::Users,
            () => Standing::Listed,
        };
    }
    let back = |gone: &RunPlaylist| PreviousPlaylist {
        id: gone.id,
        name: current.chosen_name(gone.id).unwrap_or(&gone.name).to_owned(),
        standing: Standing::Gone,
        keeps_name: current.is_named(gone.id) || !context.request.rename,
        members: gone.absent.clone(),
    };
    candidates.extend(context.gone.iter().map(back));
    candidates
}

/// Pairs clusters with `candidates`, so that as many songs as possible stay where they were.
pub(crate) fn identify<'c>(
    context: &ClusterContext,
    clustering: &Clustering,
    candidates: &'c [PreviousPlaylist],
) -> IdentifiedClusters<'c> {
    let rows = clustering.members();
    let contents = context.points().contents();
    let tracks: Vec<Vec<_>> =
        rows.iter().map(|rows| rows.iter().map(|&row| contents[row]).collect()).collect();
    let identities = identity::identify(&tracks, candidates, context.next_id());
    IdentifiedClusters { rows, tracks, identities }
}
