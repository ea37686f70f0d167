//! One HTTP request, in a thread of its own: its caller can stop waiting at any moment, whether for a name server, a
//! handshake or a byte.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{net::IpAddr, thread, time::Duration};

use ureq::http::{HeaderMap, Uri};
use ureq::{Agent, Error, RequestBuilder, typestate::WithoutBody};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;
/// Blocks that wait to be written.
const QUEUED_BLOCKS: usize = 8;
const MOST_REDIRECTS: u32 = 10;

/// One part of a response, in this order: the head, blocks of the body, the end; an error at any time.
pub(super) enum ResponsePart {
    Head(ResponseHead),
    Block(Vec<u8>),
    End,
    Failed {
        /// Whether another attempt would fail as well.
        is_final: bool,
        source: io::Error,
    },
}

/// What a response says before its body.
pub(super) struct ResponseHead {
    pub status: u16,
    /// The offset in the file at which the body begins (bytes).
    pub start: Option<u64>,
    /// The size of the whole file (bytes).
    pub total: Option<u64>,
    /// The version of the file: equal ones have equal bytes.
    pub etag: Option<String>,
}

/// The host that an address names.
pub(super) fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    uri.host().filter(|_| known).map(str::to_owned)
}

/// Requests the bytes of `url` from `start` on; if the file's version is no longer `etag`, all of them. `timeout` is how
/// long the server may send nothing.
pub(super) fn send(
    url: &str,
    start: u64,
    etag: Option<&str>,
    timeout: Duration,
) -> io::Result<Receiver<ResponsePart>> {
    let (sender, receiver) = sync_channel(QUEUED_BLOCKS);
    let mut request = agent(url, timeout).get(url);
    if start > 0 {
        request = request.header("range", format!("bytes={start}-"));
        if let Some(etag) = etag {
            request = request.header("if-range", etag);
        }
    }
    thread::Builder::new().name("fetch".to_owned()).spawn(move || {
        if let Err(error) = run(request, &sender) {
            // A receiver that is gone has all it needs.
            drop(sender.send(ResponsePart::Failed { is_final: is_final(&error), source: error.into_io() }));
        }
    })?;
    Ok(receiver)
}

fn run(request: RequestBuilder<WithoutBody>, sender: &SyncSender<ResponsePart>) -> Result<(), Error> {
    let (head, body) = request.call()?.into_parts();
    let mut body = body.into_reader();
    let mut part = ResponsePart::Head(ResponseHead::of(head.status.as_u16(), &head.headers));
    loop {
        let is_last = matches!(part, ResponsePart::End);
        // A receiver that is gone has all it needs.
        if sender.send(part).is_err() || is_last {
            return Ok(());
        }
        let mut block = vec![0; BLOCK];
        let read = body.read(&mut block)?;
        block.truncate(read);
        part = if read == 0 { ResponsePart::End } else { ResponsePart::Block(block) };
    }
}

fn agent(url: &str, timeout: Duration) -> Agent {
    let is_loopback = |host: &str| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    };
    let mut config = Agent::config_builder()
        .user_agent(concat!("indexer/", env!("CARGO_PKG_VERSION")))
        // Sizes, ranges and hashes have to be those of the file itself.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .max_redirects(MOST_REDIRECTS)
        .timeout_resolve(Some(timeout))
        .timeout_connect(Some(timeout))
        .timeout_recv_response(Some(timeout))
        .timeout_per_read(Some(timeout));
    // A proxy would resolve loopback addresses to itself; for all others the proxies of the environment are used.
    if host(url).is_some_and(|host| is_loopback(&host)) {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

impl ResponseHead {
    fn of(status: u16, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let etag = text("etag").filter(|etag| is_strong(etag)).map(str::to_owned);
        let (start, total) = match status {
            200 => (Some(0), text("content-length").and_then(|length| length.parse().ok())),
            // `bytes 10-99/100`, or `bytes */100` where the requested range is beyond the end.
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

/// Whether equal versions have equal bytes: a download of a weak version (`W/"…"`) cannot be continued.
pub(super) fn is_strong(etag: &str) -> bool {
    etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"')
}

/// Whether another attempt would fail as well: wrong addresses, certificates, malformed responses.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        Error::Timeout(_) | Error::HostNotFound | Error::ConnectionFailed => false,
        Error::ConnectProxyFailed(_) | Error::Protocol(_) | Error::BodyStalled => false,
        _ => true,
    }
}
