//! Sends requests until the file is complete, or no further attempt makes sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{fmt::Display, io, thread};

use super::request::{self, RequestError, ResponseHead, ResponsePart};
use super::{error::FetchError, part::PartFile};

/// How often the stop flag is checked.
pub(super) const STOP_POLL_INTERVAL: Duration = Duration::from_millis(50);
/// An attempt that adds so many bytes does not count as failed.
const USEFUL_BYTES: u64 = 1 << 20;

/// Something that happens while a model is fetched.
#[derive(Debug)]
pub enum FetchEvent<'a> {
    /// So many bytes have been downloaded.
    Progress(u64),
    /// The connection broke; after a pause there is another attempt.
    Retry { reason: &'a io::Error, pause: Duration },
    /// All bytes have been downloaded, and their hash is being computed.
    Verifying,
}

/// When a download is given up.
pub(super) struct RetryPolicy {
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

/// Why an attempt has not completed the file.
enum AttemptError {
    /// Another attempt may get further.
    Retry(io::Error),
    Final(FetchError),
}

impl From<FetchError> for AttemptError {
    fn from(error: FetchError) -> Self {
        Self::Final(error)
    }
}

fn retry<T>(reason: impl Display) -> Result<T, AttemptError> {
    Err(AttemptError::Retry(io::Error::other(reason.to_string())))
}

impl Transfer<'_> {
    /// Sends requests until the file is complete.
    pub(super) fn run(&mut self, policy: &RetryPolicy) -> Result<(), FetchError> {
        let mut failed = 0;
        while self.part.length() < self.size {
            let before = self.part.length();
            let source = match self.attempt(policy.timeout) {
                Ok(()) => return Ok(()),
                Err(AttemptError::Final(error)) => return Err(error),
                Err(AttemptError::Retry(_)) if self.part.length() == self.size => return Ok(()),
                Err(AttemptError::Retry(source)) => source,
            };
            failed = if self.part.length() >= before + USEFUL_BYTES { 1 } else { failed + 1 };
            if failed >= policy.attempts {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                let (at, size) = (self.part.length(), self.size);
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

    /// One request, from the first missing byte on.
    fn attempt(&mut self, timeout: Duration) -> Result<(), AttemptError> {
        let sent = request::send(self.url, self.part.length(), self.part.etag(), timeout);
        let parts = sent.map_err(|source| self.failed(source))?;
        loop {
            match self.next(&parts)? {
                ResponsePart::Head(head) => self.begin(head)?,
                ResponsePart::Block(bytes) => {
                    if bytes.len() as u64 > self.size - self.part.length() {
                        return Err(self.wrong_size(format!("more than {}", self.size))?.into());
                    }
                    self.part.append(&bytes).map_err(|source| self.unwritten(source))?;
                    (self.report)(FetchEvent::Progress(self.part.length()));
                }
                ResponsePart::End if self.part.length() == self.size => return Ok(()),
                ResponsePart::End => return retry("the connection was cut"),
                ResponsePart::Failed(RequestError { is_final: true, source }) => {
                    return Err(self.failed(source).into());
                }
                ResponsePart::Failed(RequestError { source, .. }) => return Err(AttemptError::Retry(source)),
            }
        }
    }

    fn next(&self, parts: &Receiver<ResponsePart>) -> Result<ResponsePart, AttemptError> {
        loop {
            self.check_stop()?;
            match parts.recv_timeout(STOP_POLL_INTERVAL) {
                Ok(part) => return Ok(part),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return retry("the connection was lost"),
            }
        }
    }

    /// Checks that the body continues the part file; if it does not, the file is emptied.
    fn begin(&mut self, head: ResponseHead) -> Result<(), AttemptError> {
        let ResponseHead { status, start, total, etag } = head;
        if let Some(total) = total.filter(|&total| total != self.size) {
            return Err(self.wrong_size(total.to_string())?.into());
        }
        let is_other = |etag: &String| self.part.etag().is_some_and(|ours| ours != etag);
        match status {
            // The whole file: it has changed, or the server does not support ranges.
            200 => Ok(self.restart(etag)?),
            206 if start == Some(self.part.length()) && !etag.as_ref().is_some_and(is_other) => Ok(()),
            206 | 416 => {
                self.restart(None)?;
                retry("the file on the server has changed")
            }
            408 | 429 | 500..=599 => retry(format!("the server answers with status {status}")),
            _ => {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                Err(FetchError::Refused { model, host, status }.into())
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
        let (at, size) = (self.part.length(), self.size);
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
        FetchError::Write { path: self.part.path().to_owned(), source }
    }
}
