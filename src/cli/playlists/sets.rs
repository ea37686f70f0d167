//! `indexer playlists sets` and `forget`: the families of playlists.

use std::{collections::BTreeSet, path::Path, path::PathBuf};

use clap::Args;
use indexer::{ForgottenSet, SetListing, location};
use serde_json::{Value, json};

use crate::cli::ui::table::{Column, TextTable};
use crate::cli::ui::{
    exit::ExitStatus, print::counted, print::home, print::one_line, screen::Screen, text::Text,
};
use crate::cli::{context::CommandContext, ui::overview};

/// Forget a set with its history, and remove its files
///
/// Names and pins go, too. Files that somebody else has changed stay.
#[derive(Args)]
pub(crate) struct ForgetSet {
    /// The name of the set
    // The flag --set may come from the environment, which names no set to forget.
    #[arg(id = "forgotten", value_name = "SET")]
    set: String,
}

impl ForgetSet {
    pub(super) fn run(&self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let forgotten = context.index().forget_set(&self.set)?;
        context.report(|| forgotten_as_json(&forgotten), || forgotten_as_text(&forgotten))
    }
}

pub(super) fn list(context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let listings = context.index().playlists(None, &context.bars())?;
    context.answer(
        || json!({"sets": listings.iter().map(as_json).collect::<Vec<_>>()}),
        || as_table(&listings).text(&Screen::stdout()),
    )
}

/// The folders that hold the files of a set.
fn folders(listing: &SetListing) -> BTreeSet<&Path> {
    listing.playlists.iter().flat_map(|list| &list.files).filter_map(|file| file.parent()).collect()
}

fn songs(listing: &SetListing) -> usize {
    listing.playlists.iter().map(|list| list.size).sum()
}

fn as_table(listings: &[SetListing]) -> TextTable {
    let mut table = TextTable::new(&[Column::Name, Column::Right, Column::Right, Column::Left, Column::Left]);
    for listing in listings {
        let folders: Vec<_> = folders(listing).into_iter().map(home).collect();
        let place = if folders.is_empty() { "no files".to_owned() } else { folders.join(", ") };
        let lists = counted(listing.playlists.len(), "playlist");
        let made = format!("by {}, {}", listing.method, listing.made.local());
        let songs = overview::songs(songs(listing));
        table.row([
            Text::bold(one_line(&listing.set)),
            lists.into(),
            songs.into(),
            made.into(),
            place.into(),
        ]);
    }
    table
}

fn as_json(listing: &SetListing) -> Value {
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
