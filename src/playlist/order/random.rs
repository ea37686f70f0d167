//! The order `random`: by a hash of seed and recording, so that a song that is added or removed moves no other.

use crate::digest::{Digest, Hasher};
use crate::playlist::Song;

pub(super) fn key(song: &Song, seed: u64) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&seed.to_le_bytes()).update(&[song.content.recipe]).update(&song.content.digest.0);
    hasher.finish()
}
