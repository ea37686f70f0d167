//! The classes of AudioSet (Gemmeke et al. 2017) in words that make a name.

use super::genre;
use super::term::{Term, TermKind};

/// Classes that are parents of others in AudioSet's ontology, or say how a recording was made: they hold for too much.
const TOO_GENERAL: &[&str] = &[
    "Music",
    "Musical instrument",
    "Plucked string instrument",
    "Keyboard (musical)",
    "Percussion",
    "Drum",
    "Mallet percussion",
    "Brass instrument",
    "Bowed string instrument",
    "Wind instrument, woodwind instrument",
    "Vocal music",
    "Song",
    "Background music",
    "Theme music",
    "Jingle (music)",
    "Soundtrack music",
    "Independent music",
    "Sampler",
    "Effects unit",
    "Chorus effect",
    "Animal",
    "Domestic animals, pets",
    "Wild animals",
    "Livestock, farm animals, working animals",
    "Vehicle",
    "Motor vehicle (road)",
    "Engine",
    "Mechanisms",
    "Tools",
    "Sound effect",
    "Silence",
    "Noise",
    "Environmental noise",
    "Static",
    "Reverberation",
    "Echo",
    "Distortion",
    "Inside, small room",
    "Inside, large room or hall",
    "Inside, public space",
    "Outside, urban or manmade",
    "Outside, rural or natural",
    "Television",
    "Radio",
    "Field recording",
    "Pulse",
    "Harmonic",
    "Sine wave",
];

/// Genres that do not end in `music`.
const GENRES: &[&str] = &[
    "Heavy metal",
    "Punk rock",
    "Grunge",
    "Progressive rock",
    "Rock and roll",
    "Psychedelic rock",
    "Rhythm and blues",
    "Reggae",
    "Country",
    "Bluegrass",
    "Funk",
    "Jazz",
    "Disco",
    "Opera",
    "Techno",
    "Dubstep",
    "Drum and bass",
    "Electronica",
    "Flamenco",
    "Blues",
    "A capella",
    "Afrobeat",
    "Ska",
    "Lullaby",
    "Music of Latin America",
    "Music of Africa",
    "Music of Asia",
    "Music of Bollywood",
    "Music for children",
];

/// General words: others say more, but where none of those holds these are the best there are.
pub(super) const GENERAL: &[&str] =
    &["Electronic", "Rock", "Pop", "Dance", "Guitar", "Singing", "Organ", "Drum kit", "Speech", "Bell"];

/// Moods; their classes end in `music`.
const MOODS: &[&str] = &["Happy", "Funny", "Sad", "Tender", "Exciting", "Angry", "Scary"];

/// Classes that people call by other words.
const RENAMED: &[(&str, &str)] = &[
    ("Male speech, man speaking", "Speech"),
    ("Female speech, woman speaking", "Speech"),
    ("Narration, monologue", "Speech"),
    ("Conversation", "Speech"),
    ("Male singing", "Singing"),
    ("Female singing", "Singing"),
    ("Bird vocalization, bird call, bird song", "Birds"),
    ("Bird", "Birds"),
    ("Raindrop", "Rain"),
    ("Rain on surface", "Rain"),
    ("Waves, surf", "Waves"),
    ("Electronic organ", "Organ"),
];

/// The term for a class; none for those that name nothing.
pub(super) fn term(class: &str) -> Option<Term> {
    if TOO_GENERAL.contains(&class) {
        return None;
    }
    let of = |word: &str, kind| Some(Term { word: word.to_owned(), kind });
    if let Some((_, word)) = RENAMED.iter().find(|(name, _)| *name == class) {
        return of(word, TermKind::SoundSource);
    }
    let stem = class.strip_suffix(" music");
    if let Some(mood) = stem.filter(|stem| MOODS.contains(stem)) {
        return of(mood, TermKind::Mood);
    }
    if stem.is_some() || GENRES.contains(&class) {
        let name = class.strip_prefix("Music ").unwrap_or(class);
        return genre::genre(stem.unwrap_or(name)).map(|word| Term { word, kind: TermKind::Genre });
    }
    let name = class.split([',', '(']).next().unwrap_or_default();
    genre::written(name).map(|word| Term { word, kind: TermKind::SoundSource })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIOSET: &str = include_str!("../../../models/audioset_classes.txt");

    #[test]
    fn classes_become_words() {
        use TermKind::{Genre, Mood, SoundSource};
        for (class, expected) in [
            ("Music", None),
            ("Musical instrument", None),
            ("Sound effect", None),
            ("Silence", None),
            ("Heavy metal", Some(("Metal", Genre))),
            ("Hip hop music", Some(("Hip hop", Genre))),
            ("New-age music", Some(("New age", Genre))),
            ("Music of Latin America", Some(("Latin", Genre))),
            ("Music for children", Some(("Children's music", Genre))),
            ("Video game music", Some(("Video game music", Genre))),
            ("Sad music", Some(("Sad", Mood))),
            ("Piano", Some(("Piano", SoundSource))),
            ("Violin, fiddle", Some(("Violin", SoundSource))),
            ("Rattle (instrument)", Some(("Rattle", SoundSource))),
            ("French horn", Some(("French horn", SoundSource))),
            ("Male speech, man speaking", Some(("Speech", SoundSource))),
            ("Whimper (dog)", Some(("Whimper", SoundSource))),
            ("a\nclass of one's own", Some(("A class of one's own", SoundSource))),
            ("", None),
        ] {
            let expected = expected.map(|(word, kind): (&str, _)| Term { word: word.to_owned(), kind });
            assert_eq!(term(class), expected, "{class}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_a_class() {
        let classes: Vec<_> = AUDIOSET.lines().collect();
        let moods: Vec<_> = MOODS.iter().map(|mood| format!("{mood} music")).collect();
        let renamed = RENAMED.iter().map(|(class, _)| *class);
        let rows =
            TOO_GENERAL.iter().chain(GENRES).copied().chain(renamed).chain(moods.iter().map(String::as_str));
        for row in rows {
            assert!(classes.contains(&row), "{row}");
        }
        let named = classes.iter().filter_map(|class| term(class));
        assert!(named.clone().count() > 400 && named.clone().all(|term| term.word.len() <= 40));
    }
}
