//! `indexer runs diff`: what changed from one run to another.

use std::{collections::HashMap, path::Path};

use clap::Args;
use indexer::{
    app::{Difference, Fate, History, Moved, PlaylistChange, SongLocation, song_locations},
    playlist::format::location,
    track::ContentId,
};
use serde_json::{Value, json};

use crate::cli::{
    args::set::{SetFlag, usual},
    session::CommandContext,
    ui::outcome::{Outcome, counted, one_line, print, print_json, shown},
};

/// Say what changed from run A to run B: playlists, and every song that moved
#[derive(Args)]
pub struct DiffRuns {
    /// The earlier run: its id or how that begins, `latest` or `previous`
    #[arg(value_name = "A", default_value = "previous")]
    from: String,
    /// The later run
    #[arg(value_name = "B", default_value = "latest")]
    to: String,
    #[command(flatten)]
    set: SetFlag,
}

type Places = HashMap<ContentId, SongLocation>;

impl DiffRuns {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let store = session.config.store_folder();
        let usual = usual(&session.config.cluster);
        let history = History::open(&store, self.set.which(&usual))?;
        let (from, to) = (history.find(&self.from)?, history.find(&self.to)?);
        history.report_damage(&session.bars());
        let mut difference = Difference::between(&from, &to);
        let places = song_locations(&store, difference.songs.iter().map(|moved| moved.song))?;
        difference.songs.sort_by_key(|moved| path(moved, &places));
        if session.config.json {
            print_json(&as_json([&history.set, &from.id, &to.id], &difference, &places))?;
        } else {
            print(&as_text(&difference, &places))?;
        }
        Ok(Outcome::Done)
    }
}

/// Where a song is or was; none if the library has forgotten it.
fn path<'a>(moved: &Moved, places: &'a Places) -> Option<&'a Path> {
    places.get(&moved.song).map(|place| place.song.path.as_path())
}

fn as_json([set, from, to]: [&str; 3], difference: &Difference, places: &Places) -> Value {
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

fn as_text(difference: &Difference, places: &Places) -> String {
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
