//! The runs of a set: which are kept, what is in each, and what changed between two.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use super::diff::{Difference, MoveCounts};
use super::error::HistoryError;
use super::sets::{SetSelector, apply_chosen_names, find_set, open_to_read, report_damage};
use super::songs::{SongLocation, locate};
use crate::store::{Choices, Playlists, RunRecord, View};
use crate::{app::progress::Progress, time::Moment, track::ContentId};

/// One run among those of its set.
#[derive(Debug)]
pub struct RunLine {
    pub id: String,
    pub made: Moment,
    pub algorithm: String,
    /// How many playlists.
    pub n: usize,
    pub tracks: usize,
    pub inertia: f64,
    /// What changed since the run before it; none for the oldest that is kept.
    pub counts: Option<MoveCounts>,
}

/// The runs of one set.
pub(crate) struct History {
    pub set: String,
    database: Playlists,
}

impl History {
    /// Opens the history of a set for reading.
    /// Errors: no such set, nothing was ever clustered; here and below, a store that cannot be read.
    pub(crate) fn open(store: &Path, selector: SetSelector) -> Result<Self, HistoryError> {
        let database = open_to_read(store)?;
        Ok(Self { set: find_set(&database, selector)?, database })
    }

    /// Warns if rows of the playlists were damaged.
    pub(crate) fn report_damage(&self, progress: &dyn Progress) {
        report_damage(&self.database, progress);
    }

    /// Every run that is kept, the latest first.
    /// Errors: no run can be read.
    pub(crate) fn lines(&self) -> Result<Vec<RunLine>, HistoryError> {
        let (mut lines, mut newer): (Vec<RunLine>, Option<RunRecord>) = (Vec::new(), None);
        self.database.runs(&self.set, |run| {
            if let (Some(line), Some(newer)) = (lines.last_mut(), &newer) {
                line.counts = Some(Difference::between(&run, newer).counts());
            }
            lines.push(RunLine {
                id: run.id.clone(),
                made: run.made,
                algorithm: run.algorithm.clone(),
                n: run.playlists.len(),
                tracks: run.playlists.iter().map(|list| list.members.len()).sum(),
                inertia: run.inertia,
                counts: None,
            });
            newer = Some(run);
        })?;
        if lines.is_empty() { Err(HistoryError::NoRun(self.set.clone())) } else { Ok(lines) }
    }

    /// The run that is meant: `latest`, `previous`, its id, or the first digits of that. Its playlists have
    /// the names that hold now.
    /// Errors: there is no such run, or there are several.
    pub(crate) fn find(&self, name: &str) -> Result<RunRecord, HistoryError> {
        let name = name.trim().to_lowercase();
        let wanted_number = ["latest", "previous"].iter().position(|word| *word == name);
        let (mut found, mut ids, mut number) = (None, BTreeSet::new(), 0);
        self.database.runs(&self.set, |run| {
            let has_id = !name.is_empty() && run.id.starts_with(&name);
            let is_wanted = wanted_number.map_or(has_id, |wanted| wanted == number);
            number += 1;
            if is_wanted {
                ids.insert(run.id.clone());
                found.get_or_insert(run);
            }
        })?;
        let (set, run) = (self.set.clone(), name);
        let mut found = match (found, ids.len()) {
            (Some(found), 1) => found,
            (None, _) if number == 0 => return Err(HistoryError::NoRun(set)),
            (None, _) => return Err(HistoryError::UnknownRun { set, run }),
            (_, count) => return Err(HistoryError::Ambiguous { set, run, count }),
        };
        let choices = self.choices(&found)?;
        apply_chosen_names(&mut found, &choices);
        Ok(found)
    }

    /// What the user chose for the playlists of a run, before or after it.
    pub(crate) fn choices(&self, run: &RunRecord) -> Result<Choices, HistoryError> {
        Ok(self.database.choices(&self.set, run.lineage)?)
    }
}

/// Where songs are now, according to the library in `store`.
pub(crate) fn song_locations(
    store: &Path,
    songs: impl IntoIterator<Item = ContentId>,
) -> Result<HashMap<ContentId, SongLocation>, HistoryError> {
    Ok(locate(&View::open(store)?, songs)?)
}
