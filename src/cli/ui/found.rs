//! Songs that were asked for, as a table, an object or a playlist.

use indexer::{Export, Exported, FoundSongs, Song, location};
use serde_json::{Value, json};

use super::print::{counted, home, one_line, print_bytes};
use super::screen::Screen;
use super::songs::{label, length};
use super::table::{Column, TextTable};
use super::text::Text;
use crate::cli::{context::CommandContext, ui::exit::ExitStatus};

/// Prints what was found, or says into which file it was written.
pub(crate) fn show(
    found: &FoundSongs,
    export: Option<&Export>,
    context: &CommandContext,
) -> anyhow::Result<ExitStatus> {
    match (&found.exported, export.map(|export| &export.file)) {
        (Some(exported), Some(None)) => {
            print_bytes(&exported.bytes)?;
            Ok(ExitStatus::Done)
        }
        (Some(Exported { songs, .. }), Some(Some(file))) => {
            let file = home(file);
            context.report(
                || as_json(found, export),
                || format!("{}: {} in {file}", one_line(&found.name), counted(*songs, "song")),
            )
        }
        _ => context.answer(|| as_json(found, export), || as_table(found).text(&Screen::stdout())),
    }
}

fn as_table(found: &FoundSongs) -> TextTable {
    let mut table = TextTable::new(&[Column::Right, Column::Name, Column::Right]).keeping(8);
    table.line(Text::bold(one_line(&found.name)).and(format!("  {}", found.method)));
    for (number, song) in found.songs.iter().enumerate() {
        let (number, distance) = (format!("{:>4}", number + 1), format!("{:.2}", song.distance));
        table.row([number.into(), label(song).into(), length(song.seconds).into(), distance.into()]);
    }
    table
}

fn as_json(found: &FoundSongs, export: Option<&Export>) -> Value {
    let songs = found.songs.iter().map(|song| {
        let mut object = as_object(song);
        // As it was computed, and not with the digits of 64 bits.
        object["distance"] = json!((f64::from(song.distance) * 1e4).round() / 1e4);
        object
    });
    let named = |songs: &[Song]| songs.iter().map(as_object).collect::<Vec<_>>();
    json!({
        "name": found.name,
        "method": found.method,
        "seeds": named(&found.seeds),
        "unwanted": named(&found.unwanted),
        "songs": songs.collect::<Vec<_>>(),
        "file": export.and_then(|export| export.file.as_deref()).map(location),
        "format": found.exported.as_ref().map(|exported| exported.format),
    })
}

fn as_object(song: &Song) -> Value {
    json!({
        "path": location(song.path()),
        "artist": song.artist(),
        "title": song.title(),
        "album": song.album(),
        "seconds": song.seconds,
    })
}
