//! What sets a cluster apart: terms that hold for many of its tracks and for few of the others.
//!
//! A term's weight is share × ln(share ÷ share elsewhere), its part of the Kullback-Leibler divergence between the
//! cluster and the rest, times what its kind is worth. What holds everywhere, such as `Singing` in a library of songs,
//! weighs nothing.

use super::{Evidence, Kind, Term, class, evidence::TAGS};

/// Below this share elsewhere a term is rare, and how rare is chance.
const RARE: f64 = 0.05;

/// Fewer of a cluster's tracks with any evidence of a kind say nothing of the others.
const SPOKEN_FOR: f64 = 0.25;

/// What a term is worth in a name: a genre says more than an instrument, and that more than an adjective.
fn worth(term: &Term, sources: u8) -> f64 {
    let kind = match term.kind {
        Kind::Genre => 1.0,
        Kind::Heard => 0.7,
        Kind::Mood => 0.5,
        Kind::Tempo | Kind::Brightness => 0.4,
    };
    // `Techno` says more than `Electronic`; and people are more certain than models.
    let general = if class::is_general(&term.word) { 0.7 } else { 1.0 };
    let by_model = if sources & TAGS == 0 { 0.9 } else { 1.0 };
    kind * general * by_model
}

/// A term that sets a cluster apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Distinction {
    pub term: Term,
    /// Its number in the evidence.
    pub(super) number: usize,
    /// Of the cluster's tracks of which anything is known, how many it holds for; from 0 to 1.
    pub share: f64,
    /// The same for all other tracks.
    pub elsewhere: f64,
    pub weight: f64,
}

impl Distinction {
    /// Holds for enough of the songs, and so much more than elsewhere, that it is worth telling.
    pub fn is_telling(&self) -> bool {
        self.share >= 0.25 && self.lift() >= 1.2
    }

    /// How many times as often as elsewhere, where rare is not told from rarer.
    pub fn lift(&self) -> f64 {
        self.share / self.elsewhere.max(RARE)
    }
}

/// Of tracks: how many each combination of sources speaks of, and how much each term holds for.
struct Counts {
    sources: [usize; 8],
    held: Vec<f64>,
}

impl Counts {
    fn of(evidence: &Evidence, rows: impl Iterator<Item = usize>) -> Self {
        let mut counts = Self { sources: [0; 8], held: vec![0.0; evidence.count()] };
        for track in rows.map(|row| evidence.track(row)) {
            counts.sources[usize::from(track.sources)] += 1;
            track.held.iter().for_each(|&(number, share)| counts.held[number] += f64::from(share));
        }
        counts
    }

    /// Tracks of which at least one of `sources` says something.
    fn spoken_of(&self, sources: u8) -> usize {
        (0..8_u8).zip(self.sources).filter(|(some, _)| some & sources != 0).map(|(_, count)| count).sum()
    }
}

impl Evidence {
    /// The terms that hold more in each cluster (its rows) than elsewhere, those of most weight first.
    pub fn distinctions(&self, clusters: &[Vec<usize>]) -> Vec<Vec<Distinction>> {
        let all = Counts::of(self, 0..self.len());
        clusters.iter().map(|rows| self.distinctions_of(rows, &all)).collect()
    }

    fn distinctions_of(&self, rows: &[usize], all: &Counts) -> Vec<Distinction> {
        let here = Counts::of(self, rows.iter().copied());
        let distinction = |number: usize| {
            let sources = self.sources(number);
            let (inside, everywhere) = (here.spoken_of(sources), all.spoken_of(sources));
            let outside = everywhere - inside;
            if outside == 0 || (inside as f64) < SPOKEN_FOR * rows.len() as f64 {
                return None;
            }
            let share = here.held[number] / inside as f64;
            let elsewhere = ((all.held[number] - here.held[number]) / outside as f64).max(0.0);
            let term = self.term(number).clone();
            let weight = share * (share / elsewhere.max(RARE)).ln() * worth(&term, sources);
            (weight > 0.0).then_some(Distinction { term, number, share, elsewhere, weight })
        };
        let held = (0..self.count()).filter(|&number| here.held[number] > 0.0);
        let mut found: Vec<_> = held.filter_map(distinction).collect();
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
        found
    }

    /// The part of `rows` for which `first` does not hold, and how much of that part `second` holds for.
    pub(super) fn beside(&self, rows: &[usize], first: &[&Distinction], second: &Distinction) -> (f64, f64) {
        let held = |row: usize, of: &Distinction| self.track(row).holds(of.number);
        let rest = rows.iter().filter(|&&row| first.iter().all(|first| held(row, first) < 0.5));
        let (count, sum) =
            rest.fold((0_usize, 0.0), |(count, sum), &row| (count + 1, sum + f64::from(held(row, second))));
        (count as f64 / rows.len().max(1) as f64, sum / count.max(1) as f64)
    }
}
