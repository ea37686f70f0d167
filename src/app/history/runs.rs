//! The runs of a set: which are kept, what is in each, and what changed between two.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use super::diff::{Difference, MoveCounts};
use super::error::HistoryError;
use super::sets::{SetSelector, apply_chosen_names, find_set, open_to_read};
use super::songs::{SongLocation, locate};
use crate::app::damage::{described, warn_of_damaged_playlists};
use crate::app::progress::{Event, Progress};
use crate::store::SongPlaces;
use crate::store::{Choices, Playlists, RunRecord, StoreError, View};
use crate::{time::Moment, track::ContentId};

/// One run among those of its set.
#[derive(Debug)]
pub struct RunLine {
    /// By which it is found.
    pub id: String,
    /// When it was made.
    pub made: Moment,
    /// How it grouped, as `--algorithm` names it.
    pub algorithm: String,
    /// How many playlists.
    pub n: usize,
    /// How many songs are in them.
    pub tracks: usize,
    /// The sum of the songs' squared distances from the centres of their playlists.
    pub inertia: f64,
    /// What changed since the run before it; none for the oldest that is kept.
    pub counts: Option<MoveCounts>,
}

/// The runs of one set, as they are kept. Opened for reading; here and below, a store that cannot be read is an error.
pub struct Runs {
    /// The set's name.
    pub set: String,
    store: PathBuf,
    database: Playlists,
    /// Rows of the library that were damaged.
    damaged: Cell<usize>,
}

impl Runs {
    pub(crate) fn open(store: &Path, selector: SetSelector) -> Result<Self, HistoryError> {
        let database = open_to_read(store)?;
        Ok(Self {
            set: find_set(&database, selector)?,
            store: store.to_owned(),
            database,
            damaged: Cell::new(0),
        })
    }

    /// Warns if rows that were read so far are damaged.
    pub fn warn_of_damage(&self, progress: &dyn Progress) {
        if let Some(text) = described(self.damaged.get()) {
            progress.event(Event::Warning(text));
        }
        warn_of_damaged_playlists(&self.database, progress);
    }

    /// Every run that is kept, the latest first.
    /// Errors: none can be read.
    pub fn list(&self) -> Result<Vec<RunLine>, HistoryError> {
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

    /// The run that is meant: `latest`, `previous`, its id, or the first digits of that. Its playlists have the names
    /// that hold now.
    /// Errors: there is no such run, or there are several.
    pub fn find(&self, name: &str) -> Result<RunRecord, HistoryError> {
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

    /// What changed from one run to another, in the order of the songs' paths, and where those songs are.
    pub fn difference(
        &self,
        from: &RunRecord,
        to: &RunRecord,
    ) -> Result<(Difference, HashMap<ContentId, SongLocation>), HistoryError> {
        let mut difference = Difference::between(from, to);
        let places = self.places(difference.songs.iter().map(|moved| moved.song))?;
        difference.songs.sort_by_key(|moved| places.get(&moved.song).map(|place| place.song.path()));
        Ok((difference, places))
    }

    /// Where songs are, or were: those that the library knows.
    pub fn places(
        &self,
        songs: impl IntoIterator<Item = ContentId>,
    ) -> Result<HashMap<ContentId, SongLocation>, HistoryError> {
        let view = View::open(&self.store)?;
        let places = locate(&view, songs, &self.past_places()?)?;
        self.damaged.set(view.damaged().max(self.damaged.get()));
        Ok(places)
    }

    /// Where the songs of the set were last written.
    pub(crate) fn past_places(&self) -> Result<SongPlaces, StoreError> {
        self.database.places(&self.set)
    }

    /// What the user chose for the playlists of a run, before or after it.
    pub(crate) fn choices(&self, run: &RunRecord) -> Result<Choices, HistoryError> {
        Ok(self.database.choices(&self.set, run.lineage)?)
    }
}
