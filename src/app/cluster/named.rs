//! Clusters that have become playlists.

use crate::{
    playlist::{Playlist, identity::Churn},
    store::RunRecord,
    track::ContentId,
};

/// A playlist of a new run, from a cluster or from pinned songs alone.
pub(crate) struct NamedCluster {
    /// The number of its cluster; none: all of its songs are pinned.
    pub cluster: Option<usize>,
    pub playlist: Playlist,
    /// Its tracks that a limit keeps out of the list, ascending: they still belong to this playlist.
    pub over_limit: Vec<ContentId>,
    pub churn: Churn,
    /// It continues no playlist of the last run.
    pub is_new: bool,
}

/// Counts what changes in playlists against those of the last run with the same ids.
pub(crate) fn compare(clusters: &mut [NamedCluster], last: Option<&RunRecord>) {
    for cluster in clusters {
        let id = cluster.playlist.id;
        let list = last.and_then(|last| last.playlists.iter().find(|list| list.id == id));
        let songs: Vec<_> = cluster.playlist.songs.iter().map(|song| song.content).collect();
        cluster.churn = Churn::between(list.map_or(&[], |list| &list.members), &songs);
        cluster.is_new = list.is_none();
    }
}
