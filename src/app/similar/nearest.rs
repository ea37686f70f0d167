//! The songs nearest to a point: found among coarse points, told apart by exact ones.

use std::collections::HashMap;

use super::error::SimilarError;
use super::hubness::{LocalScale, scaled};
use super::request::SimilarRequest;
use super::songs::SongFinder;
use super::space::{Point, SearchSpace};
use crate::playlist::{Song, filter::artist_key};
use crate::store::View;

/// So many songs for each that is asked for, and at least so many, are compared exactly.
const CANDIDATES: usize = 20;
const LEAST_CANDIDATES: usize = 500;
/// By how much more are looked at where too many of the first do not pass.
const GROWTH: usize = 8;

/// How songs are told apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// So many are compared exactly.
    pub candidates: usize,
    /// Distances are made comparable between regions.
    pub is_scaled: bool,
}

impl Effort {
    /// What is enough for this many songs.
    pub(crate) fn for_songs(n: usize) -> Self {
        Self { candidates: n.saturating_mul(CANDIDATES).max(LEAST_CANDIDATES), is_scaled: true }
    }
}

/// Where songs are looked for.
pub(crate) struct Surroundings<'a> {
    pub view: &'a View,
    pub space: &'a SearchSpace,
    pub finder: &'a SongFinder<'a>,
    pub effort: Effort,
}

impl Surroundings<'_> {
    /// The songs nearest to a point, the nearest first, without those of the rows `named`.
    pub(crate) fn nearest(
        &self,
        point: &Point,
        named: &[usize],
        request: &SimilarRequest,
    ) -> Result<Vec<Song>, SimilarError> {
        let squares = self.space.coarse_squares(point);
        let mut rows: Vec<usize> = (0..squares.len()).filter(|row| !named.contains(row)).collect();
        let nearer = |a: &usize, b: &usize| squares[*a].total_cmp(&squares[*b]).then(a.cmp(b));
        let scale = LocalScale::of(self.view, self.space)?;
        let reach = scale.reach_of_point(point, named);
        let enough = self.effort.candidates;
        let mut looked_at = enough;
        loop {
            let is_all = looked_at >= rows.len();
            if !is_all {
                rows.select_nth_unstable_by(looked_at, nearer);
            }
            let first = &rows[..looked_at.min(rows.len())];
            let tracks: Vec<_> = first.iter().map(|&row| self.space.tracks()[row]).collect();
            let passing = self.finder.passing(&tracks)?;
            if is_all || passing.len() >= enough / 2 {
                let mut songs = self.ranked(point, passing, &scale, reach)?;
                choose(&mut songs, request);
                if is_all || songs.len() == request.n {
                    return Ok(songs);
                }
            }
            looked_at = looked_at.saturating_mul(GROWTH);
        }
    }

    /// Songs with their distances from the point, the nearest first.
    fn ranked(
        &self,
        point: &Point,
        passing: Vec<(crate::track::TrackNumber, Song)>,
        scale: &LocalScale,
        reach: f32,
    ) -> Result<Vec<Song>, SimilarError> {
        let rows: Vec<_> = passing.iter().filter_map(|(track, _)| self.space.row(*track)).collect();
        let squares = self.space.exact_squares(self.view, point, &rows)?;
        let reaches = scale.reach_of(self.space, &rows);
        let mut songs: Vec<Song> = passing.into_iter().map(|(_, song)| song).collect();
        for ((song, square), other) in songs.iter_mut().zip(squares).zip(reaches) {
            let distance = square.sqrt();
            song.distance = if self.effort.is_scaled { scaled(distance, reach, other) } else { distance };
        }
        songs.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.content.cmp(&b.content)));
        Ok(songs)
    }
}

/// Keeps as many songs as are asked for, at most so many of each artist, none that is too near.
fn choose(songs: &mut Vec<Song>, request: &SimilarRequest) {
    let mut of_artist: HashMap<String, usize> = HashMap::new();
    songs.retain(|song| {
        if song.distance < request.least_distance {
            return false;
        }
        let Some(most) = request.filters.limits.per_artist else { return true };
        let Some(artist) = artist_key(song.artist()) else { return true };
        let count = of_artist.entry(artist).or_default();
        *count += 1;
        *count <= most
    });
    songs.truncate(request.n);
}
