//! The measures, beside scikit-learn's on the same data.

use serde::Deserialize;

use super::super::neighbours::{LabelledSongs, share};
use super::space;
use crate::clustering::{Clustering, agreement};
use crate::{digest::Digest, space::Points, track::ContentId};

#[derive(Deserialize)]
struct Golden {
    sets: Vec<GoldenSet>,
}

#[derive(Deserialize)]
struct GoldenSet {
    name: String,
    points: Vec<Vec<f32>>,
    labels: Vec<usize>,
    groups: Vec<usize>,
    /// -1: none.
    artists: Vec<i64>,
    silhouette: f64,
    davies_bouldin: f64,
    calinski_harabasz: f64,
    nmi: f64,
    ari: f64,
    purity: f64,
    accuracy: f64,
}

#[test]
fn figures_are_those_of_scikit_learn() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../tests/golden/measures.json")).unwrap();
    assert!(golden.sets.len() > 3);
    for set in golden.sets {
        let track = |n: usize| ContentId {
            recipe: 1,
            digest: Digest(std::array::from_fn(|at| match at {
                0 => (n >> 8) as u8,
                1 => n as u8,
                _ => 0,
            })),
        };
        let rows = set.points.iter().enumerate().map(|(n, row)| (track(n), row.clone())).collect();
        let points = Points::new(space("mfcc"), rows).unwrap();
        let groups: Vec<_> = set.groups.iter().copied().map(Some).collect();
        let clustering = Clustering::of(&points, &groups, set.groups.iter().max().unwrap() + 1);
        let separation = clustering.separation(&points).unwrap();
        let pairs: Vec<_> = set.labels.iter().zip(&set.groups).collect();
        let agreement = agreement(&pairs);
        let artists: Vec<_> = set.artists.iter().map(|artist| usize::try_from(*artist).ok()).collect();
        let labels: Vec<_> = set.labels.iter().copied().map(Some).collect();
        let songs = LabelledSongs { values: points.values(), artists: &artists, labels: &labels };
        let votes = songs.label_votes(&songs.labelled(usize::MAX));
        for (figure, found, expected) in [
            ("silhouette", clustering.silhouette(&points).unwrap(), set.silhouette),
            ("Davies-Bouldin", separation.davies_bouldin, set.davies_bouldin),
            ("Calinski-Harabasz", separation.calinski_harabasz, set.calinski_harabasz),
            ("NMI", agreement.nmi, set.nmi),
            ("ARI", agreement.ari, set.ari),
            ("purity", agreement.purity, set.purity),
            ("accuracy", share(&votes).unwrap().share, set.accuracy),
        ] {
            let gap = (found - expected).abs() / expected.abs().max(1.0);
            assert!(gap < 1e-6, "{}: {figure} {found} {expected}", set.name);
        }
    }
}
