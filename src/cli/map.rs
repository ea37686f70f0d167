//! `indexer map`: the library as a page to look at and to listen to.

use std::path::PathBuf;

use clap::Args;
use indexer::{MapStart, MapSummary, location};
use serde_json::{Value, json};

use super::args::{ANSWER_FILE, SetFlag, overrule};
use super::ui::print::{counted, home, one_line};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// Draw the library as a map on a page of its own: songs that sound alike lie together
///
/// Every song is a dot in the colour of its playlist. The page needs no network: it zooms, searches, plays the song that is
/// clicked where the browser may, and lists those that sound most like it. The next map starts from this one, so songs stay
/// about where they were. Nothing is decoded.
#[derive(Args)]
pub(super) struct MapCommand {
    /// Write the page to FILE, in a folder that is there
    #[arg(id = ANSWER_FILE, long = "output", short = 'o', value_name = "FILE", required_unless_present = "png")]
    output: Option<PathBuf>,
    /// Write the dots as a picture, without names
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Replace a file that this program did not write
    #[arg(long)]
    force: bool,
    /// What songs are compared by: `mfcc`, a model, or several side by side, as in `mfcc:0.5+musicnn`; `best`: the best that
    /// nearly all songs have [default: best]
    #[arg(long, short, value_name = "METHOD")]
    method: Option<String>,
    // `cli::help` says what there is.
    #[arg(long, value_name = "NAME", default_value = "umap")]
    layout: String,
    #[command(flatten)]
    set: SetFlag,
    /// Lay all songs out anew instead of starting from the last map
    #[arg(long)]
    fresh: bool,
    /// Same seed, same songs: same map [default: 42]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

impl MapCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        overrule(&mut config.cluster.seed, self.seed);
        overrule(&mut config.cluster.method, self.method);
        let index = indexer::Index::open(&config);
        let mut request = index.map_request(&self.layout)?;
        (request.set, request.fresh, request.force) = (self.set.name, self.fresh, self.force);
        (request.page, request.picture) = (self.output, self.png);
        let summary = index.map(&request, &context.bars())?;
        context.report(|| as_json(&summary), || as_text(&summary))
    }
}

fn as_json(map: &MapSummary) -> Value {
    let (start, known) = match map.start {
        MapStart::Anew => ("anew", 0),
        MapStart::From(known) => ("last", known),
        MapStart::Unchanged => ("unchanged", map.songs),
    };
    json!({
        "page": map.page.as_deref().map(location),
        "png": map.picture.as_deref().map(location),
        "songs": map.songs,
        "listed": map.listed,
        "playlists": map.playlists,
        "set": map.set,
        "run": map.run,
        "method": map.method,
        "layout": map.layout,
        "start": start,
        "known": known,
        "nearest": if map.has_true_nearest { "sound" } else { "map" },
        "seconds": map.seconds.iter().map(|(step, seconds)| ((*step).to_owned(), json!(seconds))).collect::<serde_json::Map<_, _>>(),
    })
}

fn as_text(map: &MapSummary) -> String {
    let mut text = format!("{} by {}", counted(map.songs, "song"), one_line(&map.method));
    match &map.set {
        Some(set) => {
            let set = one_line(set);
            text += &format!(
                ", {} of them in {} of the set {set}",
                map.listed,
                counted(map.playlists, "playlist")
            );
        }
        None => text += ", without playlists",
    }
    text += &match map.start {
        MapStart::Anew => String::new(),
        MapStart::From(known) => format!("; {known} start from the last map"),
        MapStart::Unchanged => "; the last map is as it was".to_owned(),
    };
    for file in map.page.iter().chain(&map.picture) {
        text += &format!("\n{}", home(file));
    }
    text
}
