//! The result of one call of `eval`.

use std::path::PathBuf;

use crate::app::cluster::learn_from::LearnFrom;

/// What methods and numbers of playlists are worth on a library.
#[derive(Debug)]
pub struct EvalReport {
    /// Songs that all of the methods have: the same are measured for each.
    pub songs: usize,
    /// Of more songs so many are grouped: a fixed sample.
    pub grouped: usize,
    /// How they were grouped.
    pub algorithm: String,
    /// The tags that taught the metric by which they were grouped.
    pub learn_from: Option<LearnFrom>,
    /// Where labels came from; none: there are none.
    pub labels: Option<LabelSource>,
    /// Artists of two songs or more.
    pub artists: usize,
    /// Albums of two songs or more.
    pub albums: usize,
    /// In the order in which they were asked for.
    pub methods: Vec<MethodScores>,
    /// What to take.
    pub recommended: Recommendation,
    /// How long it took.
    pub seconds: f64,
}

/// What songs were held against.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelSource {
    /// The file; none: the genres of tags.
    pub file: Option<PathBuf>,
    /// Songs that have a label.
    pub songs: usize,
    /// Different labels.
    pub labels: usize,
}

/// What one method is worth.
#[derive(Debug)]
pub struct MethodScores {
    /// The name of the space, or of several side by side.
    pub method: String,
    /// The part of the library's tracks that are in it, from 0 to 1.
    pub coverage: f64,
    /// A row for each number of playlists, ascending.
    pub groupings: Vec<GroupingScores>,
    /// The number of playlists that separate best, as `cluster` chooses it.
    pub n: usize,
    /// How often the 5 nearest songs of other artists vote for the song's own label.
    pub label_votes: Option<Share>,
    /// How often another song of its artist is among the 5 nearest of a song.
    pub artist_hits: Option<Share>,
    /// What a learned metric changes in that.
    pub learned: Vec<LearnedGain>,
}

/// What a grouping into some number of playlists is worth; none: it cannot be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupingScores {
    /// How many playlists.
    pub n: usize,
    /// How much nearer songs are to their own playlist than to the next one, from -1 to 1.
    pub silhouette: Option<f64>,
    /// How alike playlists are to their nearest: the less, the better.
    pub davies_bouldin: Option<f64>,
    /// The variance between playlists over that within them.
    pub calinski_harabasz: Option<f64>,
    /// How much of it is found again in parts of the songs, up to 1.
    pub stability: Option<f64>,
    /// The information that playlists and labels share, from 0 to 1.
    pub nmi: Option<f64>,
    /// The pairs on which playlists and labels agree, above chance, up to 1.
    pub ari: Option<f64>,
    /// The share of songs that have the most frequent label of their playlist.
    pub purity: Option<f64>,
}

/// How often something is so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// From 0 to 1.
    pub share: f64,
    /// Its standard error.
    pub error: f64,
    /// How many songs were asked.
    pub songs: usize,
}

/// What a metric learned from some artists' songs does for those of others.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedGain {
    /// The tags that it was learned from.
    pub from: LearnFrom,
    /// Label votes without it, or artist hits where there are no labels.
    pub before: f64,
    /// The same with it.
    pub after: f64,
    /// The standard error of the difference.
    pub error: f64,
    /// How many songs were asked.
    pub songs: usize,
    /// Label votes were counted, not artist hits.
    pub is_by_label: bool,
}

impl LearnedGain {
    /// It is better by more than two standard errors.
    pub fn is_certain(&self) -> bool {
        self.after - self.before > 2.0 * self.error
    }
}

/// What to take, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The method.
    pub method: String,
    /// How many playlists.
    pub n: usize,
    /// By what the method was chosen.
    pub reason: Reason,
    /// What to learn from, where that is certain to be better.
    pub learn_from: Option<LearnFrom>,
}

/// By what a method was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is only one.
    Only,
    /// The nearest songs have the same label most often.
    Labels,
    /// The nearest songs are of the same artist most often.
    Artists,
    /// Its grouping is the most stable.
    Stability,
}
