//! The hashes of weights: that by which publishers name a file, and that by which an installed model is known.

use std::{io, path::Path};

use sha2::{Digest as _, Sha256};

use crate::digest::{Digest, Hasher};
use crate::fs::blocks::each_block;

/// The SHA-256 of a file in hexadecimal digits, as publishers write it.
pub(crate) fn sha256(file: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    each_block(file, |block| hasher.update(block))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The BLAKE3 of installed weights: of the file beside the graph, if there is one, then of the graph
/// (`cat NAME.onnx.data NAME.onnx | b3sum`).
/// Errors: a file cannot be read, or there is no graph.
pub(crate) fn weights_digest(onnx: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    let mut add = |path: &Path| each_block(path, |block| _ = hasher.update(block));
    match add(&onnx.with_extension("onnx.data")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => add(onnx)?,
    }
    Ok(hasher.finish())
}
