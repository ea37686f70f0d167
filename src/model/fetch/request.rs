//! One HTTP request, in a thread of its own: whoever waits for it may stop waiting at any moment, be it for a name
//! server, a handshake or a byte.

use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderMap, Uri};
use ureq::{Agent, Error};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;
/// Blocks that wait for whoever writes them.
const QUEUE: usize = 8;
const REDIRECTS: u32 = 10;

/// What comes of a request, in this order: a head, blocks, an end; a failure at any time.
pub enum Chunk {
    Head(Head),
    Block(Vec<u8>),
    End,
    Failed(RequestError),
}

/// What an answer says before its body.
pub struct Head {
    pub status: u16,
    /// Where in the file the body begins (bytes).
    pub start: Option<u64>,
    /// Bytes of the whole file.
    pub total: Option<u64>,
    /// The version of the file, byte by byte.
    pub etag: Option<String>,
}

/// Why there is no answer, or no more of it.
pub struct RequestError {
    /// Another try would fail as well.
    pub is_final: bool,
    pub source: io::Error,
}

/// The host that an address names.
pub fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    uri.host().filter(|_| known).map(str::to_owned)
}

/// Asks for the bytes of `url` from `start` on; if it is no longer the version `etag`, for all of them. `silence` is how
/// long the other side may say nothing.
///
/// # Errors
/// There is no room for a thread.
pub fn send(url: &str, start: u64, etag: Option<&str>, silence: Duration) -> io::Result<Receiver<Chunk>> {
    let (sender, receiver) = sync_channel(QUEUE);
    let (url, etag) = (url.to_owned(), etag.map(str::to_owned));
    thread::Builder::new().name("fetch".to_owned()).spawn(move || {
        if let Err(error) = run(&url, start, etag.as_deref(), silence, &sender) {
            let failure = RequestError { is_final: is_final(&error), source: error.into_io() };
            // Whoever does not listen any more has what it wanted.
            drop(sender.send(Chunk::Failed(failure)));
        }
    })?;
    Ok(receiver)
}

fn run(
    url: &str,
    start: u64,
    etag: Option<&str>,
    silence: Duration,
    sender: &SyncSender<Chunk>,
) -> Result<(), Error> {
    let mut request = agent(url, silence).get(url);
    if start > 0 {
        request = request.header("range", format!("bytes={start}-"));
        if let Some(etag) = etag {
            request = request.header("if-range", etag);
        }
    }
    let response = request.call()?;
    let (head, body) = response.into_parts();
    let head = Head::of(head.status.as_u16(), &head.headers);
    let mut body = body.into_reader();
    let mut message = Chunk::Head(head);
    loop {
        let is_last = matches!(message, Chunk::End);
        // Whoever does not listen any more has what it wanted.
        if sender.send(message).is_err() || is_last {
            return Ok(());
        }
        let mut block = vec![0; BLOCK];
        let read = body.read(&mut block)?;
        block.truncate(read);
        message = if read == 0 { Chunk::End } else { Chunk::Block(block) };
    }
}

fn agent(url: &str, silence: Duration) -> Agent {
    let is_loopback = |host: &str| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    };
    let mut config = Agent::config_builder()
        .user_agent(concat!("indexer/", env!("CARGO_PKG_VERSION")))
        // Sizes, ranges and hashes are those of the file itself.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .max_redirects(REDIRECTS)
        .timeout_resolve(Some(silence))
        .timeout_connect(Some(silence))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence));
    // A proxy's loopback is another machine's; those of the environment hold for everything else.
    if host(url).is_some_and(|host| is_loopback(&host)) {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

impl Head {
    fn of(status: u16, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let etag = text("etag").filter(|etag| is_strong(etag)).map(str::to_owned);
        let (start, total) = match status {
            200 => (Some(0), text("content-length").and_then(|length| length.parse().ok())),
            // `bytes 10-99/100`, or `bytes */100` where there is nothing to be had.
            206 | 416 => {
                let range = text("content-range").and_then(|range| range.strip_prefix("bytes "));
                let (place, total) = range.and_then(|range| range.split_once('/')).unwrap_or_default();
                let start = place.split('-').next().and_then(|start| start.trim().parse().ok());
                (start, total.trim().parse().ok())
            }
            _ => (None, None),
        };
        Self { status, start, total, etag }
    }
}

/// Whether a version is one of bytes: what is only equivalent (`W/"…"`) cannot be continued.
pub fn is_strong(etag: &str) -> bool {
    etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"')
}

/// Whether another try would fail as well: addresses, certificates, answers that make no sense.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        Error::Timeout(_) | Error::HostNotFound | Error::ConnectionFailed | Error::ConnectProxyFailed(_) => {
            false
        }
        Error::Protocol(_) | Error::BodyStalled => false,
        _ => true,
    }
}
