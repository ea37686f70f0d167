//! Clusters become playlists: each gets its identity, its name and its songs.

use ndarray::Array2;

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
    points: &Points,
    sounds: &Sounds,
    clustering: &Clustering,
    selection: &Selection,
    known: &[Known],
    next_id: u32,
) -> Vec<NamedCluster> {
    let rows = clustering.members();
    let contents = |rows: &Vec<usize>| rows.iter().map(|&row| points.contents()[row]).collect::<Vec<_>>();
    let clusters: Vec<_> = rows.iter().map(contents).collect();
    let identities = identity::identify(&clusters, known, next_id);
    let kept = identities.iter().filter_map(|identity| Some(identity.continues?.name.as_str()));
    let mut names = Names::given(kept);
    let mut named: Vec<_> = Vec::new();
    for (cluster, identity) in identities.iter().enumerate() {
        let name = match identity.continues {
            Some(known) => known.name.clone(),
            None => names.give(Some(sounds.mean(&rows[cluster]))),
        };
        let mut songs: Vec<_> = rows[cluster]
            .iter()
            .map(|&row| selection.song(&points.contents()[row], clustering.distances[row]))
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

/// What names need of the stored `mfcc` vectors; all of them would be a second copy.
pub struct Sounds {
    tempo: Vec<f32>,
    brightness: Vec<f32>,
}

impl Sounds {
    /// Of vectors as they are stored: tracks × columns.
    pub fn of(stored: &Array2<f32>) -> Self {
        let column = |column| stored.column(column).to_vec();
        Self { tempo: column(mfcc::TEMPO), brightness: column(mfcc::CENTROID) }
    }

    fn mean(&self, rows: &[usize]) -> Sound {
        let mean = |values: &[f32]| {
            let sum: f64 = rows.iter().map(|&row| f64::from(values[row])).sum();
            sum / rows.len().max(1) as f64
        };
        Sound { tempo: mean(&self.tempo), brightness: mean(&self.brightness) }
    }
}
