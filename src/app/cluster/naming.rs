//! The step that makes clusters playlists: each gets its name, then its songs.

use std::collections::HashSet;

use rayon::prelude::*;

use super::{
    context::ClusterContext, facts::TrackFacts, identify::IdentifiedClusters, named::NamedCluster,
    request::ClusterRequest,
};
use crate::playlist::names::{TermTable, UniqueNames, phrases};
use crate::playlist::{Playlist, Song};
use crate::{
    clustering::Clustering, playlist::identity::PreviousPlaylist, space::Points, store::StoreError,
    track::ContentId,
};

/// The names of all clusters: what continues a playlist keeps its name where that is to be kept. Facts are
/// read only if a name has to be found.
pub(crate) fn name(
    identified: &IdentifiedClusters,
    candidates: &[PreviousPlaylist],
    facts: &TrackFacts,
) -> Result<Vec<String>, StoreError> {
    let kept: Vec<_> = identified.identities.iter().map(|identity| identity.continues?.kept_name()).collect();
    let mut names = UniqueNames::with_taken(candidates.iter().filter_map(PreviousPlaylist::kept_name));
    let found = if kept.contains(&None) { descriptive_names(facts.get()?, &identified.rows) } else { vec![] };
    let name = |(cluster, kept): (usize, Option<&str>)| {
        kept.map_or_else(|| names.assign(&found[cluster]), str::to_owned)
    };
    Ok(kept.into_iter().enumerate().map(name).collect())
}

/// Names for clusters (their rows), the most apt first for each.
fn descriptive_names(terms: &TermTable, clusters: &[Vec<usize>]) -> Vec<Vec<String>> {
    let distinctions = terms.distinctions(clusters);
    clusters.iter().zip(&distinctions).map(|(rows, found)| phrases(terms, rows, found)).collect()
}

/// Gives the clusters their songs in order, as far as limits allow; in the order of the playlists' ids.
pub(crate) fn with_songs(
    context: &ClusterContext,
    clustering: &Clustering,
    identified: &IdentifiedClusters,
    names: Vec<String>,
) -> Vec<NamedCluster> {
    let IdentifiedClusters { rows, tracks, identities } = identified;
    let (request, selection, points) = (context.request, &context.input.selection, &*context.points);
    let positions = selection.positions(points.contents());
    let playlist = |(cluster, name): (usize, String)| {
        let (rows, tracks, identity) = (&rows[cluster], &tracks[cluster], &identities[cluster]);
        let songs = rows.iter().map(|&row| selection.song(positions[row], clustering.distances[row]));
        let songs = limited_and_ordered(request, songs.collect(), rows, points);
        let (listed, over_limit) = split_listed(tracks, &songs);
        NamedCluster {
            cluster: Some(cluster),
            playlist: Playlist { id: identity.id, name, songs },
            over_limit,
            churn: identity.churn(&listed),
            is_new: identity.continues.is_none(),
        }
    };
    let mut clusters: Vec<_> = names.into_par_iter().enumerate().map(playlist).collect();
    clusters.sort_by_key(|cluster| cluster.playlist.id);
    clusters
}

/// The songs, one per row, that the limits leave, in the order that was asked for.
fn limited_and_ordered(
    request: &ClusterRequest,
    songs: Vec<Song>,
    rows: &[usize],
    points: &Points,
) -> Vec<Song> {
    let mut kept = request.filters.limits.keep(&songs).into_iter().peekable();
    let both = songs.into_iter().zip(rows).enumerate();
    let both = both.filter(|(place, _)| kept.next_if_eq(place).is_some()).map(|(_, both)| both);
    let (songs, rows): (Vec<_>, Vec<_>) = both.unzip();
    request.order.arrange(songs, &rows, points.values(), request.seed)
}

/// The tracks of a cluster that are among `songs`, and those that are not.
fn split_listed(tracks: &[ContentId], songs: &[Song]) -> (Vec<ContentId>, Vec<ContentId>) {
    if songs.len() == tracks.len() {
        return (tracks.to_vec(), vec![]);
    }
    let listed: HashSet<_> = songs.iter().map(|song| song.content).collect();
    tracks.iter().partition(|content| listed.contains(content))
}
