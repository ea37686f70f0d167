//! What the classes are called that a model recognises.

use std::iter;

/// The name of one class: a line of a file of names. Its place there is the class's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassName {
    /// As those who trained the model call it.
    pub name: String,
    /// What it says of a track; none: the file does not say.
    pub kind: Option<ClassKind>,
    /// The word that stands for it in a name; none: its own name does.
    pub word: Option<String>,
}

/// What a class says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// Such as jazz.
    Genre,
    /// An adjective may go with it: `slow piano`.
    Instrument,
    /// An adjective, such as sad.
    Mood,
    /// Of singers; an adjective may go with it.
    Voice,
    /// Any other sound, which has no tempo and takes no adjective, such as speech or rain.
    Sound,
    /// Nothing that a playlist is named by.
    Skip,
}

impl ClassKind {
    /// All of them, as they are listed.
    pub const ALL: [Self; 6] =
        [Self::Genre, Self::Instrument, Self::Mood, Self::Voice, Self::Sound, Self::Skip];

    /// The kind as files and people spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Genre => "genre",
            Self::Instrument => "instrument",
            Self::Mood => "mood",
            Self::Voice => "voice",
            Self::Sound => "sound",
            Self::Skip => "skip",
        }
    }
}

impl ClassName {
    /// Reads a line: name, kind and word with tabs between them, of which the last, or the last two, may be left out.
    /// The error says what is wrong with the line.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let mut parts = line.split('\t').map(str::trim);
        let name = parts.next().unwrap_or_default().to_owned();
        let kind = parts.next().filter(|kind| !kind.is_empty());
        let word = parts.next().filter(|word| !word.is_empty()).map(str::to_owned);
        if parts.next().is_some() {
            return Err("has more than a name, a kind and a word".to_owned());
        }
        let find = |kind: &str| {
            let found = ClassKind::ALL.into_iter().find(|known| known.name() == kind);
            let names = ClassKind::ALL.map(ClassKind::name).join(", ");
            found.ok_or_else(|| format!("has the kind `{}`, which is none of {names}", shown(kind)))
        };
        Ok(Self { name, kind: kind.map(find).transpose()?, word })
    }
}

/// The beginning of a text that may be anything.
fn shown(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut = text.chars().nth(40).map(|_| '…');
    plain.take(40).chain(iter::once(cut).flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_a_kind_and_a_word() {
        let class = |name: &str, kind, word: Option<&str>| {
            Ok(ClassName { name: name.to_owned(), kind, word: word.map(str::to_owned) })
        };
        for (line, wanted) in [
            ("jazz", class("jazz", None, None)),
            ("jazz\tgenre\r", class("jazz", Some(ClassKind::Genre), None)),
            ("Hi-hat\tinstrument\tDrum kit", class("Hi-hat", Some(ClassKind::Instrument), Some("Drum kit"))),
            ("Music\tskip\t", class("Music", Some(ClassKind::Skip), None)),
            ("", class("", None, None)),
        ] {
            assert_eq!(ClassName::parse(line), wanted, "{line:?}");
        }
        let error = ClassName::parse("jazz\tgenr").unwrap_err();
        assert_eq!(
            error,
            "has the kind `genr`, which is none of genre, instrument, mood, voice, sound, skip"
        );
        assert!(ClassName::parse("a\tgenre\tb\tc").unwrap_err().contains("more than a name"));
        let long = ClassName::parse(&format!("a\t{}", "x".repeat(1000))).unwrap_err();
        assert!(long.len() < 150, "{long}");
    }
}
