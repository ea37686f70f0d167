//! The words that a name is made of.

/// What a term says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    Genre,
    /// An instrument or a voice: an adjective may go with it, as in `slow piano`.
    SoundSource,
    /// Any other sound, such as speech or rain: no adjective goes with it.
    Sound,
    Mood,
    Tempo,
    Brightness,
}

impl TermKind {
    /// It says how the songs sound, which is measured for all of them.
    pub(super) fn is_of_sound(self) -> bool {
        matches!(self, Self::Tempo | Self::Brightness)
    }
}

/// A word that may become part of a name; it begins with a capital.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub word: String,
    pub kind: TermKind,
}
