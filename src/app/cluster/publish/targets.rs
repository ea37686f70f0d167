//! Where playlists are to be written, and why that may fail.

use std::path::PathBuf;

use crate::playlist::format::{Format, format};
use crate::{
    playlist::files::FilesError, playlist::output::OutputError, playlist::path_map::PathMap,
    store::StoreError,
};

/// Where the playlists go.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// One JSON file.
    pub output: Option<PathBuf>,
    /// Replace an `output` that is somebody else's.
    pub force: bool,
    /// A folder of playlist files.
    pub playlists: Option<PathBuf>,
    /// The formats of those files, by name.
    pub formats: Vec<String>,
    /// How those files write the paths of songs. `output` is read on this machine and has the paths of this machine.
    pub path_map: PathMap,
}

impl Targets {
    /// Each format once, in the order in which they are given.
    pub fn formats(&self) -> Vec<&'static Format> {
        let mut formats: Vec<&Format> = Vec::new();
        for format in self.formats.iter().filter_map(|name| format(name)) {
            if formats.iter().all(|other| other.name != format.name) {
                formats.push(format);
            }
        }
        formats
    }
}

/// Why files were not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write playlists into {}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}
