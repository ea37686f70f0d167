//! Names for playlists of which only the sound is known: two fixed words, for tempo and brightness.

use std::collections::HashSet;
use std::iter;

/// Upper bounds in beats per minute. Two bounds stand close around the 112 BPM that is the middle of most
/// libraries, where most clusters lie.
const TEMPO: [(f64, &str); 5] =
    [(80.0, "Slow"), (104.0, "Easy"), (120.0, "Steady"), (140.0, "Lively"), (f64::INFINITY, "Fast")];

/// Upper bounds in Hz of the spectral centroid: below 1 kHz is a lone bass or organ, above 2.8 kHz cymbals lead.
const BRIGHTNESS: [(f64, &str); 5] =
    [(1000.0, "deep"), (1600.0, "dark"), (2200.0, "warm"), (2800.0, "clear"), (f64::INFINITY, "bright")];

/// The mean sound of a cluster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// Beats per minute.
    pub tempo: f64,
    /// Spectral centroid in Hz.
    pub brightness: f64,
}

/// The names of one set, no two alike in any case of letters.
#[derive(Clone, Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Names that are already given, and stay.
    pub fn given<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_lowercase).collect())
    }

    /// Gives `name` itself, or with a number if that is given.
    pub fn settle(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number: u64| format!("{name} {number}"));
        let mut names = iter::once(name.to_owned()).chain(numbered);
        names.find(|name| self.0.insert(name.to_lowercase())).expect("numbers do not end")
    }

    /// Gives a new name: `Lively and warm`; if that is given, `Lively and warm, 128 BPM`; then with a number.
    /// Whose sound is not known is a `Mix`.
    pub fn give(&mut self, sound: Option<Sound>) -> String {
        let words = sound.map_or("Mix".to_owned(), |sound| {
            format!("{} and {}", word(&TEMPO, sound.tempo), word(&BRIGHTNESS, sound.brightness))
        });
        let with_tempo = sound.map(|sound| format!("{words}, {:.0} BPM", sound.tempo));
        let numbered = (2..).map(|number: u64| format!("{words} {number}"));
        let name = iter::once(words.clone())
            .chain(with_tempo)
            .chain(numbered)
            .find(|name| self.0.insert(name.to_lowercase()));
        name.expect("numbers do not end")
    }
}

fn word<'a>(scale: &[(f64, &'a str); 5], value: f64) -> &'a str {
    scale.iter().find(|(bound, _)| value < *bound).map_or(scale[4].1, |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(tempo: f64, brightness: f64) -> Option<Sound> {
        Some(Sound { tempo, brightness })
    }

    #[test]
    fn two_words_say_how_it_sounds() {
        let cases = [
            (sound(0.0, 0.0), "Slow and deep"),
            (sound(79.9, 1000.0), "Slow and dark"),
            (sound(80.0, 1600.0), "Easy and warm"),
            (sound(112.0, 2799.0), "Steady and clear"),
            (sound(128.0, 2200.0), "Lively and clear"),
            (sound(174.0, 9000.0), "Fast and bright"),
            (None, "Mix"),
        ];
        for (sound, name) in cases {
            assert_eq!(Names::default().give(sound), name);
        }
    }

    #[test]
    fn no_two_names_of_a_set_are_alike() {
        let mut names = Names::given(["STEADY and warm", "my own"]);
        let given: Vec<_> =
            [110.4, 113.0, 113.2, 109.0, 113.3].map(|bpm| names.give(sound(bpm, 2000.0))).into();
        assert_eq!(
            given,
            [
                "Steady and warm, 110 BPM",
                "Steady and warm, 113 BPM",
                "Steady and warm 2",
                "Steady and warm, 109 BPM",
                "Steady and warm 3"
            ]
        );
        assert_eq!([names.give(None), names.give(None)], ["Mix", "Mix 2"]);
    }
}
