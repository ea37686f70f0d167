//! Restores an earlier run: its playlists are written again, and the next run starts from it.

use std::{collections::HashMap, path::Path};

use super::request::{ClusterRunError, Filters, Targets};
use super::summary::{ClusterSummary, compare};
use super::{classes::learned, learn_from::of_settings};
use super::{combination::Combination, finish::CompletedRun, input::points, pins::Pins, selection::select};
use crate::app::history::sets::{CurrentSet, SetSelector, open_to_change};
use crate::app::history::{playlists::pinned_songs, runs::Runs, songs::songs_on_disk};
use crate::app::progress::{Progress, Quiet, StageTimer};
use crate::store::SongPlaces;
use crate::store::{Choices, RunRecord, View};
use crate::{playlist::Song, playlist::order::Order, space::Points, track::ContentId};

/// What one call of `runs restore` asks for.
#[derive(Clone, Debug)]
pub(crate) struct RestoreRequest<'a> {
    pub set: SetSelector<'a>,
    /// As [`Runs::find`] takes it.
    pub run: &'a str,
    /// The order of the songs in each playlist.
    pub order: &'static Order,
    pub seed: u64,
    pub targets: Targets,
}

/// Makes a run the latest of its set again, with those of its songs that are on the disk; the others return
/// when they do. Its playlists have their ids and names; songs that were added to the library since are in
/// none of them until the next run.
/// Errors: nothing is written then.
pub(crate) fn restore(
    request: &RestoreRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut timer = StageTimer::default();
    let history = Runs::open(store, request.set)?;
    let run = history.find(request.run)?;
    let choices = history.choices(&run)?;
    let set = history.set.clone();
    let places = history.past_places()?;
    drop(history);
    let view = View::open(store)?;
    let spaces = Combination::of(&view, &run.space)?;
    let mut selection = select(&view, &spaces, &[], None, run.report, &Filters::default(), places)?;
    let points = match selection.tracks.is_empty() {
        true => Points::new::<&[f32]>(run.space.clone(), vec![])?,
        false => points(&mut selection, &spaces, run.report)?,
    };
    // Songs lie as far from their centres as they did then, as far as tags are as they were.
    let points = match of_settings(&run.settings) {
        Some(from) => learned(points, &selection, from, &Quiet).0,
        None => points,
    };
    let on_disk = songs_on_disk(
        &view,
        run.playlists.iter().flat_map(|list| &list.absent).copied(),
        &SongPlaces::default(),
    )?;
    drop(view);
    let pins = Pins::all(&run, &repinned(choices, &run, &on_disk));
    let (order, seed) = (request.order, request.seed);
    let mut clusters = pins.insert_pinned(vec![], &points, &selection, store, order, seed)?;
    let absent = pins.absent(&clusters);

    let database = open_to_change(store)?;
    let current = CurrentSet::load(&database, &set)?;
    let is_of_lineage = |last: &&RunRecord| last.lineage == run.lineage;
    let last = current.last.as_ref().filter(is_of_lineage);
    compare(&mut clusters, last);
    let next_id = match last {
        Some(_) => current.record.next_id,
        None => database.next_id(&set, run.lineage)?,
    };
    let record = RunRecord { is_restored: true, ..run.clone() };
    let (set_name, lineage) = (set.clone(), Some(run.lineage));
    let completed = CompletedRun { set: set_name, record, lineage, clusters, absent, next_id };
    let summary = completed.publish_and_keep(&current, &request.targets, &database, progress)?;
    let choices = repinned(database.choices(&set, run.lineage)?, &run, &on_disk);
    database.choose(&set, run.lineage, &choices)?;
    timer.stage("restore");
    Ok(ClusterSummary { coverage: selection.coverage, seconds: timer.stages, ..summary })
}

/// The choices with pinned playlists as they were in `run`. A song that was absent then stays in one that
/// held it, or comes back to it; one that a filter kept out does not.
fn repinned(mut choices: Choices, run: &RunRecord, on_disk: &HashMap<ContentId, Song>) -> Choices {
    for list in &run.playlists {
        let choice = choices.get_mut(&list.id);
        let Some(pinned) = choice.and_then(|choice| choice.pinned.as_mut()) else { continue };
        *pinned = pinned_songs(run, list, |song| pinned.contains(song) || !on_disk.contains_key(song));
    }
    choices
}
