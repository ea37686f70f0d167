//! Requests until all bytes are here, or it is clear that they will not come.

use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::{
    FetchError, FetchEvent,
    part::Part,
    request::{self, Chunk, Head, RequestError},
};

/// How often the stop flag is looked at.
pub const GLANCE: Duration = Duration::from_millis(50);
/// A try that brings so many bytes is no failed one.
const WORTHWHILE: u64 = 1 << 20;

/// When one gives up.
pub struct Patience {
    /// Tries in a row that bring nothing.
    pub tries: u32,
    /// After the first one; doubled after each.
    pub pause: Duration,
    /// How long the other side may say nothing.
    pub silence: Duration,
}

/// One download: requests until all bytes are here.
pub struct Transfer<'a> {
    pub model: &'a str,
    pub host: &'a str,
    pub url: &'a str,
    pub size: u64,
    pub part: Part,
    pub stop: &'a AtomicBool,
    pub tell: &'a mut dyn FnMut(FetchEvent),
}

/// How a try ends that does not bring all bytes.
enum Ended {
    /// Another one may bring more.
    Cut(io::Error),
    For(FetchError),
}

impl From<FetchError> for Ended {
    fn from(error: FetchError) -> Self {
        Self::For(error)
    }
}

fn cut<T>(reason: impl Display) -> Result<T, Ended> {
    Err(Ended::Cut(io::Error::other(reason.to_string())))
}

impl Transfer<'_> {
    /// Tries until all bytes are here.
    pub fn all(&mut self, patience: &Patience) -> Result<(), FetchError> {
        let mut tries = 0;
        while self.part.length() < self.size {
            let before = self.part.length();
            let source = match self.once(patience.silence) {
                Ok(()) => return Ok(()),
                Err(Ended::For(error)) => return Err(error),
                Err(Ended::Cut(_)) if self.part.length() == self.size => return Ok(()),
                Err(Ended::Cut(source)) => source,
            };
            tries = if self.part.length() >= before + WORTHWHILE { 1 } else { tries + 1 };
            if tries >= patience.tries {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                let (at, size) = (self.part.length(), self.size);
                return Err(FetchError::Broken { model, host, at, size, source });
            }
            let pause = patience.pause * 2_u32.pow(tries - 1);
            (self.tell)(FetchEvent::Again { reason: &source, pause });
            let end = Instant::now() + pause;
            while Instant::now() < end {
                self.go_on()?;
                thread::sleep(GLANCE.min(end.saturating_duration_since(Instant::now())));
            }
        }
        Ok(())
    }

    /// One request, from where the last one ended.
    fn once(&mut self, silence: Duration) -> Result<(), Ended> {
        let sent = request::send(self.url, self.part.length(), self.part.etag(), silence);
        let messages = sent.map_err(|source| self.failed(source))?;
        loop {
            match self.next(&messages)? {
                Chunk::Head(head) => self.begin(head)?,
                Chunk::Block(bytes) => {
                    if bytes.len() as u64 > self.size - self.part.length() {
                        return Err(self.of_another_size(format!("more than {}", self.size))?.into());
                    }
                    self.part.append(&bytes).map_err(|source| self.unwritten(source))?;
                    (self.tell)(FetchEvent::At(self.part.length()));
                }
                Chunk::End if self.part.length() == self.size => return Ok(()),
                Chunk::End => return cut("the connection was cut"),
                Chunk::Failed(RequestError { is_final: true, source }) => {
                    return Err(self.failed(source).into());
                }
                Chunk::Failed(RequestError { source, .. }) => return Err(Ended::Cut(source)),
            }
        }
    }

    fn next(&self, messages: &Receiver<Chunk>) -> Result<Chunk, Ended> {
        loop {
            self.go_on()?;
            match messages.recv_timeout(GLANCE) {
                Ok(message) => return Ok(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return cut("the connection was lost"),
            }
        }
    }

    /// Makes sure that what follows continues what is here, or forgets what is here.
    fn begin(&mut self, head: Head) -> Result<(), Ended> {
        let Head { status, start, total, etag } = head;
        if let Some(total) = total.filter(|&total| total != self.size) {
            return Err(self.of_another_size(total.to_string())?.into());
        }
        let is_other = |etag: &String| self.part.etag().is_some_and(|ours| ours != etag);
        match status {
            // The whole file: it has changed, or there are no ranges here.
            200 => Ok(self.restart(etag)?),
            206 if start == Some(self.part.length()) && !etag.as_ref().is_some_and(is_other) => Ok(()),
            206 | 416 => {
                self.restart(None)?;
                cut("its file has changed")
            }
            408 | 429 | 500..=599 => cut(format!("it answers with status {status}")),
            _ => {
                let (model, host) = (self.model.to_owned(), self.host.to_owned());
                Err(FetchError::Refused { model, host, status }.into())
            }
        }
    }

    pub fn restart(&mut self, etag: Option<String>) -> Result<(), FetchError> {
        self.part.restart(etag).map_err(|source| self.unwritten(source))
    }

    pub fn go_on(&self) -> Result<(), FetchError> {
        if !self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (at, size) = (self.part.length(), self.size);
        Err(FetchError::Stopped { model: self.model.to_owned(), at, size })
    }

    /// Forgets what is here: nobody knows what it is the beginning of.
    fn of_another_size(&mut self, found: String) -> Result<FetchError, FetchError> {
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
