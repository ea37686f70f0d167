//! How playlists are written: where to, in which formats and order, and under which paths.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;
use indexer::{ClusterConfig, Error, FORMATS, ORDERS, OptionError, PathMap, Targets};

use super::overrule;

/// What becomes of the playlists.
#[derive(Args, Default)]
pub(crate) struct TargetFlags {
    /// Write the playlists to a JSON file; `-` is stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace --output even if this program did not write it
    #[arg(long)]
    force: bool,
    /// Write playlist files into this folder
    #[arg(long, value_name = "DIR")]
    playlists: Option<PathBuf>,
    #[arg(long, value_name = "LIST", help = formats_help())]
    format: Option<String>,
    /// In playlist files, write paths under the folder FROM as paths under TO, as a player elsewhere sees them; TO may be
    /// relative or nothing; may be repeated
    #[arg(long, value_name = "FROM=TO")]
    path_map: Vec<OsString>,
    /// In playlist files, write paths as seen from this folder, such as MPD's music folder or a phone's card; songs that are
    /// not under it are left out
    #[arg(long, value_name = "DIR")]
    relative_to: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = orders_help())]
    order: Option<String>,
}

impl TargetFlags {
    pub(crate) fn overrule(&self, config: &mut ClusterConfig) {
        overrule(&mut config.output, self.output.clone());
        overrule(&mut config.playlists, self.playlists.clone());
        overrule(&mut config.format, self.format.clone());
        overrule(&mut config.relative_to, self.relative_to.clone());
        overrule(&mut config.order, self.order.clone());
        if !self.path_map.is_empty() {
            config.path_map.clear();
        }
    }

    /// Adds what has no setting: mappings may be of paths that no configuration can hold.
    pub(crate) fn complete(&self, targets: &mut Targets) -> Result<(), Error> {
        targets.force = self.force;
        if !self.path_map.is_empty() {
            targets.path_map = PathMap::parse(&self.path_map).map_err(OptionError::from)?;
        }
        Ok(())
    }
}

fn formats_help() -> String {
    let names = FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    format!("Formats of the playlist files, separated by commas: {names} [default: m3u8]")
}

fn orders_help() -> String {
    let rows = ORDERS.iter().map(|row| format!("{}: {}", row.name, row.about)).collect::<Vec<_>>();
    format!("Order of the songs in a playlist [default: center]; {}", rows.join("; "))
}
