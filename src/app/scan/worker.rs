//! The life of a worker process.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::OsStringExt,
    time::{Duration, Instant},
};

use super::{
    analyse::analyse,
    protocol::{Reply, Request},
};
use crate::{
    audio::{self, worker},
    priority::Priority,
};

/// How often a worker says that it is alive.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// The whole life of a worker process with `memory` bytes of address space; with such manners.
///
/// # Errors
/// See [`worker::serve`].
pub fn work(memory: u64, manners: Priority) -> io::Result<()> {
    // Where a sandbox forbids it, the work is done all the same.
    drop(manners.keep());
    worker::serve(memory, |request: Request, parent| {
        let mut last = Instant::now();
        let mut tell = |reply: Reply| {
            if let Reply::Progress(_) = reply {
                if last.elapsed() < HEARTBEAT {
                    return;
                }
                last = Instant::now();
            }
            parent.send(&reply);
        };
        let reply = match request {
            Request::Identify(path) => {
                match audio::identify(&path_of(path), &mut |bytes| tell(Reply::Progress(bytes as f64))) {
                    Ok(identity) => Reply::Identified(identity),
                    Err((content, failure)) => Reply::Unidentified(content, failure),
                }
            }
            Request::Analyse(path, wishes) => {
                analyse(&path_of(path), &wishes, &mut tell).map_or_else(Reply::Failed, Reply::Analysed)
            }
        };
        tell(reply);
    })
}

fn path_of(bytes: Vec<u8>) -> std::path::PathBuf {
    OsString::from_vec(bytes).into()
}
