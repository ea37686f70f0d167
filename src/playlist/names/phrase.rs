//! Terms become a name: genres, then sources of sound with an adjective. `Techno and house`, `Jazz, slow piano`.

use super::{distinction::Distinction, genre, sound::Sound, term::TermKind, term_table::TermTable};

/// What a term of a name must reach: its share of the tracks, and its lift over other clusters.
const LEAST: (f64, f64) = (1.0 / 3.0, 1.5);
/// The share that an adjective must reach, because people read it as true of all songs.
const LEAST_ADJECTIVE: f64 = 0.5;
/// Share and lift that a term must reach if it only tells one name from another.
const LEAST_EXTRA: (f64, f64) = (0.25, 1.2);
/// The part of the first term's weight that the second term must have.
const LEAST_SECOND: f64 = 0.5;
/// The part of the tracks that a term must leave undescribed to be joined by another one of its kind.
const LEAST_REMAINDER: f64 = 0.25;
/// How many terms a name has.
const TERMS: usize = 2;
/// How many terms a name may have to differ from another name.
const MOST_TERMS: usize = 4;

/// Names for a cluster (its rows), the most apt first; each following one says more. Empty where nothing is known.
pub(crate) fn phrases(table: &TermTable, rows: &[usize], distinctions: &[Distinction]) -> Vec<String> {
    let sound = table.sound(rows);
    let mut chosen = choose(table, rows, distinctions, vec![], TERMS, LEAST);
    if chosen.iter().all(|chosen| is_of_sound(chosen)) {
        let words = sound.map(|sound| [sound.words(), with_tempo(&sound.words(), sound)]);
        return words.into_iter().flatten().collect();
    }
    let without_tempo: Vec<_> = chosen.iter().copied().filter(|of| of.term.kind != TermKind::Tempo).collect();
    let last = sound.map(|sound| with_tempo(&phrase(&without_tempo), sound));
    let mut phrases = vec![phrase(&chosen)];
    for most in chosen.len() + 1..=MOST_TERMS {
        chosen = choose(table, rows, distinctions, chosen, most, LEAST_EXTRA);
        phrases.push(phrase(&chosen));
    }
    phrases.extend(last);
    phrases.dedup();
    phrases
}

fn with_tempo(words: &str, sound: Sound) -> String {
    format!("{words}, {:.0} BPM", sound.tempo)
}

/// Adds the most distinctive terms to `chosen`, up to `most` in all.
fn choose<'a>(
    table: &TermTable,
    rows: &[usize],
    distinctions: &'a [Distinction],
    mut chosen: Vec<&'a Distinction>,
    most: usize,
    (least_share, least_lift): (f64, f64),
) -> Vec<&'a Distinction> {
    let is_first = chosen.is_empty();
    for next in distinctions {
        if chosen.len() >= most {
            break;
        }
        let share = if is_adjective(next) { least_share.max(LEAST_ADJECTIVE) } else { least_share };
        let is_weak = next.share < share || next.lift() < least_lift;
        let is_light =
            is_first && chosen.first().is_some_and(|first| next.weight < LEAST_SECOND * first.weight);
        if !(is_weak || is_light) && adds(table, rows, &chosen, next) {
            chosen.push(next);
        }
    }
    chosen
}

/// Whether a term adds something to the chosen ones: it is of another kind, or holds for songs that they do
/// not describe.
fn adds(table: &TermTable, rows: &[usize], chosen: &[&Distinction], next: &Distinction) -> bool {
    let key = |of: &Distinction| genre::key(&of.term.word);
    let is_included = chosen.iter().any(|of| key(of).contains(&key(next)) || key(next).contains(&key(of)));
    let alike: Vec<_> = chosen.iter().copied().filter(|of| group(of) == group(next)).collect();
    if is_included || (is_adjective(next) && !alike.is_empty()) {
        return false;
    }
    let (rest, share) = table.remainder(rows, &alike, next);
    alike.is_empty() || (rest >= LEAST_REMAINDER && share >= LEAST_ADJECTIVE)
}

/// Terms of one group stand together in a name.
fn group(of: &Distinction) -> u8 {
    match of.term.kind {
        TermKind::Genre => 0,
        TermKind::SoundSource => 1,
        TermKind::Mood | TermKind::Tempo | TermKind::Brightness => 2,
    }
}

fn is_adjective(of: &Distinction) -> bool {
    group(of) == 2
}

fn is_of_sound(of: &Distinction) -> bool {
    matches!(of.term.kind, TermKind::Tempo | TermKind::Brightness)
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
