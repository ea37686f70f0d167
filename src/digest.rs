//! BLAKE3, the one hash of this program: names of recordings, spaces and runs, and checksums of rows.

use std::{cmp, fmt, hash};

use serde::{Deserialize, Serialize};

/// 32 bytes of BLAKE3, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest that is shown so; none where it is not 64 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
        let bytes: Vec<_> = digits.as_chunks().0.iter().map(|[high, low]| (high << 4 | low) as u8).collect();
        if digits.len() == 64 { bytes.try_into().ok().map(Self) } else { None }
    }

    /// The first eight bytes: enough where a confusion would do little harm.
    pub(crate) fn mark(&self) -> [u8; 8] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// The first `digits` (at most 64) hexadecimal digits.
    pub fn short(&self, digits: usize) -> String {
        let mut text = self.to_string();
        text.truncate(digits);
        text
    }
}

impl Ord for Digest {
    /// By their bytes, of which the first eight nearly always decide.
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        let first = |digest: &Self| u64::from_be_bytes(digest.mark());
        first(self).cmp(&first(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Digest {
    /// A part of it is as random as the whole.
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_le_bytes(self.mark()));
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A digest that is fed in pieces.
#[derive(Default)]
pub(crate) struct Hasher(blake3::Hasher);

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// A field whose end is marked: `ab`, `c` and `a`, `bc` differ.
    pub(crate) fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}
