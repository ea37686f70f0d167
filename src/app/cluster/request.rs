//! What one call of `cluster` asks for, and why it may be refused.

use std::path::{Path, PathBuf};

use super::{
    explain::Explain,
    pins::PinsError,
    publish::{PublishError, Targets},
};
use crate::{
    app::history::sets::HistoryError,
    clustering::{self, Algorithm, ClusterError},
    library::{Excluded, RootError},
    playlist::{
        filter::{ListLimits, TrackFilter},
        order::Order,
    },
    space::{PointsError, SpaceId},
    store::StoreError,
};

/// What one call of `cluster` is about.
#[derive(Clone, Debug)]
pub struct ClusterRequest {
    /// The name of the space.
    pub method: String,
    /// As scans fill it now; else how that begins, and what was filled before is taken.
    pub current: Result<SpaceId, String>,
    pub algorithm: &'static Algorithm,
    pub settings: clustering::AlgorithmSettings,
    /// How many playlists; none: that is found out.
    pub n: Option<usize>,
    pub seed: u64,
    /// Only tracks under this folder.
    pub path: Option<PathBuf>,
    /// The report's columns and arithmetic.
    pub report: bool,
    /// Of the songs in each playlist.
    pub order: &'static Order,
    /// The set's name, if it is not to be made from space and path.
    pub set: Option<String>,
    /// Forget the set's earlier playlists.
    pub fresh: bool,
    /// Find new names for playlists that go on.
    pub rename: bool,
    /// The folder of the models: their classes are words for names.
    pub models: PathBuf,
    /// Which songs come into playlists.
    pub filters: Filters,
    /// Say why songs are where they are.
    pub explain: Option<Explain>,
    pub targets: Targets,
}

/// What is left out before clustering, and what after it.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    pub filter: TrackFilter,
    pub exclude: Excluded,
    /// Of recordings that are there twice, one.
    pub dedupe: bool,
    /// Of the finished lists.
    pub limits: ListLimits,
    /// What was set, as it was said: name and value.
    pub said: Vec<(&'static str, String)>,
}

impl Filters {
    /// A part of the run's settings; empty where nothing is set, so that such a run keeps the id it always had.
    pub fn canonical(&self) -> String {
        self.said.iter().map(|(name, value)| format!(" {name}={value:?}")).collect()
    }
}

/// Why there are no new playlists.
#[derive(Debug, thiserror::Error)]
pub enum ClusterRunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    Points(#[from] PointsError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error("{0}")]
    NotInstalled(String),
    #[error("no track under {} is indexed in {space}: run `indexer scan` on it first", scope.display())]
    NothingUnder { scope: PathBuf, space: String },
    #[error("{} cannot be explained: it is not in {space}, not under --path, or filtered out", path.display())]
    NoSong { path: PathBuf, space: String },
    #[error("the filters leave no track of {space}: ask for less")]
    AllFiltered { space: String },
    #[error(
        "--n {n}, but the filters leave {tracks} of {all} tracks of {space}: choose at most {tracks}, or filter less"
    )]
    TooFewLeft { n: usize, tracks: usize, all: usize, space: String },
    #[error(transparent)]
    Pins(#[from] PinsError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What a run was asked for, as `key=value`: equal text is an equal question. The seed counts; the targets and the order
/// of songs do not, nor do the settings of algorithms that were not used.
pub fn canonical(request: &ClusterRequest, scope: Option<&Path>) -> String {
    let name = request.algorithm.name;
    let n = request.n.map_or_else(|| "auto".to_owned(), |n| n.to_string());
    let mut words = vec![format!("algorithm={name}"), format!("n={n}"), format!("seed={}", request.seed)];
    words.extend(request.report.then(|| "preset=report".to_owned()));
    words.extend(scope.map(|path| format!("path={path:?}")));
    let tables = serde_json::to_value(&request.settings).expect("tables of numbers are values");
    for table in request.algorithm.starts_from.into_iter().chain([name]) {
        let settings = tables[table].as_object().into_iter().flatten();
        words.extend(settings.map(|(key, value)| format!("{table}.{key}={value}")));
    }
    words.join(" ") + &request.filters.canonical()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::cluster::tests::request,
        clustering::{ALGORITHMS, AlgorithmSettings},
    };

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

    /// Every key of every table, so that a new algorithm is held to it too.
    #[test]
    fn only_what_an_algorithm_goes_by_is_told() {
        let defaults = serde_json::to_value(AlgorithmSettings::default()).unwrap();
        let tables = defaults.as_object().unwrap().iter();
        let keys =
            tables.flat_map(|(table, keys)| keys.as_object().unwrap().keys().map(move |key| (table, key)));
        for (table, key) in keys {
            let mut changed = defaults.clone();
            changed[table][key] = 7.into();
            for algorithm in ALGORITHMS {
                let before = ClusterRequest { algorithm, ..request(None) };
                let settings = serde_json::from_value(changed.clone()).unwrap();
                let after = ClusterRequest { settings, ..before.clone() };
                let is_told = canonical(&before, None) != canonical(&after, None);
                let is_its_own =
                    [Some(algorithm.name), algorithm.starts_from].contains(&Some(table.as_str()));
                assert_eq!(is_told, is_its_own, "{table}.{key} of {}", algorithm.name);
            }
        }
    }
}
