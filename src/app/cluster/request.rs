//! What one call of `cluster` asks for, and why it may be refused.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::combination::{CombinationError, MethodChoice};
use super::learn_from::LearnFrom;

use crate::clustering::{self, Algorithm, ClusterError};
use crate::exchange::assignment::Assignment;
use crate::library::{Excluded, RootError};
use crate::playlist::filter::{ListLimits, TrackFilter};
use crate::playlist::format::{Format, format};
use crate::playlist::{files::FilesError, order::Order, output::OutputError, path_map::PathMap};
use crate::space::PointsError;
use crate::{app::history::error::HistoryError, store::StoreError, track::Failure};

/// How runs say by what their songs are grouped where another program did it.
const IMPORTED: &str = "imported";

/// What one call of `cluster` asks for.
#[derive(Clone, Debug)]
pub struct ClusterRequest {
    /// What tracks are compared by.
    pub method: MethodChoice,
    /// How tracks are grouped.
    pub algorithm: &'static Algorithm,
    /// The groups that another program has found, which count instead of what an algorithm would find.
    pub(crate) assignment: Option<Arc<Assignment>>,
    /// The tags that teach the metric by which tracks are compared; none: it is Euclid's.
    pub learn_from: Option<LearnFrom>,
    /// The settings of all algorithms.
    pub settings: clustering::AlgorithmSettings,
    /// How many playlists; none: the number is found.
    pub n: Option<usize>,
    /// Equal seeds give equal playlists.
    pub seed: u64,
    /// Only tracks under this folder.
    pub path: Option<PathBuf>,
    /// The folders of the configuration: without `path`, only tracks under these, if there are any.
    pub configured: Vec<PathBuf>,
    /// Group by the report's columns and arithmetic.
    pub report: bool,
    /// The order of the songs in each playlist.
    pub order: &'static Order,
    /// The set's name; none: it is made from space and path.
    pub set: Option<String>,
    /// Forget the set's earlier playlists.
    pub fresh: bool,
    /// When the tracks are grouped anew.
    pub regroup: Regroup,
    /// Playlists of fewer songs are joined to their nearest.
    pub min_size: usize,
    /// Find new names for playlists that continue earlier ones.
    pub rename: bool,
    /// The folder of the models, whose classes serve as words for names.
    pub models: PathBuf,
    /// Which songs come into playlists.
    pub filters: Filters,
    /// Say why songs are in their playlists.
    pub explain: Option<Explain>,
    /// Where the playlists go.
    pub targets: Targets,
}

impl ClusterRequest {
    /// How records and documents say by what the tracks are grouped.
    pub(crate) fn grouped_by(&self) -> &'static str {
        if self.assignment.is_some() { IMPORTED } else { self.algorithm.name }
    }
}

/// When a refresh does not carry the last playlists on, but groups the tracks anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Regroup {
    /// Not at all.
    Never,
    /// From so many percent on by which a fresh grouping fits better; 0: in any case.
    From(f64),
}

/// What is to be explained.
#[derive(Clone, Debug, PartialEq)]
pub enum Explain {
    /// Every song.
    All,
    /// The file of one song.
    Song(PathBuf),
}

/// What is left out, before grouping and of the finished playlists.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// By length, genre and time.
    pub filter: TrackFilter,
    /// Files, by their paths.
    pub exclude: Excluded,
    /// Of recordings that are there more than once, only one is used.
    pub dedupe: bool,
    /// How long the finished playlists may be.
    pub limits: ListLimits,
    /// The filters that are set, by name, with the values as the user gave them.
    pub given: Vec<(&'static str, String)>,
}

/// Where the playlists go.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Nothing is written or kept: the summary says what would be.
    pub is_dry_run: bool,
    /// One JSON file.
    pub output: Option<PathBuf>,
    /// The bytes of that file are wanted instead, as the summary's `document`: what is on stdout is not the library's.
    pub returns_document: bool,
    /// Replace an `output` that is somebody else's.
    pub force: bool,
    /// A folder of playlist files.
    pub playlists: Option<PathBuf>,
    /// The formats of those files, by name.
    pub formats: Vec<String>,
    /// How those files write the paths of songs. `output` is read on this machine and has the paths of this machine.
    pub path_map: PathMap,
    /// Those files write paths as seen from this folder, and leave songs out that are not under it; none: as seen from the
    /// file's own folder. Where a path is mapped, that counts.
    pub relative_to: Option<PathBuf>,
}

impl Targets {
    /// Each format once, in the order in which they are given.
    pub(crate) fn formats(&self) -> Vec<&'static Format> {
        let mut formats: Vec<&Format> = Vec::new();
        for format in self.formats.iter().filter_map(|name| format(name)) {
            if formats.iter().all(|other| other.name != format.name) {
                formats.push(format);
            }
        }
        formats
    }
}

/// Why there are no new playlists.
#[expect(missing_docs, reason = "the messages say it")]
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
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(
        "{} holds the playlists of the set {set}: choose another --playlists folder, or continue that set with --set, or \
         `indexer playlists forget {set}`", folder.display()
    )]
    FolderOfAnotherSet { folder: PathBuf, set: String },
    #[error(
        "--relative-to {}: none of the songs is under it: give the folder that holds the music, as the player has it",
        folder.display()
    )]
    NoneUnder { folder: PathBuf },
    #[error("cannot write playlists into {}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    NotInstalled(String),
    #[error(transparent)]
    Combination(#[from] CombinationError),
    #[error("no track under {} is indexed in {space}: run `indexer scan` on it first", scope.display())]
    NothingUnder { scope: PathBuf, space: String },
    #[error("{} is in no playlist because {why}", path.display())]
    InNone { path: PathBuf, why: WhyInNone },
    #[error("no song is of the genre {genres}: {there}")]
    NoGenre { genres: String, there: String },
    #[error("the filters leave no track of {space}: ask for less")]
    AllFiltered { space: String },
    #[error(
        "--n {n}, but the filters leave {tracks} of {all} tracks of {space}: choose at most {tracks}, or filter less"
    )]
    TooFewLeft { n: usize, tracks: usize, all: usize, space: String },
    #[error(
        "{} names no song of the library: it was made for another one, or from another column than content_id", path.display()
    )]
    NoneKnown { path: PathBuf },
    #[error(
        "{} names no song that is to be grouped: leave filters, --path and pins out, or choose the --method that it was made by",
        path.display()
    )]
    NoneAssigned { path: PathBuf },
    #[error("the song is pinned in {name}: that is why it is there")]
    Pinned { name: String },
    #[error(
        "--n {n} leaves no room beside pinned playlists and songs: choose at least {least}, or `indexer playlists unpin` some"
    )]
    NoRoom { n: usize, least: usize },
    #[error(
        "--n {n} asks for {left} besides the pinned, but the other songs make no more than {songs}: choose at most {most}"
    )]
    TooFewSongs { n: usize, left: usize, songs: usize, most: usize },
}

/// Why a file that was to be explained is in no playlist, and what to do about it.
#[expect(missing_docs, reason = "the messages say it")]
#[derive(Debug, thiserror::Error)]
pub enum WhyInNone {
    #[error("there is no such file")]
    NoFile,
    #[error("the library does not know it: `indexer scan` its folder")]
    Unknown,
    #[error(
        "the file is missing since {since}: when it is back, `indexer scan` notices, and it returns to its playlist"
    )]
    Missing { since: String },
    #[error("it failed ({failure}): {}", what_to_do(failure))]
    Failed { failure: Failure },
    #[error("it is not under {}: leave --path out, or choose a folder that holds it", scope.display())]
    Elsewhere { scope: PathBuf },
    #[error(
        "its folder is not among the `roots` of the configuration: add it to them, or choose it with --path"
    )]
    NotConfigured,
    #[error("it is not in {space} yet: `indexer scan --method {space}` adds it")]
    NotInSpace { space: String },
    #[error("the filters leave it out ({filters})")]
    Filtered { filters: String },
    #[error("another copy of this recording is taken instead (--dedupe)")]
    Duplicate,
}

/// What to do about a file that failed.
pub(crate) fn what_to_do(failure: &Failure) -> &'static str {
    match failure.is_final {
        true => {
            "`indexer scan` tries it again when the file has changed, `indexer scan --retry-failed` at once"
        }
        false => "the next `indexer scan` tries it again",
    }
}

/// Hexadecimal digits of the digest by which an assignment is known.
const DIGITS: usize = 12;

/// The settings of a run as `key=value` text: equal text means that the same was asked for. The seed counts;
/// the targets and the order of songs do not, nor do the settings of algorithms that are not used. The word `learned` of a metric
/// comes last.
pub(crate) fn canonical(request: &ClusterRequest, scope: Option<&Path>, learned: Option<&str>) -> String {
    let name = request.algorithm.name;
    let mut words = vec![format!("algorithm={}", request.grouped_by())];
    match &request.assignment {
        // Nothing is left to chance, so no seed counts.
        Some(assignment) => words.push(format!("assignment={}", assignment.digest().short(DIGITS))),
        None => {
            let n = request.n.map_or_else(|| "auto".to_owned(), |n| n.to_string());
            words.extend([format!("n={n}"), format!("seed={}", request.seed)]);
        }
    }
    words.extend(request.report.then(|| "preset=report".to_owned()));
    words.extend(scope.map(|path| format!("path={path:?}")));
    let tables = serde_json::to_value(&request.settings).expect("tables of numbers are values");
    let used = request.algorithm.starts_from.into_iter().chain([name]);
    for table in used.filter(|_| request.assignment.is_none()) {
        let settings = tables[table].as_object().into_iter().flatten();
        words.extend(settings.map(|(key, value)| format!("{table}.{key}={value}")));
    }
    words.extend((request.min_size > 1).then(|| format!("min_size={}", request.min_size)));
    // Nothing where no filter is set: such a run keeps the id that it had before there were filters.
    words.extend(request.filters.given.iter().map(|(name, value)| format!("{name}={value:?}")));
    words.extend(learned.map(str::to_owned));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::cluster::tests::request,
        clustering::{ALGORITHMS, AlgorithmSettings},
    };

    #[test]
    fn settings_are_written_as_keys_with_values() {
        let mut request = request(None);
        assert_eq!(
            canonical(&request, None, None),
            "algorithm=kmeans n=2 seed=42 kmeans.max_iterations=300 kmeans.starts=10 kmeans.tolerance=0.0001"
        );
        (request.n, request.report, request.algorithm) = (None, true, &ALGORITHMS[2]);
        let text = canonical(&request, Some(Path::new("/a b")), None);
        assert_eq!(text, "algorithm=ward n=auto seed=42 preset=report path=\"/a b\" ward.max_tracks=20000");
    }

    /// Every key of every table, so that a new algorithm is held to it too.
    #[test]
    fn only_settings_that_an_algorithm_uses_count() {
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
                let counts = canonical(&before, None, None) != canonical(&after, None, None);
                let is_its_own =
                    [Some(algorithm.name), algorithm.starts_from].contains(&Some(table.as_str()));
                assert_eq!(counts, is_its_own, "{table}.{key} of {}", algorithm.name);
            }
        }
    }
}
