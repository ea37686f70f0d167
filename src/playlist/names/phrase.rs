//! Terms become a name: genres, then sources of sound with an adjective. `Techno and house`, `Jazz, slow piano`.

use super::distinction::{Distinction, LEAST_COVERAGE, TermStatistics};
use super::{UNKNOWN, fallback, genre, sound::Sound, term::TermKind, term_table::SOUND};

/// What a term of a name must reach: its share of the tracks, and its lift over other clusters.
const LEAST: (f64, f64) = (1.0 / 3.0, 1.5);
/// The share that an adjective must reach, because people read it as true of all songs.
const LEAST_ADJECTIVE: f64 = 0.5;
/// Share and lift that a term must reach if it only tells one name from another.
const LEAST_EXTRA: (f64, f64) = (0.25, 1.2);
/// The same where otherwise a number would: little more often than elsewhere is still true.
const LEAST_WEAK: (f64, f64) = (0.25, 1.05);
/// The part of the first term's weight that the second term must have.
const LEAST_SECOND: f64 = 0.5;
/// The part of the tracks that a term must leave undescribed to be joined by another one of its kind.
const LEAST_REMAINDER: f64 = 0.25;
/// How many terms a name has.
const TERMS: usize = 2;
/// How many terms a name may have to differ from another name.
const MOST_TERMS: usize = 4;

/// Names for a cluster.
pub(crate) struct Phrases {
    /// The most apt first; each following one says more, or is less telling. Never empty.
    pub names: Vec<String>,
    /// Tags and scores say too little for a name: the first one says how the songs sound, or nothing.
    pub is_provisional: bool,
}

/// Finds names for a cluster from what sets it apart.
pub(crate) fn phrases(statistics: &TermStatistics, cluster: usize, distinctions: &[Distinction]) -> Phrases {
    let chooser = Chooser { statistics, cluster, distinctions };
    let mut chosen = chooser.choose(vec![], TERMS, LEAST);
    let is_provisional = chosen.iter().all(|chosen| is_of_sound(chosen));
    if is_provisional {
        chosen.clear();
    }
    let first = match is_provisional {
        true => fallback::words(statistics, cluster).unwrap_or_else(|| UNKNOWN.to_owned()),
        false => phrase(&chosen),
    };
    let without_tempo: Vec<_> = chosen.iter().copied().filter(|of| of.term.kind != TermKind::Tempo).collect();
    let before_tempo = if without_tempo.is_empty() { first.clone() } else { phrase(&without_tempo) };
    let mut names = vec![first];
    let mut add = |chosen: &[&Distinction]| {
        if !chosen.iter().all(|chosen| is_of_sound(chosen)) {
            names.push(phrase(chosen));
        }
    };
    let base = chosen.clone();
    for most in base.len() + 1..=MOST_TERMS {
        chosen = chooser.choose(chosen, most, LEAST_EXTRA);
        add(&chosen);
    }
    for weak in chooser.weak(&base) {
        add(&joined(&base, weak));
    }
    let is_known = statistics.coverage(cluster, SOUND) >= LEAST_COVERAGE;
    let sound = statistics.table.sound(&statistics.clusters[cluster]).filter(|_| is_known);
    names.extend(sound.map(|sound| with_tempo(&before_tempo, sound)));
    names.dedup();
    Phrases { names, is_provisional }
}

fn with_tempo(words: &str, sound: Sound) -> String {
    format!("{words}, {:.0} BPM", sound.tempo)
}

/// What the terms of one cluster's name are chosen from.
struct Chooser<'a> {
    statistics: &'a TermStatistics<'a>,
    cluster: usize,
    distinctions: &'a [Distinction],
}

impl<'a> Chooser<'a> {
    /// Adds the most distinctive terms to `chosen`, up to `most` in all.
    fn choose(
        &self,
        mut chosen: Vec<&'a Distinction>,
        most: usize,
        least: (f64, f64),
    ) -> Vec<&'a Distinction> {
        let is_first = chosen.is_empty();
        for next in self.distinctions {
            if chosen.len() >= most {
                break;
            }
            let is_light =
                is_first && chosen.first().is_some_and(|first| next.weight < LEAST_SECOND * first.weight);
            if reaches(next, least) && !is_light && self.adds(&chosen, next) {
                chosen = joined(&chosen, next);
            }
        }
        chosen
    }

    /// Terms that are true of the cluster, however little they set it apart, and can join `base`.
    fn weak(&self, base: &[&'a Distinction]) -> impl Iterator<Item = &'a Distinction> {
        self.distinctions.iter().filter(|next| reaches(next, LEAST_WEAK) && can_join(base, next))
    }

    /// Whether a term adds something to the chosen ones: it is of another kind, or holds for songs that they do
    /// not describe.
    fn adds(&self, chosen: &[&Distinction], next: &Distinction) -> bool {
        let alike: Vec<_> = chosen.iter().copied().filter(|of| group(of) == group(next)).collect();
        let describes_others = || {
            let (rest, share) = self.statistics.remainder(self.cluster, &alike, next);
            rest >= LEAST_REMAINDER && share >= LEAST_ADJECTIVE
        };
        can_join(chosen, next) && (alike.is_empty() || describes_others())
    }
}

fn reaches(next: &Distinction, (share, lift): (f64, f64)) -> bool {
    let share = if is_adjective(next) { share.max(LEAST_ADJECTIVE) } else { share };
    next.share >= share && next.lift() >= lift
}

/// Whether a name with a term more reads well: no word twice, one adjective, and none with what has no tempo.
fn can_join(chosen: &[&Distinction], next: &Distinction) -> bool {
    let key = |of: &Distinction| genre::key(&of.term.word);
    let is_included = chosen.iter().any(|of| key(of).contains(&key(next)) || key(next).contains(&key(of)));
    let has_place = || chosen.iter().all(|of| !is_adjective(of) && !stands_alone(of));
    !is_included && (!is_adjective(next) || has_place())
}

/// The chosen terms with one more. What no adjective goes with says more than the adjective before it.
fn joined<'a>(chosen: &[&'a Distinction], next: &'a Distinction) -> Vec<&'a Distinction> {
    let stays = |of: &&Distinction| !(is_adjective(of) && stands_alone(next));
    chosen.iter().copied().filter(stays).chain([next]).collect()
}

fn stands_alone(of: &Distinction) -> bool {
    of.term.kind == TermKind::Sound
}

/// Terms of one group stand together in a name.
fn group(of: &Distinction) -> u8 {
    match of.term.kind {
        TermKind::Genre => 0,
        TermKind::SoundSource | TermKind::Sound => 1,
        TermKind::Mood | TermKind::Tempo | TermKind::Brightness => 2,
    }
}

fn is_adjective(of: &Distinction) -> bool {
    group(of) == 2
}

fn is_of_sound(of: &Distinction) -> bool {
    of.term.kind.is_of_sound()
}

fn phrase(chosen: &[&Distinction]) -> String {
    let words = |wanted: u8| {
        let words = chosen.iter().filter(|of| group(of) == wanted).map(|of| genre::lowered(&of.term.word));
        words.collect::<Vec<_>>()
    };
    let (genres, sources, adjectives) = (words(0).join(" and "), words(1).join(" and "), words(2).join(" "));
    // An adjective alone needs a noun.
    let sources = if genres.is_empty() && sources.is_empty() { "music".to_owned() } else { sources };
    let sources =
        [adjectives, sources].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let parts: Vec<_> = [genres, sources].into_iter().filter(|part| !part.is_empty()).collect();
    genre::capitalised(&parts.join(", "))
}
