//! The classes of models in words that make a name.

use super::genre;
use super::term::{Term, TermKind};
use crate::space::{ClassKind, ClassName};

/// General words: others say more, but where none of those holds these are the best there are.
pub(super) const GENERAL: &[&str] =
    &["Electronic", "Rock", "Pop", "Dance", "Guitar", "Singing", "Organ", "Drum kit", "Speech", "Bells"];

/// The moods that the name of a class may be where its kind is not given.
const MOODS: [&str; 7] = ["Happy", "Funny", "Sad", "Tender", "Exciting", "Angry", "Scary"];

/// The term for a class; none for those that name nothing.
pub(super) fn term(class: &ClassName) -> Option<Term> {
    let (kind, text) = match class.kind {
        Some(kind) => (kind, class.word.as_ref().unwrap_or(&class.name).as_str()),
        None => guess(&class.name),
    };
    let kind = match kind {
        ClassKind::Genre => TermKind::Genre,
        ClassKind::Mood => TermKind::Mood,
        ClassKind::Instrument | ClassKind::Voice => TermKind::SoundSource,
        ClassKind::Sound => TermKind::Sound,
        ClassKind::Skip => return None,
    };
    let word = match kind {
        TermKind::Genre => {
            let name = text.strip_suffix(" music").unwrap_or(text);
            genre::genre(name.strip_prefix("Music ").unwrap_or(name))
        }
        _ => genre::written(text).map(|word| genre::capitalised(&word)),
    };
    word.map(|word| Term { word, kind })
}

/// Kind and word of a class whose kind is not given: what ends in `music` is a genre or a mood, what tags call a genre is
/// one, all else an instrument.
fn guess(class: &str) -> (ClassKind, &str) {
    match class.strip_suffix(" music") {
        Some(mood) if MOODS.contains(&mood) => (ClassKind::Mood, mood),
        Some(_) => (ClassKind::Genre, class),
        None if genre::is_known(class) => (ClassKind::Genre, class),
        None => (ClassKind::Instrument, class.split([',', '(']).next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audioset() -> Vec<ClassName> {
        let text = include_str!("../../../models/audioset_classes.txt");
        text.lines().map(|line| ClassName::parse(line).unwrap()).collect()
    }

    #[test]
    fn a_file_says_what_a_class_is_and_by_which_word() {
        let term = |line: &str| term(&ClassName::parse(line).unwrap()).map(|term| (term.word, term.kind));
        for (line, word, kind) in [
            ("Hip-Hop\tgenre", "Hip hop", TermKind::Genre),
            ("female vocalists\tvoice\tfemale voices", "Female voices", TermKind::SoundSource),
            ("chillout\tmood\tmellow", "Mellow", TermKind::Mood),
            ("piano\tinstrument", "Piano", TermKind::SoundSource),
            ("talking\tsound\tspeech", "Speech", TermKind::Sound),
        ] {
            assert_eq!(term(line), Some((word.to_owned(), kind)));
        }
        assert_eq!(term("sexy\tskip"), None);
    }

    #[test]
    fn classes_become_words() {
        use TermKind::{Genre, Mood, Sound, SoundSource};
        let audioset = audioset();
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
            ("Male speech, man speaking", Some(("Speech", Sound))),
            ("Raindrop", Some(("Rain", Sound))),
            ("Ocean", Some(("Waves", Sound))),
            ("Female singing", Some(("Singing", SoundSource))),
            ("Rhythm and blues", Some(("R&B", Genre))),
            // None of AudioSet's: no kind is given.
            ("a\nclass of one's own", Some(("A class of one's own", SoundSource))),
            ("Sad song music", Some(("Sad song", Genre))),
            ("Gamelan (Bali)", Some(("Gamelan", SoundSource))),
            ("Fado music", Some(("Fado", Genre))),
            ("hip-hop", Some(("Hip hop", Genre))),
            ("", None),
        ] {
            let expected = expected.map(|(word, kind): (&str, _)| Term { word: word.to_owned(), kind });
            let plain = || ClassName { name: class.to_owned(), kind: None, word: None };
            let class = audioset.iter().find(|known| known.name == class).cloned().unwrap_or_else(plain);
            assert_eq!(term(&class), expected, "{}", class.name);
        }
    }

    #[test]
    fn general_words_are_words_of_classes() {
        let words: Vec<_> = audioset().iter().filter_map(term).map(|term| term.word).collect();
        for word in GENERAL {
            assert!(words.iter().any(|known| known == word), "{word}");
        }
        assert!(words.iter().all(|word| word.len() <= 40));
    }
}
