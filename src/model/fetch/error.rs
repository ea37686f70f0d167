//! Why weights cannot be fetched: each error is one line that says what to do.

use std::{io, path::PathBuf};

/// Weights that cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(
        "{model} has no address to fetch it from: `indexer model import FILE --as {model}` installs a file that you have"
    )]
    NoAddress { model: String },
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
