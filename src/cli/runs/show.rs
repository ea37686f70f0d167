//! `indexer runs show`: what is in one run.

use std::collections::HashMap;

use clap::Args;
use indexer::{ContentId, RunPlaylist, RunRecord, SongLocation, location};
use serde_json::{Value, json};

use crate::cli::ui::overview::songs;
use crate::cli::ui::print::{counted, one_line};
use crate::cli::ui::screen::Screen;
use crate::cli::ui::songs::{label, length};
use crate::cli::ui::table::{Column, TextTable};
use crate::cli::ui::text::Text;
use crate::{cli::args::SetFlag, cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Show one run: its settings and its playlists
#[derive(Args)]
pub(crate) struct ShowRun {
    /// The run: its id or the beginning of it, `latest` or `previous`
    #[arg(default_value = "latest")]
    run: String,
    /// Also list the songs of each playlist
    #[arg(long)]
    songs: bool,
    #[command(flatten)]
    set: SetFlag,
}

impl ShowRun {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let runs = context.index().runs(self.set.name.as_deref())?;
        let run = runs.find(&self.run)?;
        let songs = run.playlists.iter().flat_map(|list| &list.members).copied();
        let places = (self.songs || context.config.json).then(|| runs.places(songs)).transpose()?;
        runs.warn_of_damage(&context.bars());
        context.answer(
            || as_json(&runs.set, &run, places.as_ref()),
            || as_table(&runs.set, &run, places.as_ref()).text(&Screen::stdout()),
        )
    }
}

/// Where songs are, or were.
type Places = HashMap<ContentId, SongLocation>;

/// The songs that are on the disk, in the order of their paths.
fn here<'a>(list: &'a RunPlaylist, places: Option<&'a Places>) -> Vec<&'a SongLocation> {
    let places = list.members.iter().filter_map(|song| places?.get(song));
    let mut here: Vec<_> = places.filter(|place| !place.is_missing).collect();
    here.sort_by(|a, b| a.song.path().cmp(b.song.path()));
    here
}

fn tracks(run: &RunRecord) -> usize {
    run.playlists.iter().map(|list| list.members.len()).sum()
}

fn as_json(set: &str, run: &RunRecord, places: Option<&Places>) -> Value {
    let playlists = run.playlists.iter().map(|list| {
        let here = here(list, places);
        json!({
            "id": list.id,
            "name": list.name,
            "size": list.members.len(),
            "missing": list.members.len() - here.len(),
            "songs": here.iter().map(|place| location(place.song.path())).collect::<Vec<_>>(),
        })
    });
    json!({
        "set": set,
        "run": run.id,
        "made": run.made.to_string(),
        "method": run.space.name,
        "algorithm": run.algorithm,
        "n": run.playlists.len(),
        "tracks": tracks(run),
        "inertia": run.inertia,
        "settings": run.settings,
        "playlists": playlists.collect::<Vec<_>>(),
    })
}

fn as_table(set: &str, run: &RunRecord, places: Option<&Places>) -> TextTable {
    let mut table = TextTable::new(&[Column::Right, Column::Name]);
    let heading = [
        ("run", run.id.clone()),
        ("set", one_line(set)),
        ("made", run.made.local()),
        ("method", run.space.name.clone()),
        ("settings", one_line(&run.settings)),
        ("tracks", tracks(run).to_string()),
        ("inertia", format!("{:.4}", run.inertia)),
    ];
    heading.into_iter().for_each(|(word, text)| table.line(format!("{word:8}  {text}")));
    for list in &run.playlists {
        let (id, name) = (format!("{:>4}", list.id), Text::bold(one_line(&list.name)));
        if places.is_none() {
            table.row([id.into(), name, songs(list.members.len()).into()]);
            continue;
        }
        table.line(Text::from(id + "  ").and(name).and(format!("  {}", songs(list.members.len()))));
        let here = here(list, places);
        for SongLocation { song, .. } in &here {
            table.row(["    ".into(), label(song).into(), length(song.seconds).into()]);
        }
        if let missing @ 1.. = list.members.len() - here.len() {
            table.row(["    ".into(), format!("and {} missing now", counted(missing, "song")).into()]);
        }
    }
    table
}
