//! Clusters become playlists: each gets its identity, its name and its songs.

use std::collections::HashSet;

use rayon::prelude::*;

use super::selection::Selection;
use crate::{
    clustering::Clustering,
    playlist::{
        Playlist, Song,
        identity::{self, Churn, Known},
        names::{Evidence, Names, phrases},
    },
    space::Points,
    store::{RunPlaylist, RunRecord},
    track::ContentId,
};

/// A cluster that has become a playlist.
pub struct NamedCluster {
    /// The number of its cluster; none: it was not clustered.
    pub cluster: Option<usize>,
    pub playlist: Playlist,
    /// Its tracks that are not listed, ascending: they go on being of this playlist.
    pub beyond: Vec<ContentId>,
    pub churn: Churn,
    /// It continues no playlist of the last run.
    pub is_new: bool,
}

/// The playlists of a set's last run.
pub fn known(last: Option<&RunRecord>) -> Vec<Known> {
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let known = |playlist: &RunPlaylist| Known {
        id: playlist.id,
        name: playlist.name.clone(),
        goes_on: false,
        keeps_name: true,
        members: playlist.members.clone(),
    };
    playlists.iter().map(known).collect()
}

/// Gives each cluster its identity, its name and its songs, which `arrange` chooses and puts into order, given their
/// rows; in the order of the playlists' ids. Where a name is wanted, `wishes` finds some for every cluster; a new one
/// is none that a playlist had before.
///
/// # Errors
/// Those of `wishes`.
pub fn name_clusters<E>(
    points: &Points,
    clustering: &Clustering,
    selection: &Selection,
    known: &[Known],
    next_id: u32,
    wishes: impl FnOnce(&[Vec<usize>]) -> Result<Vec<Vec<String>>, E>,
    arrange: impl Fn(Vec<Song>, &[usize]) -> Vec<Song> + Sync,
) -> Result<Vec<NamedCluster>, E> {
    let rows = clustering.members();
    let places = selection.places(points.contents());
    let contents = |rows: &Vec<usize>| rows.iter().map(|&row| points.contents()[row]).collect::<Vec<_>>();
    let clusters: Vec<_> = rows.iter().map(contents).collect();
    let identities = identity::identify(&clusters, known, next_id);
    let kept: Vec<_> = identities.iter().map(|identity| identity.continues?.kept_name()).collect();
    let mut names = Names::given(known.iter().filter_map(Known::kept_name));
    let wishes = if kept.contains(&None) { wishes(&rows)? } else { vec![] };
    let name = |(kept, cluster): (Option<&str>, usize)| {
        kept.map_or_else(|| names.give(&wishes[cluster]), str::to_owned)
    };
    let given: Vec<_> = kept.into_iter().zip(0..).map(name).collect();
    let playlist = |(cluster, name): (usize, String)| {
        let (rows, identity) = (&rows[cluster], &identities[cluster]);
        let songs = rows.iter().map(|&row| selection.song(places[row], clustering.distances[row]));
        let songs = arrange(songs.collect(), rows);
        let (listed, beyond) = told_apart(&clusters[cluster], &songs);
        NamedCluster {
            cluster: Some(cluster),
            playlist: Playlist { id: identity.id, name, songs },
            beyond,
            churn: identity.churn(&listed),
            is_new: identity.continues.is_none(),
        }
    };
    let mut named: Vec<_> = given.into_par_iter().enumerate().map(playlist).collect();
    named.sort_by_key(|named| named.playlist.id);
    Ok(named)
}

/// The tracks of a cluster that are among `songs`, and those that are not.
fn told_apart(cluster: &[ContentId], songs: &[Song]) -> (Vec<ContentId>, Vec<ContentId>) {
    if songs.len() == cluster.len() {
        return (cluster.to_vec(), vec![]);
    }
    let listed: HashSet<_> = songs.iter().map(|song| song.content).collect();
    cluster.iter().partition(|content| listed.contains(content))
}

/// What changes in playlists against those of the last run.
pub fn compare(named: &mut [NamedCluster], last: Option<&RunRecord>) {
    for named in named {
        let list = last.and_then(|last| last.playlists.iter().find(|list| list.id == named.playlist.id));
        let songs: Vec<_> = named.playlist.songs.iter().map(|song| song.content).collect();
        named.churn = Churn::between(list.map_or(&[], |list| &list.members), &songs);
        named.is_new = list.is_none();
    }
}

/// Names for clusters (their rows), of each the most apt one first.
pub fn wishes(evidence: &Evidence, clusters: &[Vec<usize>]) -> Vec<Vec<String>> {
    let distinctions = evidence.distinctions(clusters);
    clusters.iter().zip(&distinctions).map(|(rows, found)| phrases(evidence, rows, found)).collect()
}
