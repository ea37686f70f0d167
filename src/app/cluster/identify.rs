//! The step that finds out which cluster continues which playlist.

use super::context::ClusterContext;

use crate::playlist::identity::{self, PlaylistIdentity, PreviousPlaylist};
use crate::{app::history::sets::previous_playlists, clustering::Clustering, track::ContentId};

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
