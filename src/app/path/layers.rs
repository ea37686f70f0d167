//! The songs among which a way chooses at each of its places: those nearest to where it would be if it were straight.

use std::collections::{BTreeSet, HashMap};

use ndarray::{Array1, Array2, Axis};

use super::route::{Layer, Stop};
use crate::app::similar::error::SimilarError;
use crate::app::similar::hubness::LocalScale;
use crate::app::similar::search::NamedSong;
use crate::app::similar::songs::SongFinder;
use crate::app::similar::space::SearchSpace;
use crate::playlist::{Song, filter::artist_key};
use crate::store::View;

/// So many songs, and at least one for each place of the way, are considered at each.
const CANDIDATES: usize = 64;
/// By how many more are looked at where too few pass, each time.
const GROWTH: usize = 8;

/// Songs that may lie on a way, and what each place of it chooses from.
pub(super) struct Stage {
    /// Both ends are the first ones.
    pub songs: Vec<Song>,
    /// Of each song, its row in the space.
    pub rows: Vec<usize>,
    pub stops: Vec<Stop>,
    pub layers: Vec<Layer>,
    /// Squared distances from each layer to the next.
    pub steps: Vec<Array2<f32>>,
    /// How far the surroundings of each song reach.
    pub reaches: Vec<f32>,
}

impl Stage {
    /// Errors: there are fewer songs than places.
    pub(super) fn set(
        view: &View,
        space: &SearchSpace,
        finder: &SongFinder<'_>,
        ends: [&NamedSong; 2],
        places: usize,
    ) -> Result<Self, SimilarError> {
        let wanted = CANDIDATES.max(places);
        let squares = [
            space.coarse_squares(&space.point(view, ends[0].row)?),
            space.coarse_squares(&space.point(view, ends[1].row)?),
        ];
        let others: Vec<_> =
            (0..space.tracks().len()).filter(|row| ends.iter().all(|end| end.row != *row)).collect();
        let inner = places - 2;
        let scale = LocalScale::of(view, space)?;
        let mut looked_at = wanted;
        loop {
            let is_all = looked_at >= others.len();
            let nearest: Vec<Vec<usize>> = match is_all {
                true => vec![others.clone()],
                false => (1..=inner)
                    .map(|place| nearest(&squares, &others, share(place, places), looked_at))
                    .collect(),
            };
            let rows: BTreeSet<usize> = nearest.iter().flatten().copied().collect();
            let tracks: Vec<_> = rows.iter().map(|row| space.tracks()[*row]).collect();
            let passing = finder.passing(&tracks)?;
            let passing: Vec<_> =
                passing.into_iter().filter_map(|(track, song)| Some((space.row(track)?, song))).collect();
            let stage = Self::of(space, &scale, ends, passing, &squares, places, wanted);
            let there = stage.stops.iter().map(|stop| stop.identity).collect::<BTreeSet<_>>().len();
            if is_all && there < places {
                return Err(SimilarError::TooFewSongs { steps: places, there });
            }
            if is_all || stage.layers[1..=inner].iter().all(|layer| layer.stops.len() >= wanted) {
                return Ok(stage);
            }
            looked_at *= GROWTH;
        }
    }

    fn of(
        space: &SearchSpace,
        scale: &LocalScale,
        ends: [&NamedSong; 2],
        passing: Vec<(usize, Song)>,
        squares: &[Vec<f32>; 2],
        places: usize,
        wanted: usize,
    ) -> Self {
        let ends = ends.map(|end| (end.row, end.song.clone()));
        let (rows, songs): (Vec<_>, Vec<_>) = ends.into_iter().chain(passing).unzip();
        let stops = stops(&songs);
        let reaches = scale.reach_of(space, &rows);
        let points = space.coarse(&rows);
        let norms: Array1<f32> = points.rows().into_iter().map(|row| row.dot(&row)).collect();
        let between_ends = (norms[0] + norms[1] - 2.0 * points.row(0).dot(&points.row(1))).max(0.0);
        let layer = |place: usize| {
            if place == 0 || place == places - 1 {
                return Layer { stops: vec![place.min(1)], off: vec![0.0] };
            }
            let share = share(place, places);
            let reach = reaches[0].powf(1.0 - share) * reaches[1].powf(share);
            let mut off: Vec<(f32, usize)> = (2..rows.len())
                .filter(|stop| stops[*stop].identity > 1)
                .map(|stop| {
                    let square = from_line(squares, rows[stop], share) - share * (1.0 - share) * between_ends;
                    (square.max(0.0) / divisor(reach * reaches[stop]), stop)
                })
                .collect();
            off.sort_unstable_by(|a, b| {
                a.0.total_cmp(&b.0).then(songs[a.1].content.cmp(&songs[b.1].content))
            });
            // Of two recordings of one song the nearer is enough.
            let mut seen = BTreeSet::new();
            off.retain(|(_, stop)| seen.len() < wanted && seen.insert(stops[*stop].identity));
            let (off, stops) = off.into_iter().unzip();
            Layer { stops, off }
        };
        let layers: Vec<_> = (0..places).map(layer).collect();
        let steps = layers.windows(2).map(|pair| {
            let [from, to] = [&pair[0], &pair[1]].map(|layer| points.select(Axis(0), &layer.stops));
            let mut steps = from.dot(&to.t());
            for ((row, column), step) in steps.indexed_iter_mut() {
                let (from, to) = (pair[0].stops[row], pair[1].stops[column]);
                *step =
                    (norms[from] + norms[to] - 2.0 * *step).max(0.0) / divisor(reaches[from] * reaches[to]);
            }
            steps
        });
        let steps = steps.collect();
        Self { songs, rows, stops, layers, steps, reaches }
    }
}

/// By what a square is divided: nothing where all songs around are equal.
fn divisor(reach: f32) -> f32 {
    if reach > 0.0 { reach } else { 1.0 }
}

/// How much of the way lies before a place.
fn share(place: usize, places: usize) -> f32 {
    place as f32 / (places - 1) as f32
}

/// The squared distance of a row from the point of the line between both ends that divides it so, and a number that is the
/// same for all rows, by Stewart's theorem from the squared distances to the ends.
fn from_line(squares: &[Vec<f32>; 2], row: usize, share: f32) -> f32 {
    (1.0 - share) * squares[0][row] + share * squares[1][row]
}

/// The rows nearest to a point of the line.
fn nearest(squares: &[Vec<f32>; 2], rows: &[usize], share: f32, most: usize) -> Vec<usize> {
    let mut near: Vec<_> = rows.iter().map(|&row| (from_line(squares, row, share), row)).collect();
    near.select_nth_unstable_by(most, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(most);
    near.into_iter().map(|(_, row)| row).collect()
}

/// Songs as a way tells them apart: two of one artist and title are one. The identities of the ends are 0 and 1.
fn stops(songs: &[Song]) -> Vec<Stop> {
    let (mut identities, mut artists) = (HashMap::new(), HashMap::new());
    let mut stops = Vec::with_capacity(songs.len());
    for (number, song) in songs.iter().enumerate() {
        let artist = artist_key(song.artist());
        let title = song.title().trim().to_lowercase();
        let identity = match (&artist, title.as_str()) {
            (None, _) | (_, "") => number,
            (Some(artist), title) => *identities.entry((artist.clone(), title.to_owned())).or_insert(number),
        };
        // The second end is a song of its own, whatever it is called.
        let identity = if number == 1 { 1 } else { identity };
        let count = artists.len();
        let artist = artist.map(|artist| *artists.entry(artist).or_insert(count));
        stops.push(Stop { identity, artist });
    }
    stops
}
