//! `indexer playlists`: lists, renames and pins playlists.

use std::{collections::BTreeSet, path::Path, path::PathBuf};

use clap::{Args, Subcommand};
use indexer::{ChangedPlaylist, ForgottenSet, ListedPlaylist, PlaylistEdit, SetListing, location};
use serde_json::{Value, json};

use super::ui::print::{counted, one_line, shown};
use super::{args::SetFlag, context::CommandContext, ui::exit::ExitStatus};

#[derive(Subcommand)]
pub(super) enum PlaylistsCommand {
    /// List the playlists of all sets, or of one: id, name, size, pins, files
    List {
        /// Only the playlists of this set
        #[arg(long, value_name = "NAME")]
        set: Option<String>,
    },
    /// List the sets: how many playlists and songs, by which method, and where their files are
    Sets,
    /// Forget a set with its history, names and pins, and remove its files that nobody else has changed
    Forget {
        /// The name of the set
        #[arg(id = "forgotten", value_name = "SET")]
        set: String,
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
        /// Only these songs of it, by their paths
        #[arg(value_name = "SONG")]
        songs: Vec<PathBuf>,
    },
    /// Leave a playlist, or songs in it, to the clustering again
    Unpin {
        #[command(flatten)]
        one: PlaylistArg,
        /// Only these songs of it, by their paths
        #[arg(value_name = "SONG")]
        songs: Vec<PathBuf>,
    },
}

/// The playlist that is meant.
#[derive(Args)]
pub(super) struct PlaylistArg {
    /// The playlist: its id, or its name in upper or lower case
    playlist: String,
    #[command(flatten)]
    set: SetFlag,
}

impl PlaylistsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match &self {
            Self::List { set } => {
                let listings = context.index().playlists(set.as_deref(), &context.bars())?;
                context.answer(
                    || json!({"sets": listings.iter().map(set_as_json).collect::<Vec<_>>()}),
                    || listings.iter().map(as_text).collect::<Vec<_>>().join("\n\n"),
                )
            }
            Self::Sets => {
                let listings = context.index().playlists(None, &context.bars())?;
                context.answer(
                    || json!({"sets": listings.iter().map(summary_as_json).collect::<Vec<_>>()}),
                    || listings.iter().map(summary).collect::<Vec<_>>().join("\n"),
                )
            }
            Self::Forget { set } => {
                let forgotten = context.index().forget_set(set)?;
                context.report(|| forgotten_as_json(&forgotten), || forgotten_as_text(&forgotten))
            }
            Self::Rename { one, name } => edit(one, PlaylistEdit::Rename(name), context),
            Self::Pin { one, songs } => edit(one, PlaylistEdit::Pin(songs), context),
            Self::Unpin { one, songs } => edit(one, PlaylistEdit::Unpin(songs), context),
        }
    }
}

fn edit(one: &PlaylistArg, edit: PlaylistEdit, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let set = one.set.name.as_deref();
    let changed = context.index().edit_playlist(set, &one.playlist, edit, &context.bars())?;
    context.report(
        || json!({"set": changed.set, "playlist": as_json(&changed.playlist)}),
        || one_line(&described(&changed, edit)),
    )
}

fn described(ChangedPlaylist { before, playlist, .. }: &ChangedPlaylist, edit: PlaylistEdit) -> String {
    let now = &playlist.name;
    let pinned = || counted(playlist.pinned_songs, "song");
    match edit {
        PlaylistEdit::Rename(_) => {
            format!("{before} is called {now} now; the next `indexer cluster` moves its files")
        }
        PlaylistEdit::Pin([]) => format!("{now} is pinned: no song comes or goes"),
        PlaylistEdit::Pin(_) => format!("pinned in {now} whatever the clustering says: {}", pinned()),
        PlaylistEdit::Unpin([]) => format!("{now}: all songs of it go with the clustering again"),
        PlaylistEdit::Unpin(_) => format!("{now}: what was named goes with the clustering again"),
    }
}

/// The folders that hold the files of a set.
fn folders(listing: &SetListing) -> BTreeSet<&Path> {
    listing.playlists.iter().flat_map(|list| &list.files).filter_map(|file| file.parent()).collect()
}

fn songs(listing: &SetListing) -> usize {
    listing.playlists.iter().map(|list| list.size).sum()
}

fn summary(listing: &SetListing) -> String {
    let lists = counted(listing.playlists.len(), "playlist");
    let (songs, made) = (counted(songs(listing), "song"), listing.made.local());
    let folders: Vec<_> = folders(listing).into_iter().map(shown).collect();
    let place = if folders.is_empty() { "no files".to_owned() } else { folders.join(", ") };
    format!("{}  {lists} of {songs} by {}, {made}, {place}", one_line(&listing.set), listing.method)
}

fn summary_as_json(listing: &SetListing) -> Value {
    json!({
        "set": listing.set,
        "method": listing.method,
        "made": listing.made.to_string(),
        "playlists": listing.playlists.len(),
        "songs": songs(listing),
        "folders": folders(listing).into_iter().map(location).collect::<Vec<_>>(),
    })
}

fn forgotten_as_text(forgotten: &ForgottenSet) -> String {
    let ForgottenSet { set, removed, left } = forgotten;
    let left = match left.len() {
        0 => String::new(),
        count => format!(", {} left that somebody else has changed", counted(count, "file")),
    };
    format!("{} is forgotten: {} removed{left}", one_line(set), counted(removed.len(), "file"))
}

fn forgotten_as_json(forgotten: &ForgottenSet) -> Value {
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| location(path)).collect::<Vec<_>>();
    json!({"set": forgotten.set, "removed": paths(&forgotten.removed), "left": paths(&forgotten.left)})
}

fn set_as_json(listing: &SetListing) -> Value {
    json!({
        "set": listing.set,
        "run": listing.run,
        "made": listing.made.to_string(),
        "playlists": listing.playlists.iter().map(as_json).collect::<Vec<_>>(),
    })
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
    let SetListing { set, run, made, playlists, .. } = listing;
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
