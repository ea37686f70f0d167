//! The classes of models in words that make a name.

use super::term::{Term, TermKind};
use super::{audioset, genre};

/// General words: others say more, but where none of those holds these are the best there are.
pub(super) const GENERAL: &[&str] =
    &["Electronic", "Rock", "Pop", "Dance", "Guitar", "Singing", "Organ", "Drum kit", "Speech", "Bells"];

/// The term for a class; none for those that name nothing. Of AudioSet's classes those of its table alone make a name; a
/// model may have others of its own, and whoever made it knows what they are for.
pub(super) fn term(class: &str) -> Option<Term> {
    let (text, kind) = match audioset::word(class) {
        None if audioset::is_class(class) => return None,
        Some(known) => known,
        None => own(class),
    };
    let word = match kind {
        TermKind::Genre => {
            let name = text.strip_suffix(" music").unwrap_or(text);
            genre::genre(name.strip_prefix("Music ").unwrap_or(name))
        }
        _ => genre::written(text),
    };
    word.map(|word| Term { word, kind })
}

/// The word and kind of a class that is not AudioSet's: what ends in `music` is a genre or a mood.
fn own(class: &str) -> (&str, TermKind) {
    match class.strip_suffix(" music") {
        Some(mood) if audioset::is_mood(mood) => (mood, TermKind::Mood),
        Some(_) => (class, TermKind::Genre),
        None => (class.split([',', '(']).next().unwrap_or_default(), TermKind::SoundSource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_words() {
        use TermKind::{Genre, Mood, SoundSource};
        for (class, expected) in [
            ("Music", None),
            ("Musical instrument", None),
            ("Sound effect", None),
            ("Silence", None),
            ("Cupboard open or close", None),
            ("Chicken, rooster", None),
            ("Whimper (dog)", None),
            ("Rattle (instrument)", None),
            ("Heavy metal", Some(("Metal", Genre))),
            ("Hip hop music", Some(("Hip hop", Genre))),
            ("New-age music", Some(("New age", Genre))),
            ("Music of Latin America", Some(("Latin", Genre))),
            ("Music for children", Some(("Children's music", Genre))),
            ("Video game music", Some(("Video game music", Genre))),
            ("A capella", Some(("A cappella", Genre))),
            ("Sad music", Some(("Sad", Mood))),
            ("Piano", Some(("Piano", SoundSource))),
            ("Violin, fiddle", Some(("Violin", SoundSource))),
            ("French horn", Some(("French horn", SoundSource))),
            ("Hi-hat", Some(("Drum kit", SoundSource))),
            ("Male speech, man speaking", Some(("Speech", SoundSource))),
            ("Raindrop", Some(("Rain", SoundSource))),
            ("Ocean", Some(("Waves", SoundSource))),
            ("a\nclass of one's own", Some(("A class of one's own", SoundSource))),
            ("Gamelan (Bali)", Some(("Gamelan", SoundSource))),
            ("Fado music", Some(("Fado", Genre))),
            ("", None),
        ] {
            let expected = expected.map(|(word, kind): (&str, _)| Term { word: word.to_owned(), kind });
            assert_eq!(term(class), expected, "{class}");
        }
    }

    #[test]
    fn general_words_are_words_of_classes() {
        let words: Vec<_> = audioset::ALL.lines().filter_map(term).map(|term| term.word).collect();
        for word in GENERAL {
            assert!(words.iter().any(|known| known == word), "{word}");
        }
        assert!(words.iter().all(|word| word.len() <= 40));
    }
}
