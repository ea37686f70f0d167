//! `indexer runs show`: what is in one run.

use std::collections::HashMap;

use clap::Args;
use indexer::{ContentId, RunPlaylist, RunRecord, SongLocation, location};
use serde_json::{Value, json};

use crate::cli::ui::print::{counted, one_line, shown};
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
        runs.warn_of_damage(&context.bars());
        let songs = run.playlists.iter().flat_map(|list| &list.members).copied();
        let places = (self.songs || context.config.json).then(|| runs.places(songs)).transpose()?;
        context.answer(
            || as_json(&runs.set, &run, places.as_ref()),
            || as_text(&runs.set, &run, places.as_ref()),
        )
    }
}

/// Where songs are, or were.
type Places = HashMap<ContentId, SongLocation>;

/// The songs that are on the disk, in the order of their paths.
fn here<'a>(list: &'a RunPlaylist, places: Option<&'a Places>) -> Vec<&'a SongLocation> {
    let places = list.members.iter().filter_map(|song| places?.get(song));
    let mut here: Vec<_> = places.filter(|place| !place.is_missing).collect();
    here.sort_by(|a, b| a.song.path.cmp(&b.song.path));
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
            "songs": here.iter().map(|place| location(&place.song.path)).collect::<Vec<_>>(),
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

fn as_text(set: &str, run: &RunRecord, places: Option<&Places>) -> String {
    let mut lines = vec![
        format!("run       {}", run.id),
        format!("set       {}", one_line(set)),
        format!("made      {}", run.made.local()),
        format!("method    {}", run.space.name),
        format!("settings  {}", one_line(&run.settings)),
        format!("tracks    {}", tracks(run)),
        format!("inertia   {:.4}", run.inertia),
    ];
    let names: Vec<_> = run.playlists.iter().map(|list| one_line(&list.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (list, name) in run.playlists.iter().zip(names) {
        lines.push(format!("{:>4}  {name:width$}  {:>11}", list.id, counted(list.members.len(), "song")));
        if places.is_none() {
            continue;
        }
        let here = here(list, places);
        lines.extend(here.iter().map(|place| format!("      {}", shown(&place.song.path))));
        if let missing @ 1.. = list.members.len() - here.len() {
            lines.push(format!("      and {} missing now", counted(missing, "song")));
        }
    }
    lines.join("\n")
}
