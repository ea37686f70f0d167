//! Brings an earlier run back: its playlists are written again, and the next run starts from it.

use std::{collections::HashMap, path::Path};

use super::{
    finish::CompletedRun,
    input::points,
    naming::compare,
    pins::{Pins, all_of},
    publish::Targets,
    request::{ClusterRunError, Filters},
    selection::select,
    summary::ClusterSummary,
};
use crate::{
    app::{
        history::{
            runs::History,
            sets::{Current, Which, to_change},
            songs::at_hand,
        },
        progress::{Progress, StageTimer},
    },
    playlist::{Song, order::Order},
    space::Points,
    store::{Choices, RunRecord, View},
    track::ContentId,
};

/// What one call of `runs restore` is about.
#[derive(Clone, Debug)]
pub struct RestoreRequest<'a> {
    pub set: Which<'a>,
    /// As [`History::find`] takes it.
    pub run: &'a str,
    /// Of the songs in each playlist.
    pub order: &'static Order,
    pub seed: u64,
    pub targets: Targets,
}

/// Makes a run the latest of its set again, as far as its songs lie on the disk; the others return when they do. Its
/// playlists have their ids and names; what came into the library since is in none of them until the next run.
///
/// # Errors
/// No such run, files that cannot be written, a store that cannot be read or written. Nothing is written then.
pub fn restore(
    request: &RestoreRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterSummary, ClusterRunError> {
    let mut clock = StageTimer::default();
    let history = History::open(store, request.set)?;
    let run = history.find(request.run)?;
    let choices = history.choices(&run)?;
    let set = history.set.clone();
    drop(history);
    let view = View::open(store)?;
    let selection = select(&view, &run.space, &[], None, run.report, &Filters::default())?;
    let points = match selection.is_empty() {
        true => Points::new(run.space.clone(), selection.rows())?,
        false => points(&selection, &run.space, run.report)?,
    };
    let here = at_hand(&view, run.playlists.iter().flat_map(|list| &list.absent).copied())?;
    drop(view);
    let pins = Pins::all(&run, &repinned(choices, &run, &here));
    let mut named =
        pins.put_back(vec![], &points, &pins.elsewhere(&points, store)?, &selection, |songs, rows| {
            request.order.arrange(songs, rows, points.values(), request.seed)
        });
    let absent = pins.absent(&named);

    let database = to_change(store)?;
    let current = Current::of(&database, &set)?;
    let is_of_lineage = |last: &&RunRecord| last.lineage == run.lineage;
    let last = current.last.as_ref().filter(is_of_lineage);
    compare(&mut named, last);
    let next_id = match last {
        Some(_) => current.record.next_id,
        None => database.next_id(&set, run.lineage)?,
    };
    let made = CompletedRun {
        tracks: run.tracks,
        set: set.clone(),
        lineage: Some(run.lineage),
        space: run.space.clone(),
        algorithm: run.algorithm.clone(),
        report: run.report,
        settings: run.settings.clone(),
        inertia: run.inertia,
        named,
        absent,
        next_id,
    };
    let (id, playlists) = made.finish(&current, &request.targets, &database, progress)?;
    let choices = repinned(database.choices(&set, run.lineage)?, &run, &here);
    database.choose(&set, run.lineage, &choices)?;
    clock.stage("restore");
    Ok(ClusterSummary {
        set,
        run: id,
        method: run.space.name,
        algorithm: run.algorithm,
        n: playlists.len(),
        n_curve: vec![],
        tracks: playlists.iter().map(|list| list.size).sum(),
        filtered: 0,
        coverage: selection.coverage,
        noise: 0,
        inertia: run.inertia,
        silhouette: None,
        seconds: clock.stages,
        playlists,
        why: None,
        beyond: None,
    })
}

/// Pinned playlists are from now on as they were then. A song that was absent then is still in one that held it, or comes
/// back to it; one that a filter kept out is not.
fn repinned(mut choices: Choices, run: &RunRecord, here: &HashMap<ContentId, Song>) -> Choices {
    for list in &run.playlists {
        let Some(pinned) = choices.get_mut(&list.id).and_then(|choice| choice.pinned.as_mut()) else {
            continue;
        };
        *pinned = all_of(run, list, |song| pinned.contains(song) || !here.contains_key(song));
    }
    choices
}
