//! What a worker process does: answers the requests of its pool thread until that is gone.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::OsStringExt,
    time::{Duration, Instant},
};

use super::analyse::analyse;
use super::protocol::{Reply, Request};
use crate::audio::{self, worker};
use crate::priority::Priority;

/// How often a worker reports progress at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);

/// Runs a worker process with `memory` bytes of address space.
///
/// # Errors
/// See `audio::worker::serve`.
pub fn work(memory: u64, priority: Priority) -> io::Result<()> {
    // Where a sandbox forbids it, the work is done all the same.
    drop(priority.keep());
    worker::serve(memory, |request: Request, parent| {
        let mut last = Instant::now();
        let mut report = |reply: Reply| {
            if let Reply::Progress(_) = reply {
                if last.elapsed() < PROGRESS_INTERVAL {
                    return;
                }
                last = Instant::now();
            }
            parent.send(&reply);
        };
        let reply = match request {
            Request::Identify(path) => {
                match audio::identify(&path_of(path), &mut |bytes| report(Reply::Progress(bytes as f64))) {
                    Ok(identity) => Reply::Identified(identity),
                    Err((content, failure)) => Reply::Unidentified(content, failure),
                }
            }
            Request::Analyse(path, outputs) => {
                analyse(&path_of(path), &outputs, &mut report).map_or_else(Reply::Failed, Reply::Analysed)
            }
        };
        report(reply);
    })
}

fn path_of(bytes: Vec<u8>) -> std::path::PathBuf {
    OsString::from_vec(bytes).into()
}
