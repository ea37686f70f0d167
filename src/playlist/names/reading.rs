//! Reads a name: which terms it is made of, as [`super::phrase`] and its predecessors put them together.

use super::term::TermKind;
use super::{UNKNOWN, term_table::TermTable};

/// Names with more words joined by `and` are nobody's but the user's.
const MOST_JOINED: usize = 8;

/// What makes a sound.
const SOURCES: [TermKind; 2] = [TermKind::SoundSource, TermKind::Sound];

/// One way to read a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// The numbers of its terms.
    pub terms: Vec<usize>,
    /// The beats per minute that it ends in.
    pub tempo: Option<f64>,
}

/// All ways to read a name as terms that the table knows: `Drum and bass` may be one or two. Empty where there are none.
pub(super) fn readings(table: &TermTable, name: &str) -> Vec<Reading> {
    let mut readings = with_tempo(table, name);
    // `Area 51` may be a genre and `Techno 2` the second of its name.
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((base, _)) = name.rsplit_once(' ').filter(|(_, last)| number(last)) {
        readings.extend(with_tempo(table, base));
    }
    readings
}

fn with_tempo(table: &TermTable, name: &str) -> Vec<Reading> {
    let tempo = name.strip_suffix(" BPM").and_then(|rest| rest.rsplit_once(", "));
    let tempo = tempo.and_then(|(base, number)| Some((base, number.parse::<f64>().ok()?)));
    let (text, tempo) = tempo.map_or((name, None), |(base, number)| (base, Some(number)));
    let readings = match text.split_once(", ") {
        _ if text == UNKNOWN => vec![vec![]],
        None => {
            [joined(table, &[TermKind::Genre], text), sources(table, text, true), sound(table, text)].concat()
        }
        Some((genres, rest)) => {
            let sources = sources(table, rest, false);
            let genres = joined(table, &[TermKind::Genre], genres);
            genres.iter().flat_map(|genres| sources.iter().map(|rest| [&genres[..], rest].concat())).collect()
        }
    };
    readings.into_iter().map(|terms| Reading { terms, tempo }).collect()
}

/// Terms of these kinds, joined by `and`, which may be a part of one of them too.
fn joined(table: &TermTable, kinds: &[TermKind], text: &str) -> Vec<Vec<usize>> {
    let parts: Vec<&str> = text.split(" and ").collect();
    if parts.len() > MOST_JOINED { vec![] } else { partitions(table, kinds, &parts) }
}

fn partitions(table: &TermTable, kinds: &[TermKind], parts: &[&str]) -> Vec<Vec<usize>> {
    if parts.is_empty() {
        return vec![vec![]];
    }
    let with_first = |taken: usize| -> Vec<Vec<usize>> {
        let word = parts[..taken].join(" and ");
        let numbers: Vec<usize> = kinds.iter().filter_map(|&kind| table.find(kind, &word)).collect();
        let rest = if numbers.is_empty() { vec![] } else { partitions(table, kinds, &parts[taken..]) };
        let with_rest = |number: usize| rest.iter().map(move |rest| [&[number], &rest[..]].concat());
        numbers.into_iter().flat_map(with_rest).collect()
    };
    (1..=parts.len()).flat_map(with_first).collect()
}

/// Sources of sound, an adjective before them, or one alone: `Sad music`; after genres without a noun.
fn sources(table: &TermTable, text: &str, is_alone: bool) -> Vec<Vec<usize>> {
    let mut found = joined(table, &SOURCES, text);
    let (word, noun) = match text.split_once(' ') {
        Some((word, noun)) => (word, Some(noun)),
        None => (text, None),
    };
    let nouns = match noun {
        Some("music") if is_alone => vec![vec![]],
        Some(noun) => joined(table, &[TermKind::SoundSource], noun),
        None if is_alone => vec![],
        None => vec![vec![]],
    };
    for kind in [TermKind::Mood, TermKind::Tempo, TermKind::Brightness] {
        let adjective = table.find(kind, word);
        found.extend(
            adjective.iter().flat_map(|&word| nouns.iter().map(move |noun| [&[word], &noun[..]].concat())),
        );
    }
    found
}

/// `Steady and warm`.
fn sound(table: &TermTable, text: &str) -> Vec<Vec<usize>> {
    let words = text.split_once(" and ");
    let numbers = words.and_then(|(tempo, brightness)| {
        Some(vec![table.find(TermKind::Tempo, tempo)?, table.find(TermKind::Brightness, brightness)?])
    });
    numbers.into_iter().collect()
}
