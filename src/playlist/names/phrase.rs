//! Terms become a name: genres, then what is heard with a word for how it sounds. `Techno and house`, `Jazz, slow piano`.

use super::{Distinction, Evidence, Kind, Sound, genre};

/// What a term of a name must reach: the part of the tracks it holds for, and how many times as often as elsewhere.
const LEAST: (f64, f64) = (1.0 / 3.0, 1.5);
/// A mood or a word for the sound must hold for more than that: it is read as true of all songs.
const LEAST_ADJECTIVE: f64 = 0.5;
/// What a term must reach that only tells a name from another.
const LEAST_MORE: (f64, f64) = (0.25, 1.2);
/// The part of a name's first term's weight that the second must have.
const SECOND: f64 = 0.5;
/// The part of the songs that the first term leaves, for which a second of its kind can speak.
const LEFT: f64 = 0.25;
/// Terms of a name.
const TERMS: usize = 2;
/// Terms of a name that would be another's without the last of them.
const MOST: usize = 4;

/// The most apt name first; each following one says more. Empty where nothing is known.
pub fn phrases(evidence: &Evidence, rows: &[usize], distinctions: &[Distinction]) -> Vec<String> {
    let sound = evidence.sound(rows);
    let mut chosen = choose(evidence, rows, distinctions, vec![], TERMS, LEAST);
    if chosen.iter().all(|chosen| is_of_sound(chosen)) {
        let words = sound.map(|sound| [sound.words(), with_tempo(&sound.words(), sound)]);
        return words.into_iter().flatten().collect();
    }
    let without_tempo: Vec<_> = chosen.iter().copied().filter(|of| of.term.kind != Kind::Tempo).collect();
    let last = sound.map(|sound| with_tempo(&phrase(&without_tempo), sound));
    let mut phrases = vec![phrase(&chosen)];
    for most in chosen.len() + 1..=MOST {
        chosen = choose(evidence, rows, distinctions, chosen, most, LEAST_MORE);
        phrases.push(phrase(&chosen));
    }
    phrases.extend(last);
    phrases.dedup();
    phrases
}

fn with_tempo(words: &str, sound: Sound) -> String {
    format!("{words}, {:.0} BPM", sound.tempo)
}

/// Adds to `chosen` what is most distinctive, up to `most` terms.
fn choose<'a>(
    evidence: &Evidence,
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
        let is_second = is_first && chosen.first().is_some_and(|first| next.weight < SECOND * first.weight);
        if !(is_weak || is_second) && adds(evidence, rows, &chosen, next) {
            chosen.push(next);
        }
    }
    chosen
}

/// Whether a term tells more than the chosen ones: of a kind that they leave out, or of songs that they leave out.
fn adds(evidence: &Evidence, rows: &[usize], chosen: &[&Distinction], next: &Distinction) -> bool {
    let key = |of: &Distinction| genre::key(&of.term.word);
    let is_told = chosen.iter().any(|of| key(of).contains(&key(next)) || key(next).contains(&key(of)));
    let alike: Vec<_> = chosen.iter().copied().filter(|of| group(of) == group(next)).collect();
    if is_told || (is_adjective(next) && !alike.is_empty()) {
        return false;
    }
    let (left, share) = evidence.beside(rows, &alike, next);
    alike.is_empty() || (left >= LEFT && share >= LEAST_ADJECTIVE)
}

/// Terms of one group stand at one place of the name.
fn group(of: &Distinction) -> u8 {
    match of.term.kind {
        Kind::Genre => 0,
        Kind::Heard => 1,
        Kind::Mood | Kind::Tempo | Kind::Brightness => 2,
    }
}

fn is_adjective(of: &Distinction) -> bool {
    group(of) == 2
}

fn is_of_sound(of: &Distinction) -> bool {
    matches!(of.term.kind, Kind::Tempo | Kind::Brightness)
}

fn phrase(chosen: &[&Distinction]) -> String {
    let words = |place: u8| {
        let words = chosen.iter().filter(|of| group(of) == place).map(|of| genre::lowered(&of.term.word));
        words.collect::<Vec<_>>()
    };
    let (genres, heard, adjectives) = (words(0).join(" and "), words(1).join(" and "), words(2).join(" "));
    // A lone adjective needs a noun.
    let heard = if genres.is_empty() && heard.is_empty() { "music".to_owned() } else { heard };
    let heard = [adjectives, heard].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let parts: Vec<_> = [genres, heard].into_iter().filter(|part| !part.is_empty()).collect();
    genre::capitalised(&parts.join(", "))
}
