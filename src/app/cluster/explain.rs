//! Why each song is in its playlist: computed only on request.

use std::path::PathBuf;

use super::{facts::TrackFacts, named::NamedCluster};
use crate::playlist::names::{Distinction, Sound};
use crate::{clustering::Clustering, playlist::Song, space::Points, store::StoreError, track::ContentId};

/// One playlist, and what sets it apart from the others.
#[derive(Debug)]
pub struct WhyPlaylist {
    pub id: u32,
    pub name: String,
    /// Those of most weight first.
    pub distinctions: Vec<Distinction>,
    /// Those nearest to the centre first; where one song was asked for, that one alone.
    pub songs: Vec<WhySong>,
}

/// One song, and how near it is to its own centre and to others.
#[derive(Debug)]
pub struct WhySong {
    pub path: PathBuf,
    /// The distance to the centre of its playlist.
    pub distance: f32,
    /// Its place in its playlist, from 0 at the centre.
    pub rank: usize,
    /// The names of the nearest other playlists, with the distances to their centres.
    pub others: Vec<(String, f32)>,
    /// Genres and classes with how much they hold for it, from 0 to 1, the most certain first.
    pub terms: Vec<(String, f32)>,
    pub sound: Option<Sound>,
}

impl WhySong {
    /// How much farther the nearest other centre is; none where there is no other playlist. Around 0 a song is
    /// borderline.
    pub fn margin(&self) -> Option<f32> {
        self.others.first().map(|(_, distance)| distance - self.distance)
    }
}

/// Other playlists that are listed for a song.
const OTHERS: usize = 2;
/// Distinctions of a playlist, and terms of a song, that are listed.
const LISTED_TERMS: usize = 6;

/// Explains all playlists, or the one that holds the track `wanted` with that track alone.
pub(crate) fn explain(
    wanted: Option<ContentId>,
    points: &Points,
    clustering: &Clustering,
    clusters: &[NamedCluster],
    facts: &TrackFacts,
) -> Result<Vec<WhyPlaylist>, StoreError> {
    let facts = facts.get()?;
    let distinctions = facts.distinctions(&clustering.members());
    let why_song = |own: Option<usize>, rank: usize, song: &Song| {
        let row = points.contents().binary_search(&song.content).expect("songs come from these points");
        let distance = |other: &NamedCluster| {
            let gap = &points.values().row(row) - &clustering.centroids.row(other.cluster?);
            Some((other.playlist.name.clone(), gap.dot(&gap).sqrt()))
        };
        let mut others: Vec<_> =
            clusters.iter().filter(|other| other.cluster != own).filter_map(distance).collect();
        others.sort_by(|a, b| a.1.total_cmp(&b.1));
        others.truncate(OTHERS);
        let terms = facts.words_of(row).into_iter().take(LISTED_TERMS);
        let terms = terms.map(|(word, share)| (word.to_owned(), share)).collect();
        WhySong {
            path: song.path.clone(),
            distance: song.distance,
            rank,
            others,
            terms,
            sound: facts.sound(&[row]),
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
    let mut playlists: Vec<_> = clusters.iter().map(why_playlist).collect();
    playlists.retain(|playlist| wanted.is_none() || !playlist.songs.is_empty());
    Ok(playlists)
}

fn telling(distinctions: &[Distinction]) -> Vec<Distinction> {
    distinctions.iter().filter(|distinction| distinction.is_telling()).take(LISTED_TERMS).cloned().collect()
}
