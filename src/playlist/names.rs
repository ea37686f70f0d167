//! Names for playlists: what sets each apart from the others, in words, no two alike.
//!
//! Three kinds of [`Evidence`] count: what tags call the genre, the classes that a model heard, and two words for tempo
//! and brightness. Where none of the first two tells clusters apart, those words alone are the name.

mod class;
mod contrast;
mod evidence;
mod genre;
mod id3v1;
mod phrase;
mod sound;

use std::collections::HashSet;

pub use self::{
    contrast::Distinction,
    evidence::{Classes, Evidence},
    genre::{genres, key as genre_key},
    phrase::phrases,
    sound::Sound,
};

/// What a term says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Genre,
    /// An instrument, a voice, or any other source of sound.
    Heard,
    Mood,
    Tempo,
    Brightness,
}

/// A word that may come into a name; it begins with a capital.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub word: String,
    pub kind: Kind,
}

/// What a playlist is called of which nothing is known.
const NAMELESS: &str = "Mix";

/// The names of one set, no two alike in any case of letters.
#[derive(Clone, Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Names that are already given, and stay.
    pub fn given<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_lowercase).collect())
    }

    /// Gives the first of `wishes` that is not given; else the first one with a number. Without a wish it is a `Mix`.
    pub fn give(&mut self, wishes: &[String]) -> String {
        let first = wishes.first().map_or(NAMELESS, String::as_str);
        let numbered = (2..).map(|number: u64| format!("{first} {number}"));
        let mut names =
            wishes.iter().cloned().chain(wishes.is_empty().then(|| first.to_owned())).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).expect("numbers do not end")
    }
}

#[cfg(test)]
mod tests;
