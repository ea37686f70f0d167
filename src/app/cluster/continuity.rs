//! What a run takes over from earlier runs of its set, so that songs stay where they were and return to where
//! they were.

use std::{collections::BTreeMap, path::Path};

use super::input::ClusterInput;
use super::request::{ClusterRequest, ClusterRunError, canonical};
use crate::app::history::sets::{CurrentSet, apply_chosen_names, default_set_name};
use crate::app::progress::{Event, Progress};
use crate::digest::{Digest, Hasher};
use crate::store::{Playlists, RunRecord, StoreError};
use crate::{clustering::LastPartition, space::Points, track::ContentId};

/// A set with its earlier runs, before a new one.
pub(crate) struct PreviousRuns {
    pub set: String,
    pub database: Playlists,
    pub current: CurrentSet,
    /// The newest run over the same tracks with the same settings, where the last one is over other tracks.
    pub earlier: Option<RunRecord>,
    /// Names the tracks of the new run, as [`digest_of`] does.
    pub tracks: Digest,
    /// The settings of the new run, as [`canonical`] text.
    pub settings: String,
}

impl PreviousRuns {
    /// Opens the playlists and reads the set of this request. Where the playlists cannot be written, a warning says so.
    pub(crate) fn load(
        request: &ClusterRequest,
        input: &ClusterInput,
        store: &Path,
        progress: &dyn Progress,
    ) -> Result<Self, ClusterRunError> {
        let scope = input.scope.as_deref();
        let set = request.set.clone().unwrap_or_else(|| default_set_name(&request.method, scope));
        let (database, refused) = Playlists::open(store)?;
        if let Some(refused) = refused {
            let text = format!("{refused}: the playlists are written, but not remembered");
            progress.event(Event::Warning(text));
        }
        let current = CurrentSet::load(&database, &set)?;
        let (tracks, settings) = (digest_of(input.points.contents()), canonical(request, scope));
        let mut previous = Self { set, database, current, earlier: None, tracks, settings };
        if let Some(last) = previous.continued(request) {
            previous.earlier = previous.find_earlier(last)?;
        }
        Ok(previous)
    }

    /// The last run, if the request continues it.
    pub(crate) fn continued(&self, request: &ClusterRequest) -> Option<&RunRecord> {
        self.current.last.as_ref().filter(|_| !request.fresh)
    }

    /// Who removes songs and puts them back finds the playlists as they were, though songs may have moved
    /// meanwhile: the run from before is found by its tracks and settings. Its playlists get the names that
    /// they have in the last run.
    fn find_earlier(&self, last: &RunRecord) -> Result<Option<RunRecord>, StoreError> {
        if last.tracks == self.tracks {
            return Ok(None);
        }
        let earlier = self.database.run_over(&self.set, &self.tracks)?;
        let is_comparable = |run: &RunRecord| run.lineage == last.lineage && run.settings == self.settings;
        let Some(mut earlier) = earlier.filter(is_comparable) else { return Ok(None) };
        for list in &mut earlier.playlists {
            if let Some(now) = last.playlists.iter().find(|other| other.id == list.id) {
                list.name.clone_from(&now.name);
            }
        }
        apply_chosen_names(&mut earlier, &self.current.choices);
        Ok(Some(earlier))
    }
}

/// A digest that names these tracks: equal tracks in equal order have the same.
pub(crate) fn digest_of(tracks: &[ContentId]) -> Digest {
    let mut hasher = Hasher::default();
    for track in tracks {
        hasher.update(&[track.recipe]).update(&track.digest.0);
    }
    hasher.finish()
}

/// The partition of `points` in an earlier run, from which the new one starts; with it go tracks that were absent then.
pub(crate) fn last_partition(points: &Points, last: &RunRecord) -> LastPartition {
    // A pinned playlist has no free songs, so no cluster continues it.
    let playlists = last.playlists.iter().filter(|list| !(list.members.is_empty() && list.absent.is_empty()));
    let mut tracks: Vec<_> = playlists
        .clone()
        .enumerate()
        .flat_map(|(number, list)| {
            let members = list.members.iter().map(move |track| (track, false, number));
            members.chain(list.absent.iter().map(move |track| (track, true, number)))
        })
        .collect();
    // The playlist that holds a track comes before those to which it would have returned.
    tracks.sort_unstable();
    let mut tracks = tracks.into_iter().peekable();
    let labels = points.contents().iter().map(|content| {
        while tracks.next_if(|(track, ..)| *track < content).is_some() {}
        tracks.peek().filter(|(track, ..)| *track == content).map(|(.., number)| *number)
    });
    let labels = labels.collect();
    LastPartition { n: playlists.count(), labels }
}

/// The tracks of the last run's playlists, by their ids, that are not among `present`, which is ascending.
pub(crate) fn absent_tracks(
    present: &[ContentId],
    last: Option<&RunRecord>,
) -> BTreeMap<u32, Vec<ContentId>> {
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let absent = playlists.iter().map(|list| {
        let tracks = list.members.iter().chain(&list.absent);
        let mut tracks: Vec<_> =
            tracks.filter(|track| present.binary_search(track).is_err()).copied().collect();
        tracks.sort_unstable();
        (list.id, tracks)
    });
    absent.collect()
}

#[cfg(test)]
mod tests;
