//! How strongly rows belong together: the fuzzy graph of UMAP (McInnes, Healy and Melville 2018, section 3.1).

use rayon::prelude::*;

use super::task::Nearest;

/// How often the range is halved in which the scale of a row lies.
const HALVINGS: usize = 64;
/// The least scale, as a part of the mean distance: rows of equal distances have none of their own.
const LEAST_SCALE: f32 = 1e-3;

/// The edges of all rows, in both directions.
pub(super) struct FuzzyGraph {
    /// Where the edges of each row begin, and the end of the last.
    pub begins: Vec<usize>,
    /// The other end of each edge, and its weight, from 0 to 1.
    pub edges: Vec<(u32, f32)>,
}

/// How much each of a row's nearest rows belongs to it, from their distances, the nearest first.
pub(super) fn memberships(distances: &[f32]) -> Vec<f32> {
    let nearest = distances.iter().copied().find(|distance| *distance > 0.0).unwrap_or_default();
    let weight = |distance: f32, scale: f32| (-(distance - nearest).max(0.0) / scale).exp();
    // The row itself counts among its neighbours.
    let wanted = ((distances.len() + 1) as f32).log2();
    let (mut low, mut high, mut scale) = (0.0, f32::INFINITY, 1.0_f32);
    for _ in 0..HALVINGS {
        let sum: f32 = distances.iter().map(|distance| weight(*distance, scale)).sum();
        if (sum - wanted).abs() < 1e-5 {
            break;
        }
        if sum > wanted {
            high = scale
        } else {
            low = scale
        }
        scale = if high.is_finite() { (low + high) / 2.0 } else { 2.0 * scale };
        if scale > f32::MAX / 4.0 {
            break;
        }
    }
    let mean = distances.iter().sum::<f32>() / distances.len().max(1) as f32;
    let scale = scale.max(LEAST_SCALE * mean).max(f32::MIN_POSITIVE);
    distances.iter().map(|distance| weight(*distance, scale)).collect()
}

impl FuzzyGraph {
    /// Rows belong together as much as either says: the probabilistic sum of both.
    pub(super) fn of(nearest: &Nearest, rows: usize) -> Self {
        let of_row = |row: usize| {
            let (others, distances) = nearest.of(row);
            let weights = memberships(distances);
            let row = row as u32;
            let pair = move |(other, weight): (u32, f32)| (row.min(other), row.max(other), weight);
            others.iter().copied().zip(weights).map(pair).collect::<Vec<_>>()
        };
        let mut pairs: Vec<_> = (0..rows).into_par_iter().flat_map_iter(of_row).collect();
        pairs.par_sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let union = |pairs: &[(u32, u32, f32)]| {
            let weight = pairs.iter().fold(0.0, |union, (.., weight)| union + weight - union * weight);
            (pairs[0].0, pairs[0].1, weight)
        };
        let joined = pairs.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(union);
        let both = joined.flat_map(|(one, other, weight)| [(one, other, weight), (other, one, weight)]);
        let mut edges: Vec<_> = both.collect();
        edges.par_sort_unstable_by_key(|(row, other, _)| (*row, *other));
        let mut begins = vec![0; rows + 1];
        edges.iter().for_each(|(row, ..)| begins[*row as usize + 1] += 1);
        (0..rows).for_each(|row| begins[row + 1] += begins[row]);
        Self { begins, edges: edges.into_iter().map(|(_, other, weight)| (other, weight)).collect() }
    }

    pub(super) fn of_row(&self, row: usize) -> &[(u32, f32)] {
        &self.edges[self.begins[row]..self.begins[row + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_belongs_whole_and_the_sum_is_the_logarithm_of_the_number() {
        let distances: Vec<f32> = (1..=15).map(|distance| distance as f32).collect();
        let weights = memberships(&distances);
        assert_eq!(weights[0], 1.0);
        assert!((weights.iter().sum::<f32>() - 4.0).abs() < 1e-3, "{weights:?}");
        assert!(weights.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn equal_songs_belong_together_whole() {
        assert_eq!(memberships(&[0.0; 5]), [1.0; 5]);
        assert_eq!(memberships(&[2.0; 5]), [1.0; 5]);
        assert!(memberships(&[]).is_empty());
    }

    #[test]
    fn an_edge_is_there_in_both_directions_with_one_weight() {
        // The nearest of 2 is 1, but not the other way round.
        let nearest = Nearest { k: 1, rows: vec![1, 0, 1], distances: vec![1.0, 1.0, 3.0] };
        let graph = FuzzyGraph::of(&nearest, 3);
        assert_eq!(graph.of_row(0), [(1, 1.0)]);
        assert_eq!(graph.of_row(1), [(0, 1.0), (2, 1.0)]);
        assert_eq!(graph.of_row(2), [(1, 1.0)]);
    }
}
