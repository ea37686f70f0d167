//! `--explain`: whether reasons are wanted, and of which songs.

use std::ffi::OsString;

use clap::Args;
use indexer::Explain;

#[derive(Args, Default)]
pub(crate) struct ExplainFlag {
    /// Show what sets each playlist apart and which songs are typical or borderline; with a file, explain that song
    // OsString: what is empty is no path.
    #[arg(long, value_name = "SONG", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    explain: Option<OsString>,
}

impl ExplainFlag {
    pub(crate) fn requested(&self) -> Option<Explain> {
        let song = self.explain.as_ref()?;
        Some(if song.is_empty() { Explain::All } else { Explain::Song(song.into()) })
    }
}
