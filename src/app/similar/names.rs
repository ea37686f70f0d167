//! Songs by their names: part of `Artist – Title`, in any spelling of capitals, signs and spaces.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::error::SimilarError;
use crate::store::{StoreError, View};
use crate::text::one_line;
use crate::track::TrackNumber;

/// So many songs are named to who asks for one that is not there, or may be several.
const NAMED: usize = 5;
/// A name that has less than this part of what was typed is not proposed.
const LEAST_SHARED: f64 = 0.3;
/// Names are compared by runs of so many characters.
const RUN: usize = 3;

/// What was typed for one song, and the songs of the library that may be meant.
pub(crate) struct NameSearch {
    typed: String,
    folded: String,
    /// Songs whose name has it as a part, with the first file of each.
    found: HashMap<TrackNumber, FoundName>,
}

/// What a song is called by its tags, else by its file.
pub(super) struct SongName<'a> {
    artist: &'a str,
    title: Cow<'a, str>,
}

impl<'a> SongName<'a> {
    pub(super) fn of(path: &'a Path, artist: &'a str, title: &'a str) -> Self {
        match title.trim() {
            "" => Self { artist: "", title: path.file_stem().unwrap_or_default().to_string_lossy() },
            title => Self { artist: artist.trim(), title: title.into() },
        }
    }

    pub(super) fn label(&self) -> String {
        match self.artist {
            "" => one_line(&self.title),
            artist => one_line(&format!("{artist} – {}", self.title)),
        }
    }
}

struct FoundName {
    label: String,
    path: String,
    /// It is the whole name, or the whole title.
    is_whole: bool,
}

impl NameSearch {
    pub(crate) fn new(typed: &str) -> Self {
        Self { typed: typed.to_owned(), folded: folded(typed), found: HashMap::new() }
    }

    /// Looks at a file whose name is folded to `folded`, and its title to the last `title` bytes of that.
    fn look(&mut self, track: TrackNumber, path: &Path, name: &SongName<'_>, folded: &str, title: usize) {
        if self.folded.is_empty() || !folded.contains(&self.folded) {
            return;
        }
        let is_whole = folded == self.folded || folded[folded.len() - title..] == self.folded;
        let file = || FoundName { label: name.label(), path: one_line(&path.to_string_lossy()), is_whole };
        self.found.entry(track).or_insert_with(file).is_whole |= is_whole;
    }

    /// The only song that can be meant: the only one that has the text in its name, or as its whole name.
    /// Errors: there are none or several; some of them are named.
    pub(crate) fn track(&self, view: &View) -> Result<TrackNumber, SimilarError> {
        let whole: Vec<_> = self.found.iter().filter(|(_, name)| name.is_whole).collect();
        let only = if self.found.len() == 1 { self.found.keys().next() } else { None };
        if let Some(track) = only.or(if let [(track, _)] = whole[..] { Some(track) } else { None }) {
            return Ok(*track);
        }
        let text = one_line(&self.typed);
        if self.found.is_empty() {
            return Err(SimilarError::NotFound { text, nearest: nearest(view, &self.folded)? });
        }
        let names: BTreeSet<_> =
            self.found.values().map(|name| (!name.is_whole, &name.path, &name.label)).collect();
        let songs = names.iter().take(NAMED).map(|(_, path, label)| format!("{path} ({label})")).collect();
        Err(SimilarError::Ambiguous { text, count: names.len(), songs })
    }
}

/// Looks at every file of the library for what was typed, and lets `visit` see it.
pub(crate) fn search(
    view: &View,
    searches: &mut [NameSearch],
    mut visit: impl FnMut(&Path, TrackNumber),
) -> Result<(), StoreError> {
    let mut name = String::new();
    view.file_heads(|path, head| {
        if let Some(track) = head.track {
            visit(path, track);
        }
        if let Some(track) = head.track.filter(|_| !searches.is_empty()) {
            let song = SongName::of(path, head.artist, head.title);
            let title = fold_name(&mut name, &song);
            searches.iter_mut().for_each(|search| search.look(track, path, &song, &name, title));
        }
    })
}

/// Names of songs that have most in common with what was typed, the best first.
fn nearest(view: &View, typed: &str) -> Result<Vec<String>, StoreError> {
    let wanted: BTreeSet<String> = runs(typed).collect();
    let mut best: Vec<(f64, String)> = Vec::new();
    let mut name = String::new();
    view.file_heads(|path, head| {
        if head.track.is_none() {
            return;
        }
        let song = SongName::of(path, head.artist, head.title);
        fold_name(&mut name, &song);
        let own: BTreeSet<String> = runs(&name).collect();
        let shared = wanted.intersection(&own).count() as f64;
        // What has the same in fewer words is nearer.
        let score =
            shared / wanted.len().max(1) as f64 - 1e-3 * own.len() as f64 / wanted.len().max(1) as f64;
        if shared < LEAST_SHARED * wanted.len() as f64 || shared == 0.0 {
            return;
        }
        if best.len() == NAMED && best.last().is_some_and(|(worst, _)| score <= *worst) {
            return;
        }
        let label = song.label();
        if best.iter().all(|(_, other)| *other != label) {
            let place = best.partition_point(|(other, _)| *other >= score);
            best.insert(place, (score, label));
            best.truncate(NAMED);
        }
    })?;
    Ok(best.into_iter().map(|(_, label)| label).collect())
}

/// Every run of [`RUN`] characters of a name, whose words begin and end with a space.
fn runs(name: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = format!(" {name} ").chars().collect();
    (0..characters.len().saturating_sub(RUN - 1)).map(move |at| characters[at..at + RUN].iter().collect())
}

/// Letters and digits in small letters, with single spaces between words.
fn folded(text: &str) -> String {
    let mut folded = String::new();
    fold(&mut folded, text);
    folded
}

/// Folds artist and title into `name`; returns how many bytes at its end are the title.
fn fold_name(name: &mut String, song: &SongName<'_>) -> usize {
    name.clear();
    fold(name, song.artist);
    let before = name.len();
    fold(name, &song.title);
    name.len() - before - usize::from(before > 0 && name.len() > before)
}

/// Appends a text to what is folded already, as further words.
fn fold(folded: &mut String, text: &str) {
    let mut is_word = false;
    for c in text.chars() {
        // An apostrophe does not divide a word.
        if matches!(c, '\'' | '’') {
            continue;
        }
        if !c.is_alphanumeric() {
            is_word = false;
            continue;
        }
        if !is_word && !folded.is_empty() {
            folded.push(' ');
        }
        is_word = true;
        match c.is_ascii() {
            true => folded.push(c.to_ascii_lowercase()),
            false => folded.extend(c.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_their_words() {
        for (text, expected) in [
            ("AC/DC", "ac dc"),
            ("  Sigur Rós –  Hoppípolla ", "sigur rós hoppípolla"),
            ("Don't (Live)", "dont live"),
            ("!!!", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
        let mut name = String::new();
        for (artist, title, folded, length) in [
            ("Ann", "A Song", "ann a song", 6),
            ("", "Song", "song", 4),
            ("Ann", "?", "ann", 0),
            ("Ann", " ", "05 file", 7),
        ] {
            let song = SongName::of(Path::new("/m/05 file.mp3"), artist, title);
            assert_eq!(fold_name(&mut name, &song), length, "{artist} {title}");
            assert_eq!(name, folded);
        }
    }
}
