//! Which classes of AudioSet (Gemmeke et al. 2017) make a name: genres, moods, instruments, voices, and the few sounds
//! that people collect recordings of. All others, such as `Cupboard open or close`, never enter one.

use super::term::TermKind;

/// All 527 classes.
pub(super) const ALL: &str = include_str!("../../../models/audioset_classes.txt");

const GENRES: &[&str] = &[
    "Pop music",
    "Hip hop music",
    "Rock music",
    "Heavy metal",
    "Punk rock",
    "Grunge",
    "Progressive rock",
    "Rock and roll",
    "Psychedelic rock",
    "Rhythm and blues",
    "Soul music",
    "Reggae",
    "Country",
    "Swing music",
    "Bluegrass",
    "Funk",
    "Folk music",
    "Middle Eastern music",
    "Jazz",
    "Disco",
    "Classical music",
    "Opera",
    "Electronic music",
    "House music",
    "Techno",
    "Dubstep",
    "Drum and bass",
    "Electronica",
    "Electronic dance music",
    "Ambient music",
    "Trance music",
    "Music of Latin America",
    "Salsa music",
    "Flamenco",
    "Blues",
    "Music for children",
    "New-age music",
    "A capella",
    "Music of Africa",
    "Afrobeat",
    "Christian music",
    "Gospel music",
    "Music of Asia",
    "Carnatic music",
    "Music of Bollywood",
    "Ska",
    "Traditional music",
    "Lullaby",
    "Video game music",
    "Christmas music",
    "Dance music",
    "Wedding music",
];

const MOODS: &[&str] = &[
    "Happy music",
    "Funny music",
    "Sad music",
    "Tender music",
    "Exciting music",
    "Angry music",
    "Scary music",
];

/// Instruments and singing voices with their words: adjectives go with them, as in `slow piano`.
const INSTRUMENTS: &[(&str, &str)] = &[
    ("Guitar", "Guitar"),
    ("Electric guitar", "Electric guitar"),
    ("Bass guitar", "Bass guitar"),
    ("Acoustic guitar", "Acoustic guitar"),
    ("Steel guitar, slide guitar", "Steel guitar"),
    ("Banjo", "Banjo"),
    ("Sitar", "Sitar"),
    ("Mandolin", "Mandolin"),
    ("Zither", "Zither"),
    ("Ukulele", "Ukulele"),
    ("Piano", "Piano"),
    ("Electric piano", "Electric piano"),
    ("Organ", "Organ"),
    ("Electronic organ", "Organ"),
    ("Hammond organ", "Hammond organ"),
    ("Synthesizer", "Synthesizer"),
    ("Harpsichord", "Harpsichord"),
    ("Drum kit", "Drum kit"),
    ("Snare drum", "Drum kit"),
    ("Bass drum", "Drum kit"),
    ("Hi-hat", "Drum kit"),
    ("Cymbal", "Drum kit"),
    ("Drum machine", "Drum machine"),
    ("Timpani", "Timpani"),
    ("Tabla", "Tabla"),
    ("Gong", "Gong"),
    ("Tubular bells", "Tubular bells"),
    ("Marimba, xylophone", "Marimba"),
    ("Glockenspiel", "Glockenspiel"),
    ("Vibraphone", "Vibraphone"),
    ("Steelpan", "Steelpan"),
    ("Orchestra", "Orchestra"),
    ("French horn", "French horn"),
    ("Trumpet", "Trumpet"),
    ("Trombone", "Trombone"),
    ("String section", "Strings"),
    ("Pizzicato", "Strings"),
    ("Violin, fiddle", "Violin"),
    ("Cello", "Cello"),
    ("Double bass", "Double bass"),
    ("Flute", "Flute"),
    ("Saxophone", "Saxophone"),
    ("Clarinet", "Clarinet"),
    ("Harp", "Harp"),
    ("Bell", "Bells"),
    ("Harmonica", "Harmonica"),
    ("Accordion", "Accordion"),
    ("Bagpipes", "Bagpipes"),
    ("Didgeridoo", "Didgeridoo"),
    ("Theremin", "Theremin"),
    ("Singing bowl", "Singing bowls"),
    ("Singing", "Singing"),
    ("Male singing", "Singing"),
    ("Female singing", "Singing"),
    ("Choir", "Choir"),
    ("Yodeling", "Yodeling"),
    ("Chant", "Chant"),
    ("Mantra", "Mantra"),
];

/// Sounds that are no music, or have no tempo: no adjective goes with them.
const SOUNDS: &[(&str, &str)] = &[
    ("Speech", "Speech"),
    ("Male speech, man speaking", "Speech"),
    ("Female speech, woman speaking", "Speech"),
    ("Narration, monologue", "Speech"),
    ("Conversation", "Speech"),
    ("Rapping", "Rapping"),
    ("Beatboxing", "Beatboxing"),
    ("Scratching (performance technique)", "Scratching"),
    ("Humming", "Humming"),
    ("Whistling", "Whistling"),
    ("Whispering", "Whispering"),
    ("Laughter", "Laughter"),
    ("Applause", "Applause"),
    ("Clapping", "Clapping"),
    ("Cheering", "Cheering"),
    ("Church bell", "Church bells"),
    ("Wind chime", "Wind chimes"),
    ("Rain", "Rain"),
    ("Raindrop", "Rain"),
    ("Rain on surface", "Rain"),
    ("Thunder", "Thunder"),
    ("Thunderstorm", "Thunder"),
    ("Wind", "Wind"),
    ("Stream", "Stream"),
    ("Ocean", "Waves"),
    ("Waves, surf", "Waves"),
    ("Bird", "Birds"),
    ("Bird vocalization, bird call, bird song", "Birds"),
    ("Cricket", "Crickets"),
    ("Frog", "Frogs"),
    ("Whale vocalization", "Whales"),
    ("White noise", "White noise"),
    ("Pink noise", "Pink noise"),
];

/// Whether AudioSet has a class of this name.
pub(super) fn is_class(name: &str) -> bool {
    ALL.lines().any(|class| class == name)
}

/// The word for a class and what it says, if it makes a name. Genres are still spelt as AudioSet does.
pub(super) fn word(class: &str) -> Option<(&str, TermKind)> {
    let of = |table: &'static [(&'static str, &'static str)]| {
        table.iter().find(|(name, _)| *name == class).map(|(_, word)| (*word, TermKind::SoundSource))
    };
    let is_in = |table: &[&str]| table.contains(&class);
    let mood = || is_in(MOODS).then(|| (class.strip_suffix(" music").unwrap_or(class), TermKind::Mood));
    let genre = || is_in(GENRES).then_some((class, TermKind::Genre));
    of(INSTRUMENTS).or_else(|| of(SOUNDS)).or_else(mood).or_else(genre)
}

/// Whether no adjective goes with this word for a source of sound.
pub(super) fn stands_alone(word: &str) -> bool {
    SOUNDS.iter().any(|(_, sound)| *sound == word)
}

/// The words for moods, which are the adjectives that models give.
pub(super) fn is_mood(stem: &str) -> bool {
    MOODS.iter().any(|mood| mood.strip_suffix(" music") == Some(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_a_class_and_stands_once() {
        let both = INSTRUMENTS.iter().chain(SOUNDS).map(|(class, _)| *class);
        let mut rows: Vec<_> = GENRES.iter().chain(MOODS).copied().chain(both).collect();
        for row in &rows {
            assert!(is_class(row), "{row}");
        }
        let count = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), count);
    }

    #[test]
    fn few_of_all_classes_make_a_name() {
        assert_eq!(ALL.lines().count(), 527);
        let named = ALL.lines().filter(|class| word(class).is_some()).count();
        assert_eq!(named, GENRES.len() + MOODS.len() + INSTRUMENTS.len() + SOUNDS.len());
        for class in
            ["Cupboard open or close", "Chicken, rooster", "Sidetone", "Music", "Vehicle", "Cacophony"]
        {
            assert!(is_class(class) && word(class).is_none(), "{class}");
        }
    }
}
