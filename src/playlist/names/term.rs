//! The words that a name is made of.

/// What a term says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    Genre,
    /// An instrument, a voice, or any other source of sound.
    SoundSource,
    Mood,
    Tempo,
    Brightness,
}

/// A word that may become part of a name; it begins with a capital.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub word: String,
    pub kind: TermKind,
}
