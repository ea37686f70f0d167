//! The result of one call of `cluster`.

use std::path::PathBuf;

use super::learn_from::LearnFrom;
use crate::playlist::names::{Distinction, Sound};
use crate::playlist::{Playlist, Song, identity::Churn, run::RunId};
use crate::store::{RunPlaylist, RunRecord};
use crate::track::{ContentId, Tags};

/// A finished run.
#[derive(Debug)]
pub struct ClusterSummary {
    /// The name of the set.
    pub set: String,
    /// The run's id.
    pub run: RunId,
    /// The name of the space.
    pub method: String,
    /// The tags that taught the metric by which tracks were compared.
    pub learn_from: Option<LearnFrom>,
    /// How the tracks were grouped.
    pub algorithm: String,
    /// How many playlists there are.
    pub n: usize,
    /// The numbers that were tried where none was given, each with its silhouette.
    pub n_curve: Vec<(usize, f64)>,
    /// Tracks in playlists, and those that are noise.
    pub tracks: usize,
    /// Tracks that filters keep out of all playlists; `tracks` does not count them.
    pub filtered: usize,
    /// The part of the library's tracks that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that are in no playlist because they are unlike all others.
    pub noise: usize,
    /// The sum of the squared distances to the centres.
    pub inertia: f64,
    /// How well the playlists are separated, from -1 to 1, on a sample; none where there is only one.
    pub silhouette: Option<f64>,
    /// The stages of the run with their seconds.
    pub seconds: Vec<(&'static str, f64)>,
    /// By their ids.
    pub playlists: Vec<PlaylistSummary>,
    /// The playlists of the last run that no longer exist, by their ids.
    pub gone: Vec<GonePlaylist>,
    /// By how many percent of its inertia a fresh grouping would fit better; none where none was computed.
    pub regroup_gain: Option<f64>,
    /// This run took the fresh grouping because that gain reached `[cluster] regroup`.
    pub is_regrouped: bool,
    /// Where playlist files were written.
    pub folder: Option<PathBuf>,
    /// The JSON file that was written.
    pub output: Option<PathBuf>,
    /// The JSON that `output` would have, if that is asked for instead of a file.
    pub document: Option<Vec<u8>>,
    /// Nothing was written or kept: this is what would change.
    pub is_dry_run: bool,
    /// Explanations, if they were asked for.
    pub why: Option<Vec<WhyPlaylist>>,
    /// The playlist of the one song to be explained, if a limit keeps the song out of the list.
    pub over_limit_of: Option<String>,
}

/// One playlist, and what changed in it.
#[derive(Debug)]
pub struct PlaylistSummary {
    /// It stays from run to run.
    pub id: u32,
    /// No other of the set has it.
    pub name: String,
    /// Its name in the last run, if that is another one.
    pub was: Option<String>,
    /// The first file that it was written to.
    pub file: Option<PathBuf>,
    /// How many songs it has.
    pub size: usize,
    /// Against the last run.
    pub churn: Churn,
    /// It continues no playlist of the last run.
    pub is_new: bool,
    /// It was gone, and its songs have come back.
    pub is_back: bool,
    /// The songs nearest to its centre.
    pub typical: Vec<Song>,
}

/// A playlist that no cluster continues, and where its songs went.
#[derive(Debug)]
pub struct GonePlaylist {
    /// As in the last run.
    pub id: u32,
    /// As in the last run.
    pub name: String,
    /// How many songs it had in the last run.
    pub size: usize,
    /// The names of the playlists that its songs are in now, with how many, those with most first.
    pub to: Vec<(String, usize)>,
}

/// One playlist, and what sets it apart from the others.
#[derive(Debug)]
pub struct WhyPlaylist {
    /// As in its [`PlaylistSummary`].
    pub id: u32,
    /// As in its [`PlaylistSummary`].
    pub name: String,
    /// Those of most weight first.
    pub distinctions: Vec<Distinction>,
    /// Those nearest to the centre first; where one song was asked for, that one alone.
    pub songs: Vec<WhySong>,
}

/// One song, and how near it is to its own centre and to others.
#[derive(Debug)]
pub struct WhySong {
    /// Where it lies.
    pub path: PathBuf,
    /// What its tags say.
    pub tags: Tags,
    /// The distance to the centre of its playlist.
    pub distance: f32,
    /// Its place in its playlist, from 0 at the centre.
    pub rank: usize,
    /// The names of the nearest other playlists, with the distances to their centres.
    pub others: Vec<(String, f32)>,
    /// Genres and classes with how much they hold for it, from 0 to 1, the most certain first.
    pub terms: Vec<(String, f32)>,
    /// How it sounds, if that is known.
    pub sound: Option<Sound>,
}

impl WhySong {
    /// How much farther the nearest other centre is; none where there is no other playlist. Around 0 a song is
    /// borderline.
    pub fn margin(&self) -> Option<f32> {
        self.others.first().map(|(_, distance)| distance - self.distance)
    }
}

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

/// The playlists of the last run that are not in the new one, and where their songs are now.
pub(crate) fn gone_since(last: Option<&RunRecord>, run: &RunRecord) -> Vec<GonePlaylist> {
    let Some(last) = last else { return vec![] };
    let is_alike = |old: &RunPlaylist, new: &RunPlaylist| match last.lineage == run.lineage {
        true => old.id == new.id,
        // Ids began anew; what has the name has the file.
        false => old.name == new.name,
    };
    let is_gone = |old: &&RunPlaylist| !run.playlists.iter().any(|new| is_alike(old, new));
    let gone = |old: &RunPlaylist| {
        let shared = |new: &RunPlaylist| Churn::between(&old.members, &new.members).kept;
        let to = run.playlists.iter().map(|new| (new.name.clone(), shared(new)));
        let mut to: Vec<_> = to.filter(|(_, songs)| *songs > 0).collect();
        to.sort_by_key(|(_, songs)| std::cmp::Reverse(*songs));
        GonePlaylist { id: old.id, name: old.name.clone(), size: old.members.len(), to }
    };
    last.playlists.iter().filter(is_gone).map(gone).collect()
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
