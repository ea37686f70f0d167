//! A partition that another program has made, in place of an algorithm's.

use super::request::ClusterRunError;
use super::selection::Selection;
use crate::app::progress::{Event, Progress};
use crate::clustering::{CarryOn, Clustering, EarlierPartition, carry_on};
use crate::exchange::assignment::Assignment;
use crate::{space::Points, store::View, text::counted};

/// Tells of songs that only the file or only the library has.
/// Errors: they have none in common.
pub(super) fn check(
    assignment: &Assignment,
    selection: &Selection,
    view: &View,
    progress: &dyn Progress,
) -> Result<(), ClusterRunError> {
    let path = || assignment.path.clone();
    let (all, tracks) = (assignment.songs().len(), &selection.tracks);
    let is_selected = |song: &_| tracks.binary_search_by_key(song, |track| track.content).is_ok();
    let (mut selected, mut unknown) = (0, 0);
    for song in assignment.songs() {
        match is_selected(song) {
            true => selected += 1,
            false => unknown += usize::from(view.number_of(song)?.is_none()),
        }
    }
    match selected {
        0 if unknown == all => return Err(ClusterRunError::NoneKnown { path: path() }),
        0 => return Err(ClusterRunError::NoneAssigned { path: path() }),
        _ => {}
    }
    let warn = |text| progress.event(Event::Warning(text));
    let name = path().display().to_string();
    if unknown > 0 {
        warn(format!("{unknown} of the {} in {name} are not in the library", counted(all, "song")));
    }
    if selected < tracks.len() {
        let others = counted(tracks.len() - selected, "song");
        warn(format!("{name} lacks {others}: each joins the group whose centre is nearest"));
    }
    Ok(())
}

/// Groups points as they are assigned; others join the group whose centroid is nearest. Clusters stand in the order of the groups,
/// so that the playlists of a new set have their numbers.
/// Errors: no point is assigned.
pub(super) fn assigned(
    points: &Points,
    assignment: &Assignment,
    min_size: usize,
) -> Result<Clustering, ClusterRunError> {
    let labels: Vec<_> = points.contents().iter().map(|song| assignment.group_of(song)).collect();
    let partition = EarlierPartition { labels, is_users: vec![false; assignment.groups] };
    let task = CarryOn { n: None, settles: false, min_size };
    let clustering = carry_on(points, &partition, task);
    let clustering =
        clustering.ok_or_else(|| ClusterRunError::NoneAssigned { path: assignment.path.clone() })?;
    Ok(clustering.ordered_by(&partition.labels))
}
