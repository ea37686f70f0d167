//! Fixed words for how tracks sound: tempo and brightness.

use super::term::{Term, TermKind};

/// Upper bounds in beats per minute. Two bounds are close to 112 BPM, the middle of most libraries, because
/// most clusters lie there.
const TEMPO: [(f64, &str); 5] =
    [(80.0, "Slow"), (104.0, "Easy"), (120.0, "Steady"), (140.0, "Lively"), (f64::INFINITY, "Fast")];

/// Upper bounds in Hz of the spectral centroid: below 1 kHz is a bass or organ alone, above 2.8 kHz cymbals dominate.
const BRIGHTNESS: [(f64, &str); 5] =
    [(1000.0, "Deep"), (1600.0, "Dark"), (2200.0, "Warm"), (2800.0, "Clear"), (f64::INFINITY, "Bright")];

/// How a track sounds, or many on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// Beats per minute.
    pub tempo: f64,
    /// Spectral centroid in Hz.
    pub brightness: f64,
}

impl Sound {
    /// The mean of those that are known; none if none is.
    pub fn mean(sounds: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let known: Vec<_> = sounds.into_iter().flatten().collect();
        let mean = |value: fn(&Self) -> f64| known.iter().map(value).sum::<f64>() / known.len() as f64;
        let sound = || Self { tempo: mean(|sound| sound.tempo), brightness: mean(|sound| sound.brightness) };
        (!known.is_empty()).then(sound)
    }

    /// Two words, as in `Lively and warm`.
    pub fn words(&self) -> String {
        let [tempo, brightness] = self.terms().map(|term| term.word);
        format!("{tempo} and {}", brightness.to_lowercase())
    }

    /// The same words as terms.
    pub(super) fn terms(&self) -> [Term; 2] {
        let term = |scale, value, kind| Term { word: word(scale, value).to_owned(), kind };
        [term(&TEMPO, self.tempo, TermKind::Tempo), term(&BRIGHTNESS, self.brightness, TermKind::Brightness)]
    }
}

fn word(scale: &[(f64, &'static str); 5], value: f64) -> &'static str {
    scale.iter().find(|(bound, _)| value < *bound).map_or(scale[4].1, |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_say_how_it_sounds() {
        let cases = [
            ((0.0, 0.0), "Slow and deep"),
            ((79.9, 1000.0), "Slow and dark"),
            ((80.0, 1600.0), "Easy and warm"),
            ((112.0, 2799.0), "Steady and clear"),
            ((128.0, 2200.0), "Lively and clear"),
            ((174.0, 9000.0), "Fast and bright"),
        ];
        for ((tempo, brightness), words) in cases {
            assert_eq!(Sound { tempo, brightness }.words(), words);
        }
    }

    #[test]
    fn the_mean_is_that_of_the_known_ones() {
        let sound = |tempo| Some(Sound { tempo, brightness: 1000.0 });
        assert_eq!(Sound::mean([sound(100.0), None, sound(120.0)]), sound(110.0));
        assert_eq!(Sound::mean([None, None]), None);
    }
}
