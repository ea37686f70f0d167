//! Whether a name is still true of its playlist.
//!
//! What suffices to keep a name is less than what it takes to choose it, or names would change to and fro with every
//! song.

use super::reading::{Reading, readings};
use super::{distinction::TermStatistics, term::TermKind};

/// The share of the tracks that a term must keep; one is chosen from a quarter or a third on. Who opens `Jazz` and finds
/// less than one song in five of it is misled.
const KEPT: f64 = 0.2;
/// The same for an adjective, which is chosen from a half on.
const KEPT_ADJECTIVE: f64 = 0.4;
/// The same for the words of a name that says only how the songs sound, chosen from a third on.
const KEPT_SOUND: f64 = 0.25;
/// The part of the tracks of which a source must still say anything; a term is chosen from a half on.
const KEPT_COVERAGE: f64 = 0.25;
/// How far the tempo in a name may be from the mean: from 4 % on, people notice that two tempi differ.
const KEPT_TEMPO: f64 = 0.04;

/// How far a name that we chose can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    /// A term of it no longer holds, or nothing that is known now reads like it.
    Untrue,
    /// It is true, but says only how the songs sound, or nothing: any name from tags or scores is better.
    Provisional,
    /// All of its terms hold.
    True,
}

/// Checks the name of a cluster in the best way that it can be read.
pub(crate) fn truth(statistics: &TermStatistics, cluster: usize, name: &str) -> Truth {
    let truths = readings(statistics.table, name).into_iter();
    truths.map(|reading| truth_of(statistics, cluster, &reading)).max().unwrap_or(Truth::Untrue)
}

fn truth_of(statistics: &TermStatistics, cluster: usize, reading: &Reading) -> Truth {
    let kinds = || reading.terms.iter().map(|&number| statistics.table.terms[number].0.kind);
    let is_provisional = kinds().all(TermKind::is_of_sound);
    let holds = |&number: &usize| holds(statistics, cluster, number, is_provisional);
    if !reading.terms.iter().all(holds) || !has_tempo(statistics, cluster, reading.tempo) {
        return Truth::Untrue;
    }
    if is_provisional { Truth::Provisional } else { Truth::True }
}

fn holds(statistics: &TermStatistics, cluster: usize, number: usize, is_provisional: bool) -> bool {
    let Some(shares) = statistics.shares(cluster, number) else { return false };
    let least = match statistics.table.terms[number].0.kind {
        TermKind::Genre | TermKind::SoundSource | TermKind::Sound => KEPT,
        _ if is_provisional => KEPT_SOUND,
        TermKind::Mood | TermKind::Tempo | TermKind::Brightness => KEPT_ADJECTIVE,
    };
    // A list may sound like all others, but what sets it apart from them must do so.
    let is_more = |elsewhere: f64| shares.here > elsewhere || (is_provisional && shares.here >= elsewhere);
    shares.coverage >= KEPT_COVERAGE && shares.here >= least && shares.elsewhere.is_none_or(is_more)
}

fn has_tempo(statistics: &TermStatistics, cluster: usize, tempo: Option<f64>) -> bool {
    let mean = || statistics.table.sound(&statistics.clusters[cluster]);
    tempo
        .is_none_or(|tempo| mean().is_some_and(|mean| (mean.tempo - tempo).abs() <= KEPT_TEMPO * tempo + 0.5))
}
