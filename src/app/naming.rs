//! Clusters become playlists: each gets its identity, its name and its songs.

use super::selection::Selection;
use crate::{
    cluster::Clustering,
    playlist::{
        Playlist,
        identity::{self, Churn, Known},
        names::{Names, Sound},
        order_by_center,
    },
    space::{Points, mfcc},
    store::{RunPlaylist, RunRecord},
};

/// A cluster that has become a playlist.
pub struct NamedCluster {
    /// The number of its cluster.
    pub cluster: usize,
    pub playlist: Playlist,
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
        members: playlist.members.clone(),
    };
    playlists.iter().map(known).collect()
}

/// Gives each cluster its identity, its name and its songs; in the order of the playlists' ids.
pub fn name_clusters(
    raw: &Points,
    clustering: &Clustering,
    selection: &Selection,
    known: &[Known],
    next_id: u32,
) -> Vec<NamedCluster> {
    let rows = clustering.members();
    let contents = |rows: &Vec<usize>| rows.iter().map(|&row| raw.contents()[row]).collect::<Vec<_>>();
    let clusters: Vec<_> = rows.iter().map(contents).collect();
    let identities = identity::identify(&clusters, known, next_id);
    let kept = identities.iter().filter_map(|identity| Some(identity.continues?.name.as_str()));
    let mut names = Names::given(kept);
    let mut named: Vec<_> = Vec::new();
    for (cluster, identity) in identities.iter().enumerate() {
        let name = match identity.continues {
            Some(known) => known.name.clone(),
            None => names.give(Some(sound(raw, &rows[cluster]))),
        };
        let mut songs: Vec<_> = rows[cluster]
            .iter()
            .map(|&row| selection.song(&raw.contents()[row], clustering.distances[row]))
            .collect();
        order_by_center(&mut songs);
        named.push(NamedCluster {
            cluster,
            playlist: Playlist { id: identity.id, name, songs },
            churn: identity.churn(&clusters[cluster]),
            is_new: identity.continues.is_none(),
        });
    }
    named.sort_by_key(|named| named.playlist.id);
    named
}

/// The mean sound of some rows of stored `mfcc` vectors.
fn sound(raw: &Points, rows: &[usize]) -> Sound {
    let mean = |column| {
        let sum: f64 = rows.iter().map(|&row| f64::from(raw.values()[(row, column)])).sum();
        sum / rows.len().max(1) as f64
    };
    Sound { tempo: mean(mfcc::TEMPO), brightness: mean(mfcc::CENTROID) }
}
