//! What distinguishes a cluster: terms that hold for many of its tracks and for few of the others.
//!
//! A term's weight is share × ln(share ÷ share elsewhere), its part of the Kullback-Leibler divergence
//! between the cluster and the rest, times a factor for its kind. What holds everywhere, such as `Singing` in
//! a library of songs, weighs nothing.

use super::class;
use super::term::{Term, TermKind};
use super::term_table::{TAGS, TermTable};

/// Below this share elsewhere a term is rare; how rare exactly is chance.
const RARE: f64 = 0.05;

/// The part of a cluster's tracks of which a source must say anything: fewer tracks are not representative.
const LEAST_COVERAGE: f64 = 0.25;

/// The factor of a term in a name: a genre says more than an instrument, and that more than an adjective.
fn factor(term: &Term, sources: u8) -> f64 {
    let kind = match term.kind {
        TermKind::Genre => 1.0,
        TermKind::SoundSource => 0.7,
        TermKind::Mood => 0.5,
        TermKind::Tempo | TermKind::Brightness => 0.4,
    };
    // `Techno` says more than `Electronic`, and tags are more reliable than models.
    let general = if class::GENERAL.contains(&&*term.word) { 0.7 } else { 1.0 };
    let by_model = if sources & TAGS == 0 { 0.9 } else { 1.0 };
    kind * general * by_model
}

/// A term that distinguishes a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Distinction {
    /// What distinguishes it.
    pub term: Term,
    /// Its number in the table.
    pub(super) number: usize,
    /// The part of the cluster's tracks with any known terms that it holds for, from 0 to 1.
    pub share: f64,
    /// The same for all other tracks.
    pub elsewhere: f64,
    pub(super) weight: f64,
}

impl Distinction {
    /// It holds for enough of the songs, and enough more than elsewhere, to be worth mentioning.
    pub fn is_telling(&self) -> bool {
        self.share >= 0.25 && self.lift() >= 1.2
    }

    /// How many times as often it holds as elsewhere, where all rare terms count as equally rare.
    pub fn lift(&self) -> f64 {
        self.share / self.elsewhere.max(RARE)
    }
}

/// Sums over tracks.
struct TermCounts {
    /// How many tracks each combination of sources describes.
    sources: [usize; 8],
    /// How much each term holds, summed up.
    held: Vec<f64>,
}

impl TermCounts {
    fn of(table: &TermTable, rows: impl Iterator<Item = usize>) -> Self {
        let mut counts = Self { sources: [0; 8], held: vec![0.0; table.terms.len()] };
        for track in rows.map(|row| &table.tracks[row]) {
            counts.sources[usize::from(track.sources)] += 1;
            track.held.iter().for_each(|&(number, share)| counts.held[number] += f64::from(share));
        }
        counts
    }

    /// How many tracks at least one of `sources` describes.
    fn described_by(&self, sources: u8) -> usize {
        (0..8_u8).zip(self.sources).filter(|(some, _)| some & sources != 0).map(|(_, count)| count).sum()
    }
}

impl TermTable {
    /// For each cluster (its rows), the terms that hold more in it than elsewhere, those of most weight first.
    pub(crate) fn distinctions(&self, clusters: &[Vec<usize>]) -> Vec<Vec<Distinction>> {
        let all = TermCounts::of(self, 0..self.tracks.len());
        clusters.iter().map(|rows| self.distinctions_of(rows, &all)).collect()
    }

    fn distinctions_of(&self, rows: &[usize], all: &TermCounts) -> Vec<Distinction> {
        let here = TermCounts::of(self, rows.iter().copied());
        let distinction = |number: usize| {
            let (term, sources) = &self.terms[number];
            let (inside, everywhere) = (here.described_by(*sources), all.described_by(*sources));
            let outside = everywhere - inside;
            if outside == 0 || (inside as f64) < LEAST_COVERAGE * rows.len() as f64 {
                return None;
            }
            let share = here.held[number] / inside as f64;
            let elsewhere = ((all.held[number] - here.held[number]) / outside as f64).max(0.0);
            let weight = share * (share / elsewhere.max(RARE)).ln() * factor(term, *sources);
            let distinction = || Distinction { term: term.clone(), number, share, elsewhere, weight };
            (weight > 0.0).then(distinction)
        };
        let held = (0..self.terms.len()).filter(|&number| here.held[number] > 0.0);
        let mut found: Vec<_> = held.filter_map(distinction).collect();
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        found
    }

    /// The part of `rows` that none of `first` holds for, and the part of these that `second` holds for.
    pub(super) fn remainder(
        &self,
        rows: &[usize],
        first: &[&Distinction],
        second: &Distinction,
    ) -> (f64, f64) {
        let held = |row: usize, of: &Distinction| self.tracks[row].holds(of.number);
        let rest = rows.iter().filter(|&&row| first.iter().all(|first| held(row, first) < 0.5));
        let (count, sum) =
            rest.fold((0_usize, 0.0), |(count, sum), &row| (count + 1, sum + f64::from(held(row, second))));
        (count as f64 / rows.len().max(1) as f64, sum / count.max(1) as f64)
    }
}
