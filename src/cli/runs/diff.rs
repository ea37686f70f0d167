//! `indexer runs diff`: what changed from one run to another.

use std::{collections::HashMap, path::Path};

use clap::Args;
use indexer::{ContentId, Difference, Fate, Moved, PlaylistChange, SongLocation, location};
use serde_json::{Value, json};

use crate::cli::ui::print::{counted, one_line};
use crate::cli::ui::screen::Screen;
use crate::cli::ui::songs::label;
use crate::cli::ui::table::{Column, TextTable};
use crate::cli::ui::text::Text;
use crate::cli::ui::{overview, summary};
use crate::{cli::args::SetFlag, cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Show what changed from run A to run B: for each playlist, the songs that came and left
#[derive(Args)]
pub(crate) struct DiffRuns {
    /// The earlier run: its id or the beginning of it, `latest` or `previous`
    #[arg(value_name = "A", default_value = "previous")]
    from: String,
    /// The later run
    #[arg(value_name = "B", default_value = "latest")]
    to: String,
    #[command(flatten)]
    set: SetFlag,
}

impl DiffRuns {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let runs = context.index().runs(self.set.name.as_deref())?;
        let (from, to) = (runs.find(&self.from)?, runs.find(&self.to)?);
        let (difference, places) = runs.difference(&from, &to)?;
        runs.warn_of_damage(&context.bars());
        context.answer(
            || as_json([&runs.set, &from.id, &to.id], &difference, &places),
            || as_table(&difference, &places).text(&Screen::stdout()),
        )
    }
}

/// Where a song is or was; none if the library has forgotten it.
fn path<'a>(moved: &Moved, places: &'a HashMap<ContentId, SongLocation>) -> Option<&'a Path> {
    places.get(&moved.song).map(|place| place.song.path())
}

fn as_json(
    [set, from, to]: [&str; 3],
    difference: &Difference,
    places: &HashMap<ContentId, SongLocation>,
) -> Value {
    let counts = difference.counts();
    let playlists = difference.playlists.iter().map(|list| {
        json!({
            "id": list.id,
            "name": list.name,
            "was": list.was,
            "state": match list.fate { Fate::Stays => "kept", Fate::New => "new", Fate::Gone => "gone" },
            "added": list.churn.added,
            "removed": list.churn.removed,
            "kept": list.churn.kept,
        })
    });
    let songs = difference
        .songs
        .iter()
        .map(|moved| json!({"path": path(moved, places).map(location), "from": moved.from, "to": moved.to}));
    let gone = difference.playlists.iter().filter(|list| list.fate == Fate::Gone);
    let gone = gone.map(|list| {
        summary::gone_as_json(list.id, &list.name, list.churn.removed, &difference.went_to(list))
    });
    json!({
        "set": set,
        "from": from,
        "to": to,
        "moved": counts.moved,
        "added": counts.added,
        "removed": counts.removed,
        "playlists": playlists.collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "songs": songs.collect::<Vec<_>>(),
    })
}

/// A row on each playlist, and below it the songs that came, with where from, and those that left, with where to.
fn as_table(difference: &Difference, places: &HashMap<ContentId, SongLocation>) -> TextTable {
    let mut table = TextTable::new(&[Column::Name]);
    for list in &difference.playlists {
        table.row([Text::bold(one_line(&list.name)), change(difference, list)]);
        let (came, left) = difference.songs_of(list);
        let song = |moved: &Moved| match places.get(&moved.song) {
            Some(place) => label(&place.song),
            None => "a song that is forgotten".to_owned(),
        };
        for moved in came {
            let from = moved.from.as_ref().map(|from| format!("from {}", one_line(from)));
            let from = from.unwrap_or_else(|| "was in none".to_owned());
            table.row([Text::from("  ").and(Text::green("+")).and(format!(" {}", song(moved))), from.into()]);
        }
        for moved in left {
            let to = moved.to.as_ref().map(|to| format!("to {}", one_line(to)));
            let to = to.unwrap_or_else(|| "is in none now".to_owned());
            table.row([Text::from("  ").and(Text::red("−")).and(format!(" {}", song(moved))), to.into()]);
        }
    }
    let counts = difference.counts();
    let moved = counted(counts.moved, "song");
    table.line(format!("{moved} moved, {} came, {} left", counts.added, counts.removed));
    table
}

fn change(difference: &Difference, list: &PlaylistChange) -> Text {
    let churn = list.churn;
    let text = match list.fate {
        Fate::New => Text::green("new").and(format!(", {}", counted(churn.added, "song"))),
        Fate::Gone => {
            let places = overview::places(churn.removed, &difference.went_to(list));
            Text::red("gone").and(format!(": {places}"))
        }
        Fate::Stays if churn.added + churn.removed == 0 => Text::dim("unchanged"),
        Fate::Stays => overview::difference(churn.added, churn.removed).and(format!(", {} kept", churn.kept)),
    };
    match &list.was {
        Some(was) => text.and(format!("  was \"{}\"", one_line(was))),
        None => text,
    }
}
