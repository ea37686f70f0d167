//! What a run takes over from earlier runs of its set, so that songs stay where they were and return to where
//! they were.

use std::{collections::BTreeMap, collections::HashSet, path::Path};

use rayon::prelude::*;

use super::input::ClusterInput;
use super::request::{ClusterRequest, ClusterRunError, canonical};
use crate::app::history::sets::{CurrentSet, apply_chosen_names, default_set};
use crate::app::progress::{Event, Progress};
use crate::digest::{Digest, Hasher};
use crate::store::{Playlists, RunPlaylist, RunRecord, StoreError};
use crate::{
    clustering::EarlierPartition, space::Points, space::SpaceId, track::ContentId, track::skip_before,
    track::sorted,
};

/// A set with its earlier runs, before a new one.
pub(crate) struct PreviousRuns {
    pub set: String,
    pub database: Playlists,
    pub current: CurrentSet,
    /// The newest run that asked the same of the same tracks, where the last one did not.
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
        points: &Points,
        store: &Path,
        progress: &dyn Progress,
    ) -> Result<Self, ClusterRunError> {
        let scope = input.scope.as_deref();
        let (database, refused) = match request.targets.is_dry_run {
            true => (Playlists::look(store)?, None),
            false => Playlists::open(store)?,
        };
        let set = request.set.clone().map_or_else(|| default_set(&database, scope), Ok)?;
        if let Some(refused) = refused {
            let text = format!("{refused}: the playlists are written, but not remembered");
            progress.event(Event::Warning(text));
        }
        let current = CurrentSet::load(&database, &set)?;
        let settings = canonical(request, scope, input.learned.as_deref());
        let (tracks, settings) = (digest_of(points.contents()), settings);
        let mut previous = Self { set, database, current, earlier: None, tracks, settings };
        if let Some(last) = previous.continued(request) {
            previous.earlier = previous.find_earlier(last, &input.space)?;
        }
        Ok(previous)
    }

    /// The last run, if the request continues it.
    pub(crate) fn continued(&self, request: &ClusterRequest) -> Option<&RunRecord> {
        self.current.last.as_ref().filter(|_| !request.fresh)
    }

    /// The run asked the same of the same tracks.
    pub(crate) fn is_alike(&self, run: &RunRecord, space: &SpaceId) -> bool {
        run.tracks == self.tracks && run.settings == self.settings && run.space == *space
    }

    /// Who removes songs and puts them back, or tries another number, finds the playlists as they were, though songs may
    /// have moved meanwhile: the run from before is found by its tracks and settings. Its playlists get the names that
    /// they have in the last run.
    fn find_earlier(&self, last: &RunRecord, space: &SpaceId) -> Result<Option<RunRecord>, StoreError> {
        if self.is_alike(last, space) {
            return Ok(None);
        }
        let is_comparable = |run: &RunRecord| run.lineage == last.lineage && self.is_alike(run, space);
        let earlier = self.database.run_over(&self.set, &self.tracks, is_comparable)?;
        let Some(mut earlier) = earlier else { return Ok(None) };
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

/// A playlist that was gone comes back where at least this part of its songs does.
const ENOUGH_RETURNED: f64 = 0.5;

/// The partition of `points` in an earlier run, with the songs that were absent then, and the playlists in `gone` whose
/// songs have come back. `is_users` says of a playlist's id whether the user named it or pinned something in it.
pub(crate) fn earlier_partition(
    points: &Points,
    run: &RunRecord,
    gone: &[RunPlaylist],
    is_users: impl Fn(u32) -> bool,
) -> EarlierPartition {
    let lists: Vec<_> = run.playlists.iter().chain(gone).collect();
    let mut labels = vec![None; points.contents().len()];
    // The playlist that holds a track comes before those to which it would have returned.
    let held = lists.iter().map(|list| &list.members).enumerate();
    for (number, tracks) in held.chain(lists.iter().map(|list| &list.absent).enumerate()) {
        for_each_row(points.contents(), tracks, |row| {
            labels[row].get_or_insert(number);
        });
    }
    let mut returned = vec![0_usize; lists.len()];
    labels.iter().flatten().for_each(|&number| returned[number] += 1);
    let is_enough =
        |number: usize| returned[number] as f64 >= ENOUGH_RETURNED * lists[number].absent.len() as f64;
    let stays = |number: usize| number < run.playlists.len() || is_enough(number);
    labels.par_iter_mut().for_each(|label| *label = label.filter(|&number| stays(number)));
    EarlierPartition { labels, is_users: lists.iter().map(|list| is_users(list.id)).collect() }
}

/// Passes the row of each of the tracks that is among `contents`, which are ascending.
fn for_each_row(contents: &[ContentId], tracks: &[ContentId], mut visit: impl FnMut(usize)) {
    let mut left = contents;
    for track in sorted(tracks.iter()) {
        left = skip_before(left, |content| content < track);
        if left.first() == Some(track) {
            visit(contents.len() - left.len());
        }
    }
}

/// The tracks of the last run's playlists, and of those that were gone, by their ids, that are not among `present`, which
/// is ascending.
pub(crate) fn absent_tracks(
    present: &[ContentId],
    last: Option<&RunRecord>,
) -> BTreeMap<u32, Vec<ContentId>> {
    let playlists: Vec<_> = last.into_iter().flat_map(|run| run.playlists.iter().chain(&run.gone)).collect();
    let absent = playlists.into_par_iter().map(|list| {
        let mut tracks = sorted(list.members.iter().chain(&list.absent));
        let mut present = present;
        tracks.retain(|track| {
            present = skip_before(present, |present| present < *track);
            present.first() != Some(*track)
        });
        (list.id, tracks.into_iter().copied().collect())
    });
    absent.collect()
}

/// How many playlists that are gone and that the user did not care for are remembered.
const MOST_GONE: usize = 100;

/// The playlists to remember: those of the last run that are not in `playlists`, then those that were gone before. Of
/// several that held a song the latest keeps it; what is the user's is remembered for good.
pub(crate) fn gone_playlists(
    last: Option<&RunRecord>,
    playlists: &[RunPlaylist],
    is_users: impl Fn(u32) -> bool,
) -> Vec<RunPlaylist> {
    let is_gone = |list: &&RunPlaylist| playlists.iter().all(|listed| listed.id != list.id);
    let (mut gone, mut claimed, mut others) = (Vec::new(), HashSet::new(), 0);
    for list in last.into_iter().flat_map(|run| run.playlists.iter().chain(&run.gone)).filter(is_gone) {
        let mut absent = [list.members.as_slice(), &list.absent].concat();
        if !is_users(list.id) {
            absent.retain(|song| claimed.insert(*song));
            others += 1;
        }
        if absent.is_empty() || (others > MOST_GONE && !is_users(list.id)) {
            continue;
        }
        absent.sort_unstable();
        gone.push(RunPlaylist { id: list.id, name: list.name.clone(), members: vec![], absent });
    }
    gone
}

#[cfg(test)]
mod tests;
