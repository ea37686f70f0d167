//! Why each song is in its playlist: computed only on request.

use super::summary::{NamedCluster, WhyPlaylist, WhySong};
use crate::playlist::{Song, names::TermStatistics, names::TermTable};
use crate::{clustering::Clustering, space::Points, track::ContentId};

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
    terms: &TermTable,
) -> Vec<WhyPlaylist> {
    let members = clustering.members();
    let statistics = TermStatistics::new(terms, &members);
    let distinctions: Vec<_> = (0..members.len()).map(|cluster| statistics.distinctions(cluster)).collect();
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
        let words = terms.words_of(row).into_iter().take(LISTED_TERMS);
        let words = words.map(|(word, share)| (word.to_owned(), share)).collect();
        WhySong {
            path: song.path().to_owned(),
            tags: song.tags(),
            distance: song.distance,
            rank,
            others,
            terms: words,
            sound: terms.sound(&[row]),
        }
    };
    let why_playlist = |named: &NamedCluster| {
        let mut songs: Vec<_> = named.playlist.songs.iter().collect();
        songs.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.content.cmp(&b.content)));
        let songs = songs.into_iter().enumerate();
        let songs = songs.filter(|(_, song)| wanted.is_none_or(|wanted| wanted == song.content));
        let own = named.cluster.iter().flat_map(|cluster| &distinctions[*cluster]);
        WhyPlaylist {
            id: named.playlist.id,
            name: named.playlist.name.clone(),
            distinctions: own.filter(|own| own.is_telling()).take(LISTED_TERMS).cloned().collect(),
            songs: songs.map(|(rank, song)| why_song(named.cluster, rank, song)).collect(),
        }
    };
    let mut playlists: Vec<_> = clusters.iter().map(why_playlist).collect();
    playlists.retain(|playlist| wanted.is_none() || !playlist.songs.is_empty());
    playlists
}
