//! Why each song is where it is: computed only when it is asked for.

use std::path::PathBuf;

use super::{facts::TrackFacts, naming::NamedCluster};
use crate::{
    clustering::Clustering,
    playlist::{
        Song,
        names::{Distinction, Sound},
    },
    space::Points,
    store::StoreError,
    track::ContentId,
};

/// What is to be explained.
#[derive(Clone, Debug, PartialEq)]
pub enum Explain {
    All,
    /// The file of one song.
    Song(PathBuf),
}

/// One playlist, and what sets it apart from the others.
#[derive(Debug)]
pub struct WhyPlaylist {
    pub id: u32,
    pub name: String,
    /// What weighs most first.
    pub distinctions: Vec<Distinction>,
    /// Those next to the centre first; of one song that is asked for, that one alone.
    pub songs: Vec<WhySong>,
}

/// One song, and how near it is to its own centre and to others.
#[derive(Debug)]
pub struct WhySong {
    pub path: PathBuf,
    /// To the centre of its playlist.
    pub distance: f32,
    /// Its place in its playlist, from 0 at the centre.
    pub rank: usize,
    /// The names of the nearest other playlists, with the distances to their centres.
    pub others: Vec<(String, f32)>,
    /// Genres and classes with how much they hold, from 0 to 1, the most certain first.
    pub said: Vec<(String, f32)>,
    pub sound: Option<Sound>,
}

impl WhySong {
    /// How much farther the nearest other centre is; none where there is no other playlist. Around 0 a song is
    /// borderline.
    pub fn margin(&self) -> Option<f32> {
        self.others.first().map(|(_, distance)| distance - self.distance)
    }
}

/// Other playlists that are named for a song.
const OTHERS: usize = 2;
/// Distinctions of a playlist, and things said of a song.
const MOST: usize = 6;

/// Explains all playlists, or the one that holds the track `wanted` with that track alone.
///
/// # Errors
/// The store cannot be read.
pub fn explain(
    wanted: Option<ContentId>,
    points: &Points,
    clustering: &Clustering,
    named: &[NamedCluster],
    evidence: &TrackFacts,
) -> Result<Vec<WhyPlaylist>, StoreError> {
    let evidence = evidence.get()?;
    let distinctions = evidence.distinctions(&clustering.members());
    let why_song = |own: Option<usize>, rank: usize, song: &Song| {
        let row = points.contents().binary_search(&song.content).expect("songs come from these points");
        let distance = |other: &NamedCluster| {
            let gap = &points.values().row(row) - &clustering.centroids.row(other.cluster?);
            Some((other.playlist.name.clone(), gap.dot(&gap).sqrt()))
        };
        let mut others: Vec<_> =
            named.iter().filter(|other| other.cluster != own).filter_map(distance).collect();
        others.sort_by(|a, b| a.1.total_cmp(&b.1));
        others.truncate(OTHERS);
        let said = evidence.said_of(row).into_iter().take(MOST).map(|(word, share)| (word.to_owned(), share));
        WhySong {
            path: song.path.clone(),
            distance: song.distance,
            rank,
            others,
            said: said.collect(),
            sound: evidence.sound(&[row]),
        }
    };
    let why_playlist = |named: &NamedCluster| {
        let mut songs: Vec<_> = named.playlist.songs.iter().collect();
        songs.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.content.cmp(&b.content)));
        let songs = songs.into_iter().enumerate();
        let songs = songs.filter(|(_, song)| wanted.is_none_or(|wanted| wanted == song.content));
        WhyPlaylist {
            id: named.playlist.id,
            name: named.playlist.name.clone(),
            distinctions: named.cluster.map_or_else(Vec::new, |cluster| telling(&distinctions[cluster])),
            songs: songs.map(|(rank, song)| why_song(named.cluster, rank, song)).collect(),
        }
    };
    let mut playlists: Vec<_> = named.iter().map(why_playlist).collect();
    playlists.retain(|playlist| wanted.is_none() || !playlist.songs.is_empty());
    Ok(playlists)
}

fn telling(distinctions: &[Distinction]) -> Vec<Distinction> {
    distinctions.iter().filter(|distinction| distinction.is_telling()).take(MOST).cloned().collect()
}
