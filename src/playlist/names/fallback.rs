//! A name for clusters that neither tags nor scores set apart: how they sound, as in `Steady and warm`.

use super::distinction::{LEAST_COVERAGE, TermStatistics};
use super::sound::{self, Sound};
use super::term::TermKind;

/// The part of the tracks that a word must hold for.
const LEAST_SHARE: f64 = 1.0 / 3.0;
/// How many times as often as elsewhere it must hold, so that a song more or less does not make it untrue.
const LEAST_LIFT: f64 = 1.1;
/// What holds for so many tracks is true of the list, even where it is of others too.
const OF_NEARLY_ALL: f64 = 0.9;

/// Words for tempo and brightness; one of them where the other would be no truer here than elsewhere, none where both
/// would.
pub(super) fn words(statistics: &TermStatistics, cluster: usize) -> Option<String> {
    let sound = statistics.table.sound(&statistics.clusters[cluster])?;
    let tempo = word(statistics, cluster, &sound, TermKind::Tempo);
    let brightness = word(statistics, cluster, &sound, TermKind::Brightness);
    match (tempo, brightness) {
        (Some(tempo), Some(brightness)) => Some(format!("{tempo} and {}", brightness.to_lowercase())),
        (tempo, brightness) => tempo.or(brightness).map(|word| format!("{word} music")),
    }
}

/// The word for the mean if it is true, else the one that holds most beyond elsewhere.
fn word(statistics: &TermStatistics, cluster: usize, sound: &Sound, kind: TermKind) -> Option<&'static str> {
    let of_mean = sound.terms().into_iter().find(|term| term.1 == kind).map(|(word, _)| word);
    let excess = |word: &'static str| {
        let shares = statistics.shares(cluster, statistics.table.find(kind, word)?)?;
        let elsewhere = shares.elsewhere.unwrap_or(0.0);
        let is_more = shares.here >= LEAST_LIFT * elsewhere || shares.here >= OF_NEARLY_ALL;
        let is_true = shares.here >= LEAST_SHARE && shares.here >= elsewhere && is_more;
        (is_true && shares.coverage >= LEAST_COVERAGE).then_some((word, shares.here - elsewhere))
    };
    let most = || sound::words(kind).filter_map(excess).max_by(|a, b| a.1.total_cmp(&b.1));
    of_mean.and_then(excess).or_else(most).map(|(word, _)| word)
}
