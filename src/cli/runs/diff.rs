//! `indexer runs diff`: what changed from one run to another.

use std::{collections::HashMap, path::Path};

use clap::Args;
use indexer::{ContentId, Difference, Fate, Moved, PlaylistChange, SongLocation, location};
use serde_json::{Value, json};

use crate::cli::ui::print::{counted, one_line, shown};
use crate::{cli::args::SetFlag, cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Show what changed from run A to run B: playlists, and every song that moved
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
        runs.warn_of_damage(&context.bars());
        let (difference, places) = runs.difference(&from, &to)?;
        context.answer(
            || as_json([&runs.set, &from.id, &to.id], &difference, &places),
            || as_text(&difference, &places),
        )
    }
}

/// Where a song is or was; none if the library has forgotten it.
fn path<'a>(moved: &Moved, places: &'a HashMap<ContentId, SongLocation>) -> Option<&'a Path> {
    places.get(&moved.song).map(|place| place.song.path.as_path())
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
    json!({
        "set": set,
        "from": from,
        "to": to,
        "moved": counts.moved,
        "added": counts.added,
        "removed": counts.removed,
        "playlists": playlists.collect::<Vec<_>>(),
        "songs": songs.collect::<Vec<_>>(),
    })
}

fn as_text(difference: &Difference, places: &HashMap<ContentId, SongLocation>) -> String {
    let names: Vec<_> = difference.playlists.iter().map(|list| one_line(&list.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let lists = difference.playlists.iter().zip(&names);
    let mut lines: Vec<_> = lists.map(|(list, name)| format!("{name:width$}  {}", change(list))).collect();
    lines.extend(difference.songs.iter().map(|moved| {
        let path = path(moved, places).map_or("a song that is forgotten".to_owned(), shown);
        let step = match (&moved.from, &moved.to) {
            (Some(from), Some(to)) => format!("{from} → {to}"),
            (None, to) => format!("→ {}", to.as_deref().unwrap_or_default()),
            (Some(from), None) => format!("{from} →"),
        };
        format!("{path}: {}", one_line(&step))
    }));
    let counts = difference.counts();
    lines.push(format!(
        "{} moved, {} came, {} left",
        counted(counts.moved, "song"),
        counts.added,
        counts.removed
    ));
    lines.join("\n")
}

fn change(list: &PlaylistChange) -> String {
    let churn = list.churn;
    match list.fate {
        Fate::New => format!("new, {}", counted(churn.added, "song")),
        Fate::Gone => format!("gone, {}", counted(churn.removed, "song")),
        Fate::Stays if churn.added + churn.removed == 0 => "unchanged".to_owned(),
        Fate::Stays => format!("+{} −{}, {} kept", churn.added, churn.removed, churn.kept),
    }
}
