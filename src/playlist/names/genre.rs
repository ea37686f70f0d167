//! Genres in tags and of models: one word for one genre, however it is spelt.

use std::{collections::HashMap, sync::LazyLock};

use lofty::id3::v1::GENRES;

use super::junk;

/// Longer texts are no genres, but comments.
const LONGEST_GENRE: usize = 40;

/// Numbers of ID3v1 whose word in [`GENRES`] is not the one that people use now.
const RENAMED: [(usize, &str); 8] = [
    (59, "Gangsta rap"),
    (64, "Native American"),
    (100, "Comedy"),
    (105, "Symphony"),
    (109, "Groove"),
    (133, "Afro-punk"),
    (134, "Polish punk"),
    (174, "Nu breaks"),
];

/// Genres, separated by commas, that are written otherwise in [`GENRES`], or not at all.
const WRITTEN: &str = "Hip hop, Euro techno, Trip hop, Jazz and funk, Techno-industrial, Pop folk, \
                       Pop funk, Lo-fi, Folk rock, Avant-garde, Euro house, Dancehall, Goa, Drum and bass, \
                       Club house, Britpop, J-Pop, Industro-goth, Post-punk, Post-rock, \
                       Neue Deutsche Welle, Indie rock, G-funk, Rock and roll, R&B, EDM, K-Pop, \
                       Video game music";

/// Genres with the keys of other words for them.
const ALIASES: [(&str, &str); 13] = [
    ("Drum and bass", "dnb dandb drumnbass"),
    ("Rock and roll", "rocknroll"),
    ("R&B", "rnb rb rhythmandblues"),
    ("Metal", "heavymetal"),
    ("Punk", "punkrock"),
    ("A cappella", "acapella"),
    ("Soundtrack", "ost soundtracks"),
    ("EDM", "electronicdance"),
    ("Latin", "oflatinamerica"),
    ("African", "ofafrica"),
    ("Asian", "ofasia"),
    ("Bollywood", "ofbollywood"),
    ("Children's music", "forchildren"),
];

/// First words that keep their capital in a sentence.
const PROPER: &str =
    "African Afrobeat Asian Bollywood Britpop Celtic Christian Christmas French Hammond Latin Middle";

/// Known genres by their keys; none for what is no genre.
static KNOWN: LazyLock<HashMap<String, Option<String>>> = LazyLock::new(|| {
    let numbered = GENRES.iter().map(|word| (key(word), Some(in_sentence(word))));
    let own = RENAMED.iter().map(|(_, word)| *word).chain(WRITTEN.split(", "));
    let own = own.map(|word| (key(word), Some(word.to_owned())));
    let aliases = ALIASES.iter().flat_map(|(word, keys)| {
        keys.split_whitespace().map(|key| (key.to_owned(), Some((*word).to_owned())))
    });
    let meaningless = junk::MEANINGLESS.split_whitespace().map(|key| (key.to_owned(), None));
    numbered.chain(own).chain(aliases).chain(meaningless).collect()
});

/// The genres that one tag names, such as `Hip-Hop/Rap` or `(17)`; none where it names none that a person would say.
pub(crate) fn genres(tag: &str) -> Vec<String> {
    // `n/a` would be two letters.
    if KNOWN.get(&key(tag)).is_some_and(Option::is_none) {
        return vec![];
    }
    junk::without_junk(tag)
        .split(['/', ';', ',', '|', '\\', '\0'])
        .flat_map(numbers_and_rest)
        .filter_map(|part| genre(&part).filter(|genre| is_said(genre)))
        .collect()
}

/// A number or a single Latin letter is nothing that a person would say.
fn is_said(genre: &str) -> bool {
    let letters = genre.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() > 1 || letters.clone().any(|c| !c.is_ascii()) || is_decade(genre)
}

/// `80s` has one letter.
fn is_decade(genre: &str) -> bool {
    let word = genre.to_ascii_lowercase();
    word.strip_suffix('s').is_some_and(|number| is_number(number.trim_end_matches('\'')))
}

/// ID3v2 writes `(51)(39)`, `(17)Rock` or `(RX)`; others a bare number.
fn numbers_and_rest(text: &str) -> Vec<String> {
    let (mut rest, mut parts) = (text.trim(), Vec::new());
    while let Some((number, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        match number {
            "RX" => parts.push("Remix".to_owned()),
            "CR" => parts.push("Cover".to_owned()),
            number if is_number(number) => parts.extend(numbered(number)),
            _ => break,
        }
        rest = after.trim();
    }
    match is_number(rest) {
        true => parts.extend(numbered(rest)),
        false => parts.push(rest.to_owned()),
    }
    parts
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The genre of an ID3v1 number. Where tags are read they are resolved too; stores have older ones.
fn numbered(number: &str) -> Option<String> {
    let number: usize = number.parse().ok()?;
    let renamed = RENAMED.iter().find(|(renamed, _)| *renamed == number).map(|(_, word)| word);
    renamed.or_else(|| GENRES.get(number)).map(|word| (*word).to_owned())
}

/// Whether this is a genre in the lists that tags are read by.
pub(super) fn is_known(text: &str) -> bool {
    KNOWN.get(&key(text)).is_some_and(Option::is_some)
}

/// One genre as it is written in a sentence, if it is one.
pub(super) fn genre(text: &str) -> Option<String> {
    KNOWN.get(&key(text)).cloned().unwrap_or_else(|| written(text))
}

/// Any word on one line without invisible characters; none where it is too long, or has no letter or digit.
pub(super) fn written(text: &str) -> Option<String> {
    let text = clean(text);
    let is_word = text.chars().any(char::is_alphanumeric) && text.chars().count() <= LONGEST_GENRE;
    is_word.then(|| in_sentence(&text))
}

/// The letters and digits of a genre: the same for all its spellings.
pub(crate) fn key(text: &str) -> String {
    let text = text.to_lowercase().replace('&', " and ").replace("'n'", " and ");
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match key.strip_suffix("music") {
        Some(kind) if !kind.is_empty() => kind.to_owned(),
        _ => key,
    }
}

/// Without characters that are invisible or change the direction of writing, and with single spaces.
fn clean(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    let visible: String =
        text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Melodic Death Metal` becomes `Melodic death metal`; `UK garage` and `K-Pop` stay.
fn in_sentence(text: &str) -> String {
    let is_all_capitals =
        text.chars().filter(|c| c.is_alphabetic()).count() > 4 && text == text.to_uppercase();
    let text = if is_all_capitals { text.to_lowercase() } else { text.to_owned() };
    let mut words = text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    words.iter_mut().skip(1).for_each(|word| *word = lowered(word));
    capitalised(&words.join(" "))
}

/// With a small first letter, unless the word has capitals inside, as the names of some styles do.
pub(super) fn lowered(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    let rest = chars.as_str();
    let head = rest.split(' ').next().unwrap_or_default();
    let is_name = PROPER.split_whitespace().any(|proper| word.split(' ').next() == Some(proper));
    let has_capitals = head.chars().any(|c| c.is_uppercase() || c.is_ascii_digit());
    if is_name || has_capitals { word.to_owned() } else { first + rest }
}

/// With a capital first letter.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_spelt_it_is_one_genre() {
        let long = "x".repeat(300);
        let cases: &[(&str, &[&str])] = &[
            ("Jazz", &["Jazz"]),
            (" hip hop ", &["Hip hop"]),
            ("Hip-Hop", &["Hip hop"]),
            ("HIPHOP", &["Hip hop"]),
            ("Hip hop music", &["Hip hop"]),
            ("Hip-Hop/Rap", &["Hip hop", "Rap"]),
            ("Rock; Pop", &["Rock", "Pop"]),
            ("(17)", &["Rock"]),
            ("17", &["Rock"]),
            ("(17)Rock", &["Rock", "Rock"]),
            ("(51)(39)", &["Techno-industrial", "Noise"]),
            ("(RX)Techno", &["Remix", "Techno"]),
            ("(abc)Hello", &["(abc)Hello"]),
            ("255", &[]),
            ("999999999999999999999", &[]),
            ("R&B", &["R&B"]),
            ("Rhythm and blues", &["R&B"]),
            ("Drum & Bass", &["Drum and bass"]),
            ("Drum 'n' Bass", &["Drum and bass"]),
            ("Rock 'n' Roll", &["Rock and roll"]),
            ("Heavy Metal", &["Metal"]),
            ("Melodic Death Metal", &["Melodic death metal"]),
            ("MELODIC DEATH METAL", &["Melodic death metal"]),
            ("IDM", &["IDM"]),
            ("UK Garage", &["UK garage"]),
            ("k-pop", &["K-Pop"]),
            ("80s", &["80s"]),
            ("musique concrète", &["Musique concrète"]),
            ("Хип-хоп", &["Хип-хоп"]),
            ("80's", &["80's"]),
            ("Music", &[]),
            ("Rock/Pop; Indie | Alt", &["Rock", "Pop", "Indie", "Alt"]),
            ("R&B/Soul", &["R&B", "Soul"]),
            ("http://www.example.com", &[]),
            ("Rock/http://example.com/a,b", &["Rock"]),
            ("www.Example.ru", &[]),
            ("Metal www.example.net", &["Metal"]),
            ("Rock;mp3.example.com/rock", &["Rock"]),
            ("Downloaded from Example", &[]),
            ("Jazz (downloaded from example.org)", &["Jazz"]),
            ("Ripped by somebody", &[]),
            ("G.Rap", &["G.Rap"]),
            ("Other", &[]),
            ("<Other>", &[]),
            ("Unknown Genre", &[]),
            ("Unbekanntes Genre", &[]),
            ("n/a", &[]),
            ("Various Artists", &[]),
            ("2010", &[]),
            ("1980-1989", &[]),
            ("1.5", &[]),
            ("音", &["音"]),
            ("Unknown", &[]),
            ("", &[]),
            ("🎵", &[]),
            ("Jazz 🎷", &["Jazz"]),
            ("../../xy", &["Xy"]),
            ("a\nb\u{1b}[2J", &["A b [2J"]),
            ("\u{202e}kcoR\u{202c} Pop", &["KcoR pop"]),
            (&long, &[]),
        ];
        for (tag, expected) in cases {
            assert_eq!(genres(tag), *expected, "{tag:?}");
        }
    }

    #[test]
    fn inside_of_a_sentence_words_are_small() {
        for (word, small) in [
            ("Piano", "piano"),
            ("R&B", "R&B"),
            ("K-Pop", "K-Pop"),
            ("IDM", "IDM"),
            ("French horn", "French horn"),
            ("Deep house", "deep house"),
            ("Élan", "élan"),
            ("", ""),
        ] {
            assert_eq!(lowered(word), small);
        }
    }
}
