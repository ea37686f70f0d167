//! Where each song lies: laid out from where it was on the last map, or anew, and turned so that it lies as that one did.

use ndarray::{Array2, Axis, s};

use super::request::{MOST_WITH_NEAREST, MapError, MapStart};
use super::search::{nearest_known, nearest_of_all};
use crate::app::progress::{Event, Progress};
use crate::digest::{Digest, Hasher};
use crate::layout::{LayoutTask, MapLayout, Nearest, Position, align, mean_of_nearest, place};
use crate::{space::Points, store::MapRecord};

/// How many nearest songs a page shows.
const SHOWN: usize = 10;
/// A map goes on where at least this part of the songs was on the last one.
const ENOUGH_KNOWN: f64 = 0.5;
/// Changes with whatever changes the positions of equal songs.
const VERSION: &[u8] = b"map 1";

/// The songs with their places.
pub(crate) struct Arrangement {
    /// One for each row of the points.
    pub positions: Vec<Position>,
    /// The true nearest of each song; none: there are too many songs.
    pub nearest: Option<Nearest>,
    pub start: MapStart,
    /// A digest of all that it was made of.
    pub inputs: Digest,
}

/// Errors: the layout is not for so many songs.
pub(crate) fn arrange(
    points: &Points,
    layout: &MapLayout,
    seed: u64,
    last: Option<&MapRecord>,
    progress: &dyn Progress,
) -> Result<Arrangement, MapError> {
    let songs = points.len();
    if songs > layout.most && !layout.places_others {
        return Err(MapError::TooMany { layout: layout.name, most: layout.most, songs });
    }
    let inputs = digest(points, layout, seed);
    let mut before = vec![None; songs];
    if let Some(last) = last {
        before = points.contents().iter().map(|song| last.position(song)).collect();
    }
    let known = before.iter().flatten().count();
    let is_laid_out = last.is_some_and(|last| last.inputs == inputs) && known == songs;
    let has_nearest = songs <= MOST_WITH_NEAREST;
    let k = if is_laid_out { SHOWN } else { layout.neighbours.max(SHOWN) };
    let is_needed = has_nearest || layout.neighbours > 0 && songs <= layout.most;
    let nearest = is_needed.then(|| nearest_of_all(points.values(), k, progress));
    let shown = nearest.as_ref().filter(|_| has_nearest).map(|nearest| nearest.first(SHOWN));
    if is_laid_out {
        let positions = before.into_iter().flatten().collect();
        return Ok(Arrangement { positions, nearest: shown, start: MapStart::Unchanged, inputs });
    }
    let goes_on = known as f64 >= ENOUGH_KNOWN * songs as f64 && known > 0;
    let keys: Vec<_> = points.contents().iter().map(|song| key(&song.digest, seed)).collect();
    let arranger = Arranger { points: points.values(), layout, keys: &keys, progress };
    let start = goes_on.then(|| arranger.start(&before));
    let begin = if songs > layout.most { Some(arranger.by_landmarks(start)) } else { start };
    let mut positions = match (nearest, begin) {
        // It is not known who is near whom, so songs stay where they were placed.
        (None, Some(placed)) if songs > layout.most => placed,
        (nearest, begin) => arranger.run(points.values(), &nearest.unwrap_or_default(), &keys, begin),
    };
    align(&mut positions, &before);
    let start = if goes_on { MapStart::From(known) } else { MapStart::Anew };
    Ok(Arrangement { positions, nearest: shown, start, inputs })
}

/// What a song's random numbers are drawn from.
fn key(song: &Digest, seed: u64) -> u64 {
    u64::from_le_bytes(song.mark()).wrapping_add(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
}

fn digest(points: &Points, layout: &MapLayout, seed: u64) -> Digest {
    let (mut hasher, space) = (Hasher::default(), points.space());
    hasher.field(VERSION).field(layout.name.as_bytes()).field(&seed.to_le_bytes());
    hasher.field(space.name.as_bytes()).field(&space.fingerprint.0);
    for song in points.contents() {
        hasher.field(&[song.recipe]).field(&song.digest.0);
    }
    hasher.finish()
}

struct Arranger<'a> {
    points: &'a Array2<f32>,
    layout: &'a MapLayout,
    keys: &'a [u64],
    progress: &'a dyn Progress,
}

impl Arranger<'_> {
    /// Where songs were; new ones among those of their nearest that were there.
    fn start(&self, before: &[Option<Position>]) -> Vec<Position> {
        let (known, new): (Vec<_>, Vec<_>) = (0..before.len()).partition(|row| before[*row].is_some());
        let mut start: Vec<_> = before.iter().map(|position| position.unwrap_or_default()).collect();
        if new.is_empty() {
            return start;
        }
        let places: Vec<_> = before.iter().copied().flatten().collect();
        let rows = |rows: &[usize]| self.points.select(Axis(0), rows);
        let nearest = nearest_known(&rows(&known), &rows(&new), SHOWN, self.progress);
        new.iter().zip(mean_of_nearest(&places, &nearest)).for_each(|(row, place)| start[*row] = place);
        start
    }

    fn run(
        &self,
        values: &Array2<f32>,
        nearest: &Nearest,
        keys: &[u64],
        start: Option<Vec<Position>>,
    ) -> Vec<Position> {
        let layout = self.layout;
        let nearest = &nearest.first(layout.neighbours);
        let task = LayoutTask { values, nearest, keys, start };
        self.progress.event(Event::Steps { steps: (layout.steps)(&task) });
        (layout.run)(&task, &mut || self.progress.event(Event::Step))
    }

    /// Some songs are laid out, the others placed among them. Songs stand in the order of hashes, so the first are spread
    /// evenly, and are the same ones when a few songs come.
    fn by_landmarks(&self, start: Option<Vec<Position>>) -> Vec<Position> {
        let layout = self.layout;
        let landmarks = self.points.slice(s![..layout.most, ..]).to_owned();
        let others = self.points.slice(s![layout.most.., ..]).to_owned();
        let (first, rest) = self.keys.split_at(layout.most);
        let nearest = nearest_of_all(&landmarks, layout.neighbours, self.progress);
        let of_landmarks = start.as_ref().map(|start| start[..layout.most].to_vec());
        let mut positions = self.run(&landmarks, &nearest, first, of_landmarks);
        let nearest = nearest_known(&landmarks, &others, layout.neighbours, self.progress);
        let begin = match start {
            Some(start) => start[layout.most..].to_vec(),
            None => mean_of_nearest(&positions, &nearest),
        };
        let placed = place(&positions, &nearest, rest, begin);
        positions.extend(placed);
        positions
    }
}
