//! What distinguishes a cluster: terms that hold for many of its tracks and for few of the others.
//!
//! A term's weight is share × ln(share ÷ share elsewhere), its part of the Kullback-Leibler divergence
//! between the cluster and the rest, times a factor for its kind. What holds everywhere, such as `Singing` in
//! a library of songs, weighs nothing.

use rayon::prelude::*;

use super::class;
use super::term::{Term, TermKind};
use super::term_table::{TAGS, TermTable};

/// Below this share elsewhere a term is rare; how rare exactly is chance.
const RARE: f64 = 0.05;

/// The part of a cluster's tracks of which a source must say anything to name it: what holds for the lesser half may be
/// wrong of the rest, which nobody has described yet.
pub(super) const LEAST_COVERAGE: f64 = 0.5;

/// The factor of a term in a name: a genre says more than an instrument, and that more than an adjective.
fn factor(term: &Term, sources: u8) -> f64 {
    let kind = match term.kind {
        TermKind::Genre => 1.0,
        TermKind::SoundSource | TermKind::Sound => 0.7,
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
    pub(crate) fn is_telling(&self) -> bool {
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
            let held = track.held.iter();
            held.for_each(|&(number, share)| counts.held[number as usize] += f64::from(share));
        }
        counts
    }

    /// How many tracks at least one of `sources` describes.
    fn described_by(&self, sources: u8) -> usize {
        (0..8_u8).zip(self.sources).filter(|(some, _)| some & sources != 0).map(|(_, count)| count).sum()
    }
}

/// How often a term holds in a cluster and elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// The part of the cluster's tracks of which the term's sources say anything.
    pub coverage: f64,
    /// The part of these that the term holds for.
    pub here: f64,
    /// The same for all other tracks; none where nothing is known of those.
    pub elsewhere: Option<f64>,
}

/// The terms of clusters, counted: how much each holds in each cluster and elsewhere.
pub(crate) struct TermStatistics<'a> {
    pub(super) table: &'a TermTable,
    pub(super) clusters: &'a [Vec<usize>],
    counts: Vec<TermCounts>,
    all: TermCounts,
}

impl<'a> TermStatistics<'a> {
    /// Counts the terms of clusters, each given by its rows in the table.
    pub(crate) fn new(table: &'a TermTable, clusters: &'a [Vec<usize>]) -> Self {
        let count = |rows: &Vec<usize>| TermCounts::of(table, rows.iter().copied());
        let (counts, all) = rayon::join(
            || clusters.par_iter().map(count).collect(),
            || TermCounts::of(table, 0..table.tracks.len()),
        );
        Self { table, clusters, counts, all }
    }

    /// How often a term holds; none where no track of the cluster is described.
    pub(super) fn shares(&self, cluster: usize, number: usize) -> Option<Shares> {
        let (sources, here) = (self.table.terms[number].1, &self.counts[cluster]);
        let (inside, everywhere) = (here.described_by(sources), self.all.described_by(sources));
        let outside = everywhere - inside;
        let elsewhere = || ((self.all.held[number] - here.held[number]) / outside as f64).max(0.0);
        (inside > 0).then(|| Shares {
            coverage: inside as f64 / self.clusters[cluster].len() as f64,
            here: here.held[number] / inside as f64,
            elsewhere: (outside > 0).then(elsewhere),
        })
    }

    /// The part of the cluster's tracks of which at least one of `sources` says anything.
    pub(super) fn coverage(&self, cluster: usize, sources: u8) -> f64 {
        self.counts[cluster].described_by(sources) as f64 / self.clusters[cluster].len().max(1) as f64
    }

    /// The terms that hold more in the cluster than elsewhere, those of most weight first.
    pub(crate) fn distinctions(&self, cluster: usize) -> Vec<Distinction> {
        let distinction = |number: usize| {
            let (term, sources) = &self.table.terms[number];
            let Shares { coverage, here: share, elsewhere } = self.shares(cluster, number)?;
            let elsewhere = elsewhere.filter(|_| coverage >= LEAST_COVERAGE)?;
            let weight = share * (share / elsewhere.max(RARE)).ln() * factor(term, *sources);
            let distinction = || Distinction { term: term.clone(), number, share, elsewhere, weight };
            (weight > 0.0).then(distinction)
        };
        let held = (0..self.table.terms.len()).filter(|&number| self.counts[cluster].held[number] > 0.0);
        let mut found: Vec<_> = held.filter_map(distinction).collect();
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        found
    }

    /// The part of the cluster that none of `first` holds for, and the part of this that `second` holds for.
    pub(super) fn remainder(
        &self,
        cluster: usize,
        first: &[&Distinction],
        second: &Distinction,
    ) -> (f64, f64) {
        let rows = &self.clusters[cluster];
        let held = |row: usize, of: &Distinction| self.table.tracks[row].holds(of.number);
        let rest = rows.iter().filter(|&&row| first.iter().all(|first| held(row, first) < 0.5));
        let (count, sum) =
            rest.fold((0_usize, 0.0), |(count, sum), &row| (count + 1, sum + f64::from(held(row, second))));
        (count as f64 / rows.len().max(1) as f64, sum / count.max(1) as f64)
    }
}
