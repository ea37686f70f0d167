//! Gets a model's published weights: what is here is kept, what is cut is continued, what is wrong is thrown away.

mod error;
mod part;
mod request;
mod transfer;

use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use self::{error::FetchError, part::Download};
use self::{
    part::Part,
    request::host,
    transfer::{Patience, Transfer},
};
use super::{
    install::{import::sha256, staging::FolderLock},
    spec::{ModelSpec, check},
};

/// Something that happens while a model is fetched.
#[derive(Debug)]
pub enum FetchEvent<'a> {
    /// So many bytes are here.
    At(u64),
    /// The connection broke; after a pause it is made anew.
    Again { reason: &'a io::Error, pause: Duration },
    /// All bytes are here, and their hash is computed.
    Verify,
}

const PATIENCE: Patience =
    Patience { tries: 5, pause: Duration::from_secs(1), silence: Duration::from_secs(30) };

/// Fetches the weights of `spec` into `folder` and verifies them. What an earlier call has brought is not asked for
/// again. The flag stops it within a moment.
///
/// # Errors
/// One line that says what became of the bytes that are here, and what to do.
pub fn fetch(
    spec: &ModelSpec,
    folder: &Path,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(FetchEvent),
) -> Result<Download, FetchError> {
    patiently(spec, folder, stop, tell, &PATIENCE)
}

/// Bytes of the download of `name` that wait in `folder` to be continued.
pub fn pending(folder: &Path, name: &str) -> Option<u64> {
    part::path(folder, name).metadata().ok().map(|found| found.len())
}

/// Throws away what an earlier call has brought; says whether there was anything.
///
/// # Errors
/// Another process is at it, or the folder is not writable.
pub fn forget(folder: &Path, name: &str) -> Result<bool, FetchError> {
    let path = part::path(folder, name);
    if !check::is_name(name) || !path.exists() {
        return Ok(false);
    }
    let unwritten = |source| FetchError::Write { path: path.clone(), source };
    let part =
        Part::open(folder, name).map_err(unwritten)?.ok_or_else(|| FetchError::Busy(name.to_owned()))?;
    part.discard().map_err(unwritten)?;
    Ok(true)
}

/// The host that the weights of `spec` come from.
///
/// # Errors
/// None is known, or its address makes no sense.
pub fn origin(spec: &ModelSpec) -> Result<String, FetchError> {
    let model = || spec.name.clone();
    let url = spec.weights.url.clone().ok_or_else(|| FetchError::NoAddress { model: model() })?;
    host(&url).ok_or_else(|| FetchError::Address { model: model(), url })
}

fn patiently(
    spec: &ModelSpec,
    folder: &Path,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(FetchEvent),
    patience: &Patience,
) -> Result<Download, FetchError> {
    let (host, weights) = (origin(spec)?, &spec.weights);
    let (Some(url), Some(size), Some(wanted)) = (&weights.url, weights.size, &weights.sha256) else {
        return Err(FetchError::NoAddress { model: spec.name.clone() });
    };
    let path = part::path(folder, &spec.name);
    let unwritten = |source| FetchError::Write { path: path.clone(), source };
    // Makes the folder, and room where a killed import left something.
    drop(FolderLock::on(folder).map_err(unwritten)?);
    let part = Part::open(folder, &spec.name).map_err(unwritten)?;
    let part = part.ok_or_else(|| FetchError::Busy(spec.name.clone()))?;
    let mut transfer = Transfer { model: &spec.name, host: &host, url, size, part, stop, tell };
    if transfer.part.length() > size {
        transfer.restart(None)?;
    }
    if let Err(error) = transfer.all(patience) {
        if transfer.part.length() == 0 {
            // An empty file is nothing to go on from. Whether it goes away or not, the reason is another.
            drop(transfer.part.discard());
        }
        return Err(error);
    }
    (transfer.tell)(FetchEvent::Verify);
    let found = sha256(transfer.part.path()).map_err(unwritten)?;
    transfer.go_on()?;
    let part = transfer.part;
    if found == *wanted {
        return part.complete().map_err(unwritten);
    }
    part.discard().map_err(unwritten)?;
    Err(FetchError::Hash { model: spec.name.clone(), host, found, wanted: wanted.clone() })
}

#[cfg(test)]
mod tests;
