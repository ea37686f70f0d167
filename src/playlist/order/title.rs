//! The order `title`: by artist, album and title as people sort them, and where tags are silent by the path.

use std::path::PathBuf;

use crate::playlist::Song;

/// What decides, in this order. A text that is absent comes after all others.
pub(super) type Key = ([(bool, Vec<Piece>); 3], Vec<Piece>, PathBuf);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// Decimal digits without the zeros before them, as the number they are: `2`, with fewer of them, comes before `10`.
    Digits {
        count: usize,
        digits: String,
    },
    Letter(char),
}

pub(super) fn key(song: &Song) -> Key {
    let texts = [song.artist(), song.album(), song.title()].map(|text| pieces(text.trim()));
    let texts = texts.map(|pieces| (pieces.is_empty(), pieces));
    (texts, pieces(&song.path().to_string_lossy()), song.path().to_owned())
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
        let digits = digits.trim_start_matches('0').to_owned();
        pieces.push(Piece::Digits { count: digits.len(), digits });
    }
    pieces
}
