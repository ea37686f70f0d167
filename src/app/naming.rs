//! Clusters become playlists: each gets its identity, its name and its songs.

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

/// Gives each cluster its identity, its name and its songs, which `arrange` puts into order, given their rows; in the
/// order of the playlists' ids.
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
    let kept = identities.iter().filter_map(|identity| Some(identity.continues?.name.as_str()));
    let mut names = Names::given(kept);
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
            cluster,
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
