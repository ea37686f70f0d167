//! `indexer playlists show`: the songs of one playlist.

use clap::Args;
use indexer::{PlaylistContents, SongLocation, location};
use serde_json::{Value, json};

use super::one::{PlaylistArg, as_json};
use crate::cli::ui::overview::songs;
use crate::cli::ui::print::{counted, one_line, shown};
use crate::cli::ui::screen::Screen;
use crate::cli::ui::songs::{label, length};
use crate::cli::ui::table::{Column, TextTable};
use crate::cli::ui::text::Text;
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Show the songs of a playlist, in the order of its files
#[derive(Args)]
pub(crate) struct ShowPlaylist {
    #[command(flatten)]
    one: PlaylistArg,
    /// Show the songs' paths, one a line, and nothing else
    #[arg(long)]
    paths: bool,
}

impl ShowPlaylist {
    pub(super) fn run(&self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let set = self.one.set.name.as_deref();
        let found = context.index().playlist(set, &self.one.playlist, &context.bars())?;
        context.answer(
            || contents_as_json(&found),
            || match self.paths {
                true => {
                    found.songs.iter().map(|place| shown(place.song.path())).collect::<Vec<_>>().join("\n")
                }
                false => as_table(&found).text(&Screen::stdout()),
            },
        )
    }
}

fn as_table(found: &PlaylistContents) -> TextTable {
    let mut table = TextTable::new(&[Column::Right, Column::Name, Column::Right]);
    table.line(Text::bold(one_line(&found.playlist.name)).and(format!("  {}", songs(found.playlist.size))));
    for (number, SongLocation { song, is_missing }) in found.songs.iter().enumerate() {
        let note = if *is_missing { Text::red("missing") } else { Text::default() };
        let number = format!("{:>4}", number + 1);
        table.row([number.into(), label(song).into(), length(song.seconds).into(), note]);
    }
    let forgotten = found.playlist.size - found.songs.len();
    if forgotten > 0 {
        table.line(format!("and {} that the library has forgotten", counted(forgotten, "song")));
    }
    table
}

fn contents_as_json(found: &PlaylistContents) -> Value {
    let song = |(number, SongLocation { song, is_missing }): (usize, &SongLocation)| {
        let tags = song.tags();
        let further = tags.further();
        // As it is written in tags, and not as the nearest number of 32 bits.
        let exact = |number: Option<f32>| number.map(|number| (f64::from(number) * 100.0).round() / 100.0);
        let said = |number: u16| Some(number).filter(|number| *number > 0);
        json!({
            "number": number + 1,
            "path": location(song.path()),
            "artist": tags.artist,
            "artists": tags.artists(),
            "title": tags.title,
            "album": tags.album,
            "album_artist": further.album_artist,
            "composers": further.composers,
            "genres": tags.genres,
            "date": further.date.map(|date| date.to_string()),
            "track": said(further.track.number),
            "track_total": said(further.track.total),
            "disc": said(further.disc.number),
            "disc_total": said(further.disc.total),
            "bpm": exact(further.bpm),
            "key": further.key,
            "track_gain": exact(further.track_gain),
            "album_gain": exact(further.album_gain),
            "seconds": song.seconds,
            "missing": is_missing,
        })
    };
    json!({
        "set": found.set,
        "run": found.run.id,
        "playlist": as_json(&found.playlist),
        "songs": found.songs.iter().enumerate().map(song).collect::<Vec<_>>(),
    })
}
