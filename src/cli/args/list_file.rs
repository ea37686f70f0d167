//! A list of songs that is written to a file of its own.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::Args;
use indexer::{Export, FORMATS, Format, Index, OptionError, PathMap};

use crate::cli::ui::exit::Usage;

/// The id of `--format` of one list, which names one format.
pub(crate) const LIST_FORMAT: &str = "list_format";

/// How it is written.
#[derive(Args)]
pub(crate) struct ListFileFlags {
    #[arg(id = LIST_FORMAT, long = "format", value_name = "NAME")]
    format: Option<String>,
    /// Replace a file that is there already
    #[arg(long)]
    force: bool,
    /// Write paths under the folder FROM as paths under TO, as `cluster` does; may be repeated
    #[arg(long, value_name = "FROM=TO")]
    path_map: Vec<OsString>,
    /// Write paths as seen from this folder, as `cluster` does
    #[arg(long, value_name = "DIR")]
    relative_to: Option<PathBuf>,
}

impl ListFileFlags {
    /// What is asked for where the list is to go to `output`; `-` is stdout.
    pub(crate) fn export(&self, output: &Path, index: &Index) -> anyhow::Result<Export> {
        let targets = index.targets()?;
        let path_map = match &self.path_map[..] {
            [] => targets.path_map,
            given => PathMap::parse(given).map_err(OptionError::from).map_err(indexer::Error::from)?,
        };
        Ok(Export {
            file: Some(output.to_owned()).filter(|_| !is_stdout(output)),
            format: self.format.as_deref().map(named).transpose()?,
            force: self.force,
            path_map,
            relative_to: self.relative_to.clone().or(targets.relative_to),
        })
    }
}

/// `-` is no file, as with any command.
pub(crate) fn is_stdout(output: &Path) -> bool {
    output == Path::new("-")
}

fn named(name: &str) -> Result<&'static Format, Usage> {
    let found = FORMATS.iter().find(|format| format.name == name);
    found.ok_or_else(|| Usage(format!("unknown format `{name}`: choose from {}", names())))
}

fn names() -> String {
    FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}
