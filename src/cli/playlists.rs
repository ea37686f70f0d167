//! `indexer playlists`: lists, shows, exports, renames and pins playlists.

mod export;
mod one;
mod sets;
mod show;

use std::path::PathBuf;

use clap::Subcommand;
use indexer::{ChangedPlaylist, PlaylistEdit, SetListing};
use serde_json::{Value, json};

use self::one::{PlaylistArg, as_json};
use super::ui::overview::songs;
use super::ui::print::{counted, home, one_line};
use super::ui::screen::Screen;
use super::ui::table::{Column, TextTable};
use super::ui::text::Text;
use super::{context::CommandContext, ui::exit::ExitStatus};

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
    Forget(sets::ForgetSet),
    Show(show::ShowPlaylist),
    Export(export::ExportPlaylist),
    /// Give a playlist a name that stays, and its files with it
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

impl PlaylistsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match &self {
            Self::List { set } => {
                let listings = context.index().playlists(set.as_deref(), &context.bars())?;
                context.answer(
                    || json!({"sets": listings.iter().map(set_as_json).collect::<Vec<_>>()}),
                    || as_table(&listings).text(&Screen::stdout()),
                )
            }
            Self::Sets => sets::list(context),
            Self::Forget(forget) => forget.run(context),
            Self::Show(show) => show.run(context),
            Self::Export(export) => export.run(context),
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

fn described(changed: &ChangedPlaylist, edit: PlaylistEdit) -> String {
    let ChangedPlaylist { before, playlist, moved, .. } = changed;
    let now = &playlist.name;
    let pinned = || counted(playlist.pinned_songs, "song");
    match edit {
        PlaylistEdit::Rename(_) => {
            let files = match (moved, &playlist.files[..]) {
                (0, _) => String::new(),
                (1, [file]) => format!("; its file is {}", home(file)),
                (moved, _) => format!("; {} moved", counted(*moved, "file")),
            };
            format!("{before} is called {now} now{files}")
        }
        PlaylistEdit::Pin([]) => format!("{now} is pinned: no song comes or goes"),
        PlaylistEdit::Pin(_) => format!("pinned in {now} whatever the clustering says: {}", pinned()),
        PlaylistEdit::Unpin([]) => format!("{now}: all songs of it go with the clustering again"),
        PlaylistEdit::Unpin(_) => format!("{now}: what was named goes with the clustering again"),
    }
}

fn set_as_json(listing: &SetListing) -> Value {
    json!({
        "set": listing.set,
        "run": listing.run,
        "made": listing.made.to_string(),
        "playlists": listing.playlists.iter().map(as_json).collect::<Vec<_>>(),
    })
}

fn as_table(listings: &[SetListing]) -> TextTable {
    let mut table = TextTable::new(&[Column::Right, Column::Name, Column::Right, Column::Left]);
    for (number, SetListing { set, run, made, playlists, .. }) in listings.iter().enumerate() {
        if number > 0 {
            table.line("");
        }
        table.line(format!("{}, run {run} of {}", one_line(set), made.local()));
        for list in playlists {
            let pins = match (list.is_pinned, list.pinned_songs) {
                (true, _) => "pinned".to_owned(),
                (false, 0) => String::new(),
                (false, songs) => format!("{songs} pinned"),
            };
            let files = list.files.iter().map(|path| home(path)).collect::<Vec<_>>().join(", ");
            let (id, name) = (format!("{:>4}", list.id), Text::bold(one_line(&list.name)));
            table.row([id.into(), name, songs(list.size).into(), pins.into(), files.into()]);
        }
    }
    table
}
