//! The runs of a set: which are kept, what is in each, and what changed between two.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use super::{
    sets::{HistoryError, Which, call_as_chosen, choose, tell_damage, to_read},
    songs::{Place, places},
};
use crate::{
    app::progress::Progress,
    store::{Choices, Playlists, RunRecord, View},
    time::Moment,
    track::ContentId,
};

pub use super::diff::{Counts, Difference, Fate, Moved, PlaylistChange};

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
    /// What changed since the run before; none for the first that is kept.
    pub counts: Option<Counts>,
}

/// The runs of one set.
pub struct History {
    pub set: String,
    database: Playlists,
}

impl History {
    /// Opens the history of a set for reading.
    ///
    /// # Errors
    /// No such set, nothing was ever clustered; here and below, a store that cannot be read.
    pub fn open(store: &Path, which: Which) -> Result<Self, HistoryError> {
        let database = to_read(store)?;
        Ok(Self { set: choose(&database, which)?, database })
    }

    /// Says that not everything could be read, if so.
    pub fn tell_damage(&self, progress: &dyn Progress) {
        tell_damage(&self.database, progress);
    }

    /// Every run that is kept, the latest first.
    ///
    /// # Errors
    /// None can be read.
    pub fn lines(&self) -> Result<Vec<RunLine>, HistoryError> {
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

    /// The run that is meant: `latest`, `previous`, or its id or how that begins. Its playlists are called as they are
    /// now.
    ///
    /// # Errors
    /// No such run, or several.
    pub fn find(&self, name: &str) -> Result<RunRecord, HistoryError> {
        let name = name.trim().to_lowercase();
        let place = ["latest", "previous"].iter().position(|word| *word == name);
        let (mut found, mut ids, mut number) = (None, BTreeSet::new(), 0);
        self.database.runs(&self.set, |run| {
            let is_meant =
                place.map_or(!name.is_empty() && run.id.starts_with(&name), |place| place == number);
            number += 1;
            if is_meant {
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
        call_as_chosen(&mut found, &choices);
        Ok(found)
    }

    /// What the user chose for the playlists of a run, whenever that was.
    ///
    /// # Errors
    /// Only the store's own.
    pub fn choices(&self, run: &RunRecord) -> Result<Choices, HistoryError> {
        Ok(self.database.choices(&self.set, run.lineage)?)
    }
}

/// Where songs are, as the library in `store` knows it now.
///
/// # Errors
/// The store cannot be read.
pub fn whereabouts(
    store: &Path,
    songs: impl IntoIterator<Item = ContentId>,
) -> Result<HashMap<ContentId, Place>, HistoryError> {
    Ok(places(&View::open(store)?, songs)?)
}
