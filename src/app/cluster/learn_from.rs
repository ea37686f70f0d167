//! From which tags the metric is learned by which songs are compared, and how the settings of a run say so.

use crate::digest::Digest;

/// What songs have in common that are to come closer to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearnFrom {
    /// The artist.
    Artist,
    /// The album.
    Album,
}

impl LearnFrom {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Artist, Self::Album];

    /// As `[cluster] learn_from` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Artist => "artist",
            Self::Album => "album",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// How the last word of a run's settings begins, where a metric was learned for it.
const WORD: &str = "learn_from=";
/// Of the digest in that word.
const DIGITS: usize = 12;

/// That word. `classes` names which of the songs have what in common: with other tags it is another metric.
pub(super) fn word(from: LearnFrom, classes: Digest) -> String {
    format!("{WORD}{}:{}", from.name(), classes.short(DIGITS))
}

/// What the metric of a run with these settings was learned from.
pub(super) fn of_settings(settings: &str) -> Option<LearnFrom> {
    let (from, classes) = last_word(settings)?.strip_prefix(WORD)?.split_once(':')?;
    // What the user wrote may end alike, but for a quotation mark.
    let is_digest = classes.len() == DIGITS && classes.chars().all(|c| c.is_ascii_hexdigit());
    LearnFrom::named(from).filter(|_| is_digest)
}

/// The settings as far as the user gave them: without what the tags of the songs add.
pub(super) fn as_asked(settings: &str) -> &str {
    match of_settings(settings) {
        Some(_) => settings.rsplit_once(':').map_or(settings, |(asked, _)| asked),
        None => settings,
    }
}

fn last_word(settings: &str) -> Option<&str> {
    settings.rsplit(' ').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_a_run_say_what_its_metric_was_learned_from() {
        for from in LearnFrom::ALL {
            let word = word(from, Digest([7; 32]));
            assert_eq!(word, format!("learn_from={}:070707070707", from.name()));
            let settings = format!("n=2 seed=42 {word}");
            assert_eq!(of_settings(&settings), Some(from));
            assert_eq!(as_asked(&settings), format!("n=2 seed=42 learn_from={}", from.name()));
        }
        for settings in ["n=2 seed=42", "", "exclude=\"a learn_from=artist:b\"", "learn_from=label:1"] {
            assert_eq!((of_settings(settings), as_asked(settings)), (None, settings));
        }
    }
}
