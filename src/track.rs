//! What the rest of the program talks about: a recording, its name, its tags, and why one failed.

use std::fmt;

use serde::{Deserialize, Serialize};

mod ascending;
mod section;
mod tags;

pub(crate) use self::ascending::{skip_before, sorted};
pub(crate) use self::section::{Division, Extent, Section};
pub use self::tags::{FurtherTags, Numbering, TagDate, Tags};

use crate::digest::Digest;

/// The name of one recording: a hash of what is heard, with the recipe that made it.
///
/// Recipe 0 is the hash of a whole file that could not be demuxed. The others are recipes of
/// `audio`, which say what of a file is hashed; ids of two recipes never compare equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContentId {
    /// What was hashed, and how.
    pub recipe: u8,
    /// The hash.
    pub digest: Digest,
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.recipe, self.digest)
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A recording's number inside one store. Vectors are keyed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TrackNumber(pub u32);

/// What is known of one recording, whatever files carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrackRecord {
    pub content: ContentId,
    /// Short name of the codec, as symphonia gives it (`mp3`, `flac`, …).
    pub codec: String,
    /// Hz.
    pub rate: u32,
    pub channels: u16,
    /// Length in seconds: decoded where it was decoded, declared otherwise.
    pub seconds: f64,
    /// Something of it is missing.
    pub partial: bool,
    /// What decoded it, with its version; empty where nothing was decoded, and for tracks of before this was recorded.
    pub decoder: String,
    /// What is missing; none for tracks of before this was recorded.
    pub damage: Option<String>,
}

impl TrackRecord {
    /// Its file declares no length, and it was not decoded to the end, or what came of that was lost.
    pub(crate) fn is_unmeasured(&self) -> bool {
        self.seconds <= 0.0
    }
}

/// Why a file is not in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FailureKind {
    Empty,
    NotAudio,
    Truncated,
    Unsupported,
    NoSamples,
    TooShort,
    Silence,
    TimedOut,
    OutOfMemory,
    Crashed,
    Unreadable,
}

impl FailureKind {
    /// Every kind: those of the file first, then those of the machine.
    pub const ALL: [Self; 11] = [
        Self::Empty,
        Self::NotAudio,
        Self::Truncated,
        Self::Unsupported,
        Self::NoSamples,
        Self::TooShort,
        Self::Silence,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::Crashed,
        Self::Unreadable,
    ];

    /// The kind as people read it, also in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAudio => "not audio",
            Self::Truncated => "truncated",
            Self::Unsupported => "unsupported",
            Self::NoSamples => "no samples",
            Self::TooShort => "too short",
            Self::Silence => "silence",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::Crashed => "crashed",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A track's failure is data, not an error: one line that says what is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {reason}", kind.name())]
pub struct Failure {
    /// What is wrong, in a word.
    pub kind: FailureKind,
    /// What is wrong with this file.
    pub reason: String,
    /// A final failure is not tried again until the file or the decoder changes.
    pub is_final: bool,
}

impl Failure {
    /// A failure of the content: it stays until the file or the decoder changes.
    pub(crate) fn of_content(kind: FailureKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), is_final: true }
    }

    /// A failure of the system: it is tried again at each scan.
    pub(crate) fn of_system(kind: FailureKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), is_final: false }
    }
}
