//! Messages between a worker and its parent: postcard behind a little-endian u32 length.

use std::io;

use serde::{Deserialize, Serialize};

/// A longer message comes from a broken worker (bytes).
pub(super) const MAX_MESSAGE: usize = 16 << 20;

/// A worker's first message.
#[derive(Serialize, Deserialize)]
pub(super) struct Ready;

/// A message behind its length.
pub(super) fn framed(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len() - 4).map_err(io::Error::other)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}
