//! What one call of `embed` asks for, and what it did.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is analysed, and where it goes.
#[derive(Clone, Debug)]
pub struct EmbedRequest {
    /// A file with a path on each line, or with zero bytes between them; `-` is stdin.
    pub files_from: PathBuf,
    /// The Parquet file to be written.
    pub to: PathBuf,
    /// The folder of a library in which the files lie; none: what the list says.
    pub root: Option<PathBuf>,
    /// Write it again though it is finished, and replace somebody else's file.
    pub force: bool,
}

/// What became of a list.
#[derive(Clone, Debug, Default)]
pub struct EmbedSummary {
    /// The Parquet file.
    pub to: PathBuf,
    /// It was finished before this call, which has left it as it is.
    pub was_there: bool,
    /// Files in the list.
    pub files: u64,
    /// Recordings.
    pub tracks: u64,
    /// Files that failed: their rows say why.
    pub failed: u64,
    /// Vectors by the names of their methods.
    pub vectors: BTreeMap<String, u64>,
    /// Its size.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
}
