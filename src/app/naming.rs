//! Clusters become playlists: each gets its identity, its name and its songs.

use std::collections::BTreeSet;

use super::selection::Selection;
use crate::{
    cluster::Clustering,
    playlist::{
        Playlist, Song,
        identity::{self, Churn, Known},
        names::{Names, Sound},
    },
    space::Points,
    store::{RunPlaylist, RunRecord},
    track::ContentId,
};

/// A cluster that has become a playlist.
pub struct NamedCluster {
    /// Of its cluster; empty if it was not clustered.
    pub centroid: Vec<f32>,
    pub playlist: Playlist,
    pub churn: Churn,
    /// It continues no playlist of the last run.
    pub is_new: bool,
}

/// The playlists of a set's last run; those of `holding` must go on.
pub fn known(last: Option<&RunRecord>, holding: &BTreeSet<u32>) -> Vec<Known> {
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let known = |playlist: &RunPlaylist| Known {
        id: playlist.id,
        name: playlist.name.clone(),
        goes_on: holding.contains(&playlist.id),
        members: playlist.members.clone(),
    };
    playlists.iter().map(known).collect()
}

/// Gives each cluster its identity, its name and its songs, which `arrange` puts into order, given their rows; in the
/// order of the playlists' ids. A new name is none that a playlist had before.
pub fn name_clusters(
    points: &Points,
    sounds: &Sounds,
    clustering: &Clustering,
    selection: &Selection,
    known: &[Known],
    next_id: u32,
    arrange: impl Fn(Vec<Song>, &[usize]) -> Vec<Song>,
) -> Vec<NamedCluster> {
    let rows = clustering.members();
    let contents = |rows: &Vec<usize>| rows.iter().map(|&row| points.contents()[row]).collect::<Vec<_>>();
    let clusters: Vec<_> = rows.iter().map(contents).collect();
    let identities = identity::identify(&clusters, known, next_id);
    let mut names = Names::given(known.iter().map(|playlist| playlist.name.as_str()));
    let mut named: Vec<_> = Vec::new();
    for (cluster, identity) in identities.iter().enumerate() {
        let name = match identity.continues {
            Some(known) => known.name.clone(),
            None => names.give(sounds.mean(&rows[cluster])),
        };
        let songs: Vec<_> = rows[cluster]
            .iter()
            .map(|&row| selection.song(&points.contents()[row], clustering.distances[row]))
            .collect();
        let songs = arrange(songs, &rows[cluster]);
        named.push(NamedCluster {
            centroid: clustering.centroids.row(cluster).to_vec(),
            playlist: Playlist { id: identity.id, name, songs },
            churn: identity.churn(&clusters[cluster]),
            is_new: identity.continues.is_none(),
        });
    }
    named.sort_by_key(|named| named.playlist.id);
    named
}

/// How tracks sound in words: two columns of their `mfcc` vectors, whatever space is clustered.
pub struct Sounds(Vec<Option<Sound>>);

impl Sounds {
    /// Of the tracks called `contents`, in this order.
    pub fn of(contents: &[ContentId], selection: &Selection) -> Self {
        Self(contents.iter().map(|content| selection.sound(content)).collect())
    }

    /// The mean over those that are known; none where none is.
    fn mean(&self, rows: &[usize]) -> Option<Sound> {
        let known: Vec<_> = rows.iter().filter_map(|&row| self.0[row]).collect();
        let mean = |value: fn(&Sound) -> f64| known.iter().map(value).sum::<f64>() / known.len() as f64;
        let sound = || Sound { tempo: mean(|sound| sound.tempo), brightness: mean(|sound| sound.brightness) };
        (!known.is_empty()).then(sound)
    }
}
