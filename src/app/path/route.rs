//! The smoothest of all ways through some layers of songs.

use std::collections::HashMap;

use ndarray::Array2;

/// What a step costs that leads to a song of the same artist: more than any detour.
const SAME_ARTIST: f64 = 1e4;
/// What a song costs that the way has at another place: more than all of that.
const REPEATED: f64 = 1e8;
/// How often a way is sought anew because it comes by a song twice.
const ROUNDS: usize = 100;

/// A song that may lie on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// Equal for two recordings of one song.
    pub identity: usize,
    /// None: nobody knows.
    pub artist: Option<usize>,
}

/// The songs among which the way chooses at one of its places.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Numbers of stops; the ends of the way have one each.
    pub stops: Vec<usize>,
    /// How far off each is from where the way should be there, squared.
    pub off: Vec<f32>,
}

/// One stop of each layer, so that the sum of all squared steps and all squared detours is least: a sum of squares makes steps
/// even. `steps` holds the squared distances from each layer (rows) to the next one (columns).
///
/// No identity comes twice if all inner layers have as many of them as there are layers; no artist comes twice in a row where
/// that can be avoided.
pub(super) fn smoothest(stops: &[Stop], layers: &[Layer], steps: &[Array2<f32>]) -> Vec<usize> {
    // Of a song that came twice, the only layer in which it is still wanted.
    let mut kept: HashMap<usize, usize> = HashMap::new();
    for _ in 0..ROUNDS {
        let way = cheapest(stops, layers, steps, &kept);
        let repeated = repeated(stops, layers, &way);
        if repeated.is_empty() {
            return way.iter().zip(layers).map(|(&place, layer)| layer.stops[place]).collect();
        }
        kept.extend(repeated);
    }
    replaced(stops, layers, &cheapest(stops, layers, steps, &kept))
}

/// By layers, the places of the cheapest way (Viterbi 1967).
fn cheapest(
    stops: &[Stop],
    layers: &[Layer],
    steps: &[Array2<f32>],
    kept: &HashMap<usize, usize>,
) -> Vec<usize> {
    let mut costs = vec![0.0; layers[0].stops.len()];
    let mut from: Vec<Vec<usize>> = Vec::with_capacity(steps.len());
    for (number, (pair, steps)) in layers.windows(2).zip(steps).enumerate() {
        let [before, layer] = pair else { unreachable!("windows of two") };
        let best = layer.stops.iter().zip(&layer.off).enumerate().map(|(place, (&stop, &off))| {
            let stop = stops[stop];
            let mut least = (f64::INFINITY, 0);
            for (earlier, (&other, &cost)) in before.stops.iter().zip(&costs).enumerate() {
                let other = stops[other];
                let mut cost = cost + f64::from(steps[(earlier, place)]);
                if stop.artist.is_some() && stop.artist == other.artist {
                    cost += SAME_ARTIST;
                }
                if stop.identity == other.identity {
                    cost += REPEATED;
                }
                if cost < least.0 {
                    least = (cost, earlier);
                }
            }
            let is_elsewhere = kept.get(&stop.identity).is_some_and(|layer| *layer != number + 1);
            (least.0 + f64::from(off) + if is_elsewhere { REPEATED } else { 0.0 }, least.1)
        });
        let (now, earlier) = best.unzip();
        costs = now;
        from.push(earlier);
    }
    let last = (0..costs.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
    let mut way = vec![last.unwrap_or_default()];
    for earlier in from.iter().rev() {
        way.push(earlier[way[way.len() - 1]]);
    }
    way.reverse();
    way
}

/// Identities that a way comes by several times, with the layer in which each is to stay: an end, or where it is least off.
fn repeated(stops: &[Stop], layers: &[Layer], way: &[usize]) -> Vec<(usize, usize)> {
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, (layer, &place)) in layers.iter().zip(way).enumerate() {
        places.entry(stops[layer.stops[place]].identity).or_default().push(number);
    }
    let last = layers.len() - 1;
    let off = |number: &usize| match *number {
        0 => -1.0,
        end if end == last => -1.0,
        number => layers[number].off[way[number]],
    };
    let several = places.into_iter().filter(|(_, places)| places.len() > 1);
    several
        .filter_map(|(identity, places)| {
            let best = places.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)).then(a.cmp(b)))?;
            Some((identity, best))
        })
        .collect()
}

/// The way with another song for each that came before or is an end, as long as its layer has one.
fn replaced(stops: &[Stop], layers: &[Layer], way: &[usize]) -> Vec<usize> {
    let identity = |number: usize| stops[layers[number].stops[way[number]]].identity;
    let mut seen = vec![identity(0), identity(layers.len() - 1)];
    let mut chosen = Vec::with_capacity(way.len());
    for (number, (layer, &place)) in layers.iter().zip(way).enumerate() {
        let is_end = number == 0 || number == layers.len() - 1;
        let is_free = |stop: &&usize| is_end || !seen.contains(&stops[**stop].identity);
        let stop = Some(&layer.stops[place]).filter(is_free).or_else(|| layer.stops.iter().find(is_free));
        let stop = *stop.unwrap_or(&layer.stops[place]);
        seen.push(stops[stop].identity);
        chosen.push(stop);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Songs on a line; layers hold all of them that are no ends.
    fn way(positions: &[f32], artists: &[usize], length: usize) -> Vec<usize> {
        let last = positions.len() - 1;
        let stops: Vec<_> = artists
            .iter()
            .enumerate()
            .map(|(identity, artist)| Stop { identity, artist: Some(*artist).filter(|artist| *artist > 0) })
            .collect();
        let layer = |number: usize| {
            let wanted =
                positions[0] + (positions[last] - positions[0]) * number as f32 / (length - 1) as f32;
            let inner: Vec<usize> = match number {
                0 => vec![0],
                end if end == length - 1 => vec![last],
                _ => (1..last).collect(),
            };
            let off = inner.iter().map(|&stop| (positions[stop] - wanted).powi(2)).collect();
            Layer { stops: inner, off }
        };
        let layers: Vec<_> = (0..length).map(layer).collect();
        let steps: Vec<_> = layers
            .windows(2)
            .map(|pair| {
                let shape = (pair[0].stops.len(), pair[1].stops.len());
                Array2::from_shape_fn(shape, |(from, to)| {
                    (positions[pair[0].stops[from]] - positions[pair[1].stops[to]]).powi(2)
                })
            })
            .collect();
        smoothest(&stops, &layers, &steps)
    }

    #[test]
    fn steps_are_even() {
        let positions = [0.0, 0.1, 0.9, 1.0, 1.1, 1.5, 2.1, 2.5, 3.0, 4.0];
        assert_eq!(way(&positions, &[0; 10], 5), [0, 3, 6, 8, 9]);
        assert_eq!(way(&positions, &[0; 10], 2), [0, 9]);
    }

    #[test]
    fn no_artist_comes_twice_in_a_row_where_that_can_be_avoided() {
        let positions = [0.0, 1.0, 1.3, 2.0, 3.0, 4.0];
        assert_eq!(way(&positions, &[1, 1, 2, 3, 4, 5], 5), [0, 2, 3, 4, 5]);
        // All are of one artist.
        assert_eq!(way(&positions, &[1; 6], 5), [0, 1, 3, 4, 5]);
    }

    #[test]
    fn no_song_comes_twice_however_few_there_are() {
        for (songs, length) in [(5, 5), (6, 5), (12, 12), (40, 30)] {
            // Nearly all lie in one place.
            let mut positions: Vec<f32> = (0..songs).map(|song| 5.0 + song as f32 * 1e-3).collect();
            (positions[0], positions[songs - 1]) = (0.0, 10.0);
            let mut way = way(&positions, &vec![0; songs], length);
            assert_eq!((way[0], way[length - 1]), (0, songs - 1));
            way.sort_unstable();
            way.dedup();
            assert_eq!(way.len(), length, "{songs} songs");
        }
    }
}
