//! `indexer playlists`: lists, renames and pins playlists.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use indexer::{ChangedPlaylist, ListedPlaylist, SetListing, location};
use serde_json::{Value, json};

use super::ui::print::{counted, one_line, print, print_json, shown};
use super::{args::set::SetFlag, context::CommandContext, ui::exit::ExitStatus};

/// List, rename and pin playlists
#[derive(Args)]
pub(super) struct PlaylistsCommand {
    #[command(subcommand)]
    action: PlaylistsAction,
}

#[derive(Subcommand)]
enum PlaylistsAction {
    /// List the playlists of all sets, or of one: id, name, size, pins, files
    List {
        /// Only the playlists of this set
        #[arg(long, value_name = "NAME")]
        set: Option<String>,
    },
    /// Give a playlist a name that stays; the next `cluster` moves its files
    Rename {
        #[command(flatten)]
        one: PlaylistArg,
        /// Any text; no two playlists of a set have the same name
        name: String,
    },
    /// Keep a playlist, or songs in it, as it is, whatever the clustering says
    Pin {
        #[command(flatten)]
        one: PlaylistArg,
        #[command(flatten)]
        songs: SongArgs,
    },
    /// Leave a playlist, or songs in it, to the clustering again
    Unpin {
        #[command(flatten)]
        one: PlaylistArg,
        #[command(flatten)]
        songs: SongArgs,
    },
}

/// The playlist that is meant.
#[derive(Args)]
struct PlaylistArg {
    /// The playlist: its id, or its name in upper or lower case
    playlist: String,
    #[command(flatten)]
    set: SetFlag,
}

#[derive(Args)]
struct SongArgs {
    /// Only these songs of it, by their paths
    #[arg(value_name = "SONG")]
    songs: Vec<PathBuf>,
}

impl PlaylistArg {
    fn set(&self) -> Option<&str> {
        self.set.name.as_deref()
    }
}

impl PlaylistsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (index, bars) = (context.index(), context.bars());
        match &self.action {
            PlaylistsAction::List { set } => show(&index.playlists(set.as_deref(), &bars)?, context)?,
            PlaylistsAction::Rename { one, name } => {
                let changed = index.rename(one.set(), &one.playlist, name, &bars)?;
                show_change(&changed, &renamed(&changed), context)?;
            }
            PlaylistsAction::Pin { one, songs } => {
                let changed = index.pin(one.set(), &one.playlist, &songs.songs, &bars)?;
                show_change(&changed, &pinned(&changed.playlist, songs.songs.len()), context)?;
            }
            PlaylistsAction::Unpin { one, songs } => {
                let changed = index.unpin(one.set(), &one.playlist, &songs.songs, &bars)?;
                show_change(&changed, &unpinned(&changed.playlist, songs.songs.len()), context)?;
            }
        }
        Ok(ExitStatus::Done)
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

fn show_change(changed: &ChangedPlaylist, text: &str, context: &CommandContext) -> std::io::Result<()> {
    if context.config.json {
        return print_json(&json!({"set": changed.set, "playlist": as_json(&changed.playlist)}));
    }
    if context.config.silent { Ok(()) } else { print(&one_line(text)) }
}

fn show(listings: &[SetListing], context: &CommandContext) -> std::io::Result<()> {
    if context.config.json {
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
