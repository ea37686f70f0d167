//! The order `title`: by artist, album and title as people sort them, and where tags are silent by the path.

use std::cmp::Ordering;

use std::path::PathBuf;

use crate::playlist::Song;

/// What decides, in this order. A text that is absent comes after all others.
pub(super) type Key = ([(bool, Vec<Piece>); 3], Vec<Piece>, PathBuf);

/// Digits count as the number they are: `2` comes before `10`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    Digits(DigitRun),
    Letter(char),
}

/// Decimal digits without the zeros before them, of any length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DigitRun(String);

impl Ord for DigitRun {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for DigitRun {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

pub(super) fn key(song: &Song) -> Key {
    let texts = [&song.tags.artist, &song.tags.album, &song.tags.title].map(|text| pieces(text.trim()));
    let texts = texts.map(|pieces| (pieces.is_empty(), pieces));
    (texts, pieces(&song.path.to_string_lossy()), song.path.clone())
}

/// The text as it is compared: without case, numbers whole.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().flat_map(char::to_lowercase).peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_ascii_digit() {
            pieces.push(Piece::Letter(letter));
            continue;
        }
        let mut digits = String::from(letter);
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        pieces.push(Piece::Digits(DigitRun(digits.trim_start_matches('0').to_owned())));
    }
    pieces
}
