//! Fixed words for how tracks sound: tempo and brightness.

use super::term::TermKind;

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

    /// A word for the tempo, and one for the brightness.
    pub(super) fn terms(&self) -> [(&'static str, TermKind); 2] {
        [
            (word(&TEMPO, self.tempo), TermKind::Tempo),
            (word(&BRIGHTNESS, self.brightness), TermKind::Brightness),
        ]
    }
}

/// All words of a kind, if they are about the sound.
pub(super) fn words(kind: TermKind) -> impl Iterator<Item = &'static str> {
    let scale: &[(f64, &'static str)] = match kind {
        TermKind::Tempo => &TEMPO,
        TermKind::Brightness => &BRIGHTNESS,
        TermKind::Genre | TermKind::SoundSource | TermKind::Sound | TermKind::Mood => &[],
    };
    scale.iter().map(|(_, word)| *word)
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
            ((0.0, 0.0), ["Slow", "Deep"]),
            ((79.9, 1000.0), ["Slow", "Dark"]),
            ((80.0, 1600.0), ["Easy", "Warm"]),
            ((112.0, 2799.0), ["Steady", "Clear"]),
            ((128.0, 2200.0), ["Lively", "Clear"]),
            ((174.0, 9000.0), ["Fast", "Bright"]),
        ];
        for ((tempo, brightness), words) in cases {
            assert_eq!(Sound { tempo, brightness }.terms().map(|(word, _)| word), words);
        }
    }

    #[test]
    fn the_mean_is_that_of_the_known_ones() {
        let sound = |tempo| Some(Sound { tempo, brightness: 1000.0 });
        assert_eq!(Sound::mean([sound(100.0), None, sound(120.0)]), sound(110.0));
        assert_eq!(Sound::mean([None, None]), None);
    }
}
