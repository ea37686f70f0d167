//! What a worker is asked, what it answers, and how it does the work.

use std::{
    ffi::OsString,
    io,
    os::unix::ffi::OsStringExt,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::analyse::analyse;
use crate::{
    audio::{self, Identity, worker},
    extract::{
        Method,
        model::{ModelSpec, Tensor, spec::Weights},
    },
    priority::Manners,
    track::{ContentId, Failure, FailureKind},
};

/// Paths travel as bytes: they need not be text.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    Identify(Vec<u8>),
    /// All that is to be made in one decode.
    Analyse(Vec<u8>, Vec<Wish>),
}

/// What is to be made of a file's samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// The vector of the extractor of this name.
    Vector(String),
    /// The inputs of a model: its name, and its description as TOML.
    Inputs(String, String),
}

impl Wish {
    pub fn of(method: &Method) -> Self {
        match method {
            Method::BuiltIn(row) => Self::Vector(row.name.to_owned()),
            Method::Model(model) => {
                // Which weights run is nothing to a worker.
                let spec = ModelSpec { weights: Weights::default(), ..model.spec.clone() };
                Self::Inputs(spec.name.clone(), spec.to_toml())
            }
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Still alive: seconds of audio decoded, or bytes read.
    Progress(f64),
    Identified(Identity),
    Unidentified(Option<ContentId>, Failure),
    /// One window, for the model of this name.
    Window(String, Tensor),
    Analysed(Analysis),
    Failed(Failure),
}

/// What came of decoding one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Analysis {
    /// By extractor: a vector, or why there is none. A model is here only where it has no windows, with the reason.
    pub vectors: Vec<(String, Result<Vec<f32>, Failure>)>,
    /// Decoded.
    pub seconds: f64,
    /// Less was decoded than the file declares.
    pub partial: bool,
}

/// How often a worker says that it is alive.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// The whole life of a worker process with `memory` bytes of address space; with such manners.
///
/// # Errors
/// See [`worker::serve`].
pub fn work(memory: u64, manners: Manners) -> io::Result<()> {
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
            parent.tell(&reply);
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

/// Turns a worker's death into the file's failure.
pub fn failure_of(death: worker::Death) -> Failure {
    use worker::Death;
    let reason = death.to_string();
    match death {
        Death::Crashed(_) => Failure::of_content(FailureKind::Crashed, reason),
        Death::TimedOut(_) => Failure::of_content(FailureKind::TimedOut, reason),
        Death::OutOfMemory(_) => Failure::of_content(FailureKind::OutOfMemory, reason),
        Death::Killed | Death::Stopped | Death::NoStart(_) => {
            Failure::of_system(FailureKind::OutOfMemory, reason)
        }
    }
}
