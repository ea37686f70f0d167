//! All that shapes who is in which playlist, as text.

use std::path::Path;

use super::cluster::ClusterRequest;

/// Algorithms that begin with another one, whose settings are theirs too.
const BEGINNINGS: &[(&str, &str)] = &[("gmm", "kmeans")];

/// What a run was asked for, as `key=value`: equal text is an equal question. The seed counts; the targets and the order
/// of songs do not, nor do the settings of algorithms that were not used.
pub fn canonical(request: &ClusterRequest, scope: Option<&Path>) -> String {
    let name = request.algorithm.name;
    let n = request.n.map_or_else(|| "auto".to_owned(), |n| n.to_string());
    let mut words = vec![format!("algorithm={name}"), format!("n={n}"), format!("seed={}", request.seed)];
    words.extend(request.report.then(|| "preset=report".to_owned()));
    words.extend(scope.map(|path| format!("path={path:?}")));
    let tables = serde_json::to_value(&request.settings).expect("tables of numbers are values");
    let beginnings = BEGINNINGS.iter().filter(|(other, _)| *other == name).map(|(_, beginning)| *beginning);
    for table in beginnings.chain([name]) {
        let settings = tables[table].as_object().into_iter().flatten();
        words.extend(settings.map(|(key, value)| format!("{table}.{key}={value}")));
    }
    words.join(" ") + &request.filters.canonical()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::cluster::tests::request, cluster::ALGORITHMS};

    #[test]
    fn settings_are_told_as_keys_with_values() {
        let mut request = request(None);
        assert_eq!(
            canonical(&request, None),
            "algorithm=kmeans n=2 seed=42 kmeans.max_iterations=300 kmeans.starts=10 kmeans.tolerance=0.0001"
        );
        (request.n, request.report, request.algorithm) = (None, true, &ALGORITHMS[2]);
        let text = canonical(&request, Some(Path::new("/a b")));
        assert_eq!(text, "algorithm=ward n=auto seed=42 preset=report path=\"/a b\" ward.max_tracks=20000");
    }

    type Change = fn(&mut ClusterRequest);

    #[test]
    fn only_what_an_algorithm_goes_by_is_told() {
        let changes: [(&str, Change, &[&str]); 5] = [
            ("kmeans", |request| request.settings.kmeans.starts = 7, &["kmeans", "gmm"]),
            ("gmm", |request| request.settings.gmm.components = 7, &["gmm"]),
            ("ward", |request| request.settings.ward.max_tracks = 7, &["ward"]),
            ("dbscan", |request| request.settings.dbscan.min_points = 7, &["dbscan"]),
            ("hdbscan", |request| request.settings.hdbscan.min_samples = 7, &["hdbscan"]),
        ];
        for (table, change, of) in changes {
            for algorithm in ALGORITHMS {
                let before = ClusterRequest { algorithm, ..request(None) };
                let mut after = before.clone();
                change(&mut after);
                let is_told = canonical(&before, None) != canonical(&after, None);
                assert_eq!(is_told, of.contains(&algorithm.name), "{table} of {}", algorithm.name);
            }
        }
    }
}
