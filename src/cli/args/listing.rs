//! How playlists are written: where to, in which formats, in which order, and where they say that songs are.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::cli::ui::outcome::Usage;
use clap::Args;
use indexer::{
    app::Targets,
    config::ClusterConfig,
    playlist::{
        format::{FORMATS, format},
        order::{ORDERS, Order, order},
        path_map::PathMap,
    },
};

/// What becomes of the playlists.
#[derive(Args, Default)]
pub struct Listing {
    /// Write the playlists to a JSON file
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
    /// In playlist files, songs under the folder FROM are said to be under TO, as a player elsewhere sees them; for
    /// several folders give it again
    #[arg(long, value_name = "FROM=TO")]
    path_map: Vec<OsString>,
    #[arg(long, value_name = "NAME", help = orders_help())]
    order: Option<String>,
}

impl Listing {
    /// Checks everything.
    pub fn check(&self, config: &ClusterConfig) -> Result<(), Usage> {
        self.targets(config)?;
        self.order(config).map(drop)
    }

    /// Where the playlists go. Given mappings replace those of the configuration.
    pub fn targets(&self, config: &ClusterConfig) -> Result<Targets, Usage> {
        let path_map = match &self.path_map[..] {
            [] => PathMap::parse(&config.path_map),
            given => PathMap::parse(given),
        };
        Ok(Targets {
            output: self.output.clone().or_else(|| given(&config.output)),
            force: self.force,
            playlists: self.playlists.clone().or_else(|| given(&config.playlists)),
            formats: formats(self.format.as_deref().unwrap_or(&config.format))?,
            path_map: path_map.map_err(|error| Usage(error.to_string()))?,
        })
    }

    /// How songs stand in a playlist.
    pub fn order(&self, config: &ClusterConfig) -> Result<&'static Order, Usage> {
        let name = self.order.as_deref().unwrap_or(&config.order);
        let names = || ORDERS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
        order(name).ok_or_else(|| Usage(format!("unknown order `{name}`: choose from {}", names())))
    }
}

/// The formats that a `--format` names.
fn formats(list: &str) -> Result<Vec<String>, Usage> {
    let formats: Vec<_> = list.split(',').map(|name| name.trim().to_owned()).collect();
    if let Some(unknown) = formats.iter().find(|name| format(name).is_none()) {
        return Err(Usage(format!("unknown format `{unknown}`: choose from {}", format_names())));
    }
    Ok(formats)
}

fn format_names() -> String {
    FORMATS.iter().map(|row| row.name()).collect::<Vec<_>>().join(", ")
}

fn formats_help() -> String {
    format!("Formats of the playlist files, separated by commas: {} [default: m3u8]", format_names())
}

fn orders_help() -> String {
    let rows = ORDERS.iter().map(|row| format!("{}: {}", row.name, row.about)).collect::<Vec<_>>();
    format!("How songs stand in a playlist [default: center]; {}", rows.join("; "))
}

fn given(path: &Path) -> Option<PathBuf> {
    Some(path.to_owned()).filter(|path| !path.as_os_str().is_empty())
}
