//! Names for playlists: what distinguishes each from the others, in words, no two alike.
//!
//! Three kinds of [terms](TermTable) count: genres in tags, the classes that a model recognised, and two words for
//! tempo and brightness. Where none of the first two distinguishes clusters, the two words alone are the name.
//!
//! A name is [true](Truth) as long as its terms hold: it is read again at each run, also one that an older version made.

mod class;
mod distinction;
mod fallback;
mod genre;
mod junk;
mod phrase;
mod reading;
mod sound;
mod term;
mod term_table;
mod truth;

use std::collections::HashSet;

pub use self::distinction::Distinction;
pub(crate) use self::{
    distinction::TermStatistics,
    genre::{genres, key as genre_key},
    phrase::phrases,
    sound::Sound,
    term_table::TermTable,
    truth::{Truth, truth},
};

/// The name of a playlist of which nothing is known.
const UNKNOWN: &str = "Mix";

/// The names of one set, no two alike in any case of letters.
#[derive(Clone, Debug, Default)]
pub(crate) struct UniqueNames(HashSet<String>);

impl UniqueNames {
    /// Starts with names that are taken already.
    pub(crate) fn with_taken<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_lowercase).collect())
    }

    /// Takes the first of `candidates` that is free, else the first one with a number. Without candidates it
    /// is a `Mix`.
    pub(crate) fn assign(&mut self, candidates: &[String]) -> String {
        let first = candidates.first().map_or(UNKNOWN, String::as_str);
        let numbered = (2..).map(|number: u64| format!("{first} {number}"));
        let unnumbered = candidates.iter().cloned().chain(candidates.is_empty().then(|| first.to_owned()));
        let mut names = unnumbered.chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).expect("numbers do not end")
    }
}

#[cfg(test)]
mod tests;
