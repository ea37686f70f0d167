//! `indexer playlists`: which there are, what they are called, what stays in them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use indexer::{
    app::{self, ChangedPlaylist, ListedPlaylist, PlaylistSelector, SetListing},
    playlist::format::location,
};
use serde_json::{Value, json};

use super::{
    args::set::{SetFlag, usual},
    session::CommandContext,
    ui::outcome::{Outcome, counted, one_line, print, print_json, shown},
};

/// List, rename and pin playlists
#[derive(Args)]
pub struct PlaylistsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the playlists of all sets, or of one: id, name, size, pins, files
    List {
        /// Only the playlists of this set
        #[arg(long, value_name = "NAME")]
        set: Option<String>,
    },
    /// Give a playlist a name that stays; the next `cluster` moves its files
    Rename {
        #[command(flatten)]
        one: One,
        /// Any text; no two playlists of a set are called alike
        name: String,
    },
    /// Keep a playlist as it is, or songs in it, whatever the clustering says
    Pin {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        songs: Songs,
    },
    /// Let a playlist, or songs in it, go with the clustering again
    Unpin {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        songs: Songs,
    },
}

/// The playlist that is meant.
#[derive(Args)]
struct One {
    /// The playlist: its id, or its name in any case of letters
    playlist: String,
    #[command(flatten)]
    set: SetFlag,
}

#[derive(Args)]
struct Songs {
    /// Only these songs of it, by their paths
    #[arg(value_name = "SONG")]
    songs: Vec<PathBuf>,
}

impl One {
    fn target<'a>(&'a self, usual: &'a str) -> PlaylistSelector<'a> {
        PlaylistSelector { set: self.set.which(usual), playlist: &self.playlist }
    }
}

impl PlaylistsCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let (store, bars) = (session.config.store_folder(), session.bars());
        let usual = usual(&session.config.cluster);
        match &self.action {
            Action::List { set } => show(&app::list(&store, set.as_deref(), &bars)?, session)?,
            Action::Rename { one, name } => {
                let changed = app::rename(&store, one.target(&usual), name, &bars)?;
                tell(&changed, &renamed(&changed), session)?;
            }
            Action::Pin { one, songs } => {
                let changed = app::pin(&store, one.target(&usual), &songs.songs, &bars)?;
                tell(&changed, &pinned(&changed.playlist, songs.songs.len()), session)?;
            }
            Action::Unpin { one, songs } => {
                let changed = app::unpin(&store, one.target(&usual), &songs.songs, &bars)?;
                tell(&changed, &unpinned(&changed.playlist, songs.songs.len()), session)?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn renamed(changed: &ChangedPlaylist) -> String {
    let (before, now) = (&changed.before, &changed.playlist.name);
    format!("{before} is called {now} now; the next `indexer cluster` moves its files")
}

fn pinned(list: &ListedPlaylist, songs: usize) -> String {
    match songs {
        0 => format!("{} is pinned: no song comes or goes", list.name),
        _ => format!(
            "pinned in {} whatever the clustering says: {}",
            list.name,
            counted(list.pinned_songs, "song")
        ),
    }
}

fn unpinned(list: &ListedPlaylist, songs: usize) -> String {
    let what = if songs == 0 { "all songs of it go" } else { "what was named goes" };
    format!("{}: {what} with the clustering again", list.name)
}

fn tell(changed: &ChangedPlaylist, text: &str, session: &CommandContext) -> std::io::Result<()> {
    if session.config.json {
        return print_json(&json!({"set": changed.set, "playlist": as_json(&changed.playlist)}));
    }
    if session.config.silent { Ok(()) } else { print(&one_line(text)) }
}

fn show(listings: &[SetListing], session: &CommandContext) -> std::io::Result<()> {
    if session.config.json {
        let sets = listings.iter().map(|listing| {
            json!({
                "set": listing.set,
                "run": listing.run,
                "made": listing.made.to_string(),
                "playlists": listing.playlists.iter().map(as_json).collect::<Vec<_>>(),
            })
        });
        print_json(&json!({"sets": sets.collect::<Vec<_>>()}))
    } else {
        print(&listings.iter().map(as_text).collect::<Vec<_>>().join("\n\n"))
    }
}

fn as_json(list: &ListedPlaylist) -> Value {
    json!({
        "id": list.id,
        "name": list.name,
        "size": list.size,
        "pinned": list.is_pinned,
        "pinned_songs": list.pinned_songs,
        "files": list.files.iter().map(|path| location(path)).collect::<Vec<_>>(),
    })
}

fn as_text(listing: &SetListing) -> String {
    let SetListing { set, run, made, playlists } = listing;
    let mut lines = vec![format!("{}, run {run} of {}", one_line(set), made.local())];
    let names: Vec<_> = playlists.iter().map(|list| one_line(&list.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let pins = |list: &ListedPlaylist| match (list.is_pinned, list.pinned_songs) {
        (true, _) => "  pinned".to_owned(),
        (false, 0) => String::new(),
        (false, songs) => format!("  {songs} pinned"),
    };
    let pins_width = playlists.iter().map(|list| pins(list).len()).max().unwrap_or_default();
    for (list, name) in playlists.iter().zip(names) {
        let files = list.files.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ");
        let (id, size, pins) = (list.id, counted(list.size, "song"), pins(list));
        let line = format!("{id:>4}  {name:width$}  {size:>11}{pins:pins_width$}  {files}");
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
