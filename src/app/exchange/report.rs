//! What was exported and imported, in numbers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::space::SpaceId;

/// What was written.
#[derive(Debug, Default)]
pub struct ExportSummary {
    /// The folder.
    pub folder: PathBuf,
    /// The word that `--format` takes.
    pub format: &'static str,
    /// In the order of their names.
    pub files: Vec<ExportedFile>,
    /// Recordings.
    pub tracks: u64,
    /// Files that hold none.
    pub others: u64,
    /// Vectors by the name of their column.
    pub vectors: BTreeMap<String, u64>,
    /// Playlists of the latest runs.
    pub playlists: u64,
    /// Runs that are kept.
    pub runs: u64,
}

/// A file that was written.
#[derive(Debug)]
pub struct ExportedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
}

/// What was taken into the store.
#[derive(Debug, Default)]
pub struct ImportSummary {
    /// Rows that were read.
    pub rows: u64,
    /// Recordings that the store did not know.
    pub new: u64,
    /// Recordings that it knew.
    pub known: u64,
    /// Files that are here as they were there, and need not be opened by the next scan.
    pub files: u64,
    /// Folders of theirs that came into the library.
    pub roots: Vec<PathBuf>,
    /// By method.
    pub spaces: BTreeMap<String, ImportedSpace>,
    /// Songs of which the store has another vector of the same space, the first few.
    pub conflicting: Vec<PathBuf>,
    /// Spaces whose vectors were left out, with the files that hold them.
    pub foreign: Vec<ForeignSpace>,
}

/// The vectors of one space.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ImportedSpace {
    /// Stored now.
    pub stored: u64,
    /// The same were here.
    pub equal: u64,
    /// Another one was here, and stays.
    pub conflicts: u64,
    /// Left out: they are not made of numbers.
    pub broken: u64,
}

/// A space that this program does not fill.
#[derive(Debug)]
pub struct ForeignSpace {
    /// Its name and fingerprint.
    pub space: SpaceId,
    /// The file that has its vectors.
    pub file: PathBuf,
}
