//! The step that reads: the points of each method for the songs that all of them have, and what tags say of these.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::labels::{first_genres, from_file};
use super::report::LabelSource;
use super::{request::EvalError, request::EvalRequest, songs::SongFacts};
use crate::app::cluster::classes::learned;
use crate::app::cluster::combination::Combination;
use crate::app::cluster::coverage::ENOUGH;
use crate::app::cluster::input::{folders, leave_out_duplicates, points};
use crate::app::cluster::learn_from::LearnFrom;
use crate::app::cluster::request::ClusterRunError;
use crate::app::cluster::selection::{SelectedTrack, Selection, select};
use crate::app::damage::warn_of_damaged_rows;
use crate::app::progress::{Event, Progress};
use crate::clustering::ClusterError;
use crate::store::{SongPlaces, View};
use crate::{app::cluster::genres, space::Points, space::SpaceId, track::ContentId};

/// The points of one method.
pub(crate) struct MethodPoints {
    pub space: SpaceId,
    pub coverage: f64,
    pub points: Points,
    /// The same in a learned metric, if songs are grouped by one.
    pub learned: Option<Points>,
}

/// What is measured: the same songs in all methods, of which there is at least one.
pub(crate) struct EvalInput {
    pub methods: Vec<MethodPoints>,
    pub songs: SongFacts,
    pub labels: Option<LabelSource>,
    /// What the metric was learned from.
    pub learn_from: Option<LearnFrom>,
}

/// Reads what is to be measured, and closes the library.
pub(crate) fn read(
    request: &EvalRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<EvalInput, EvalError> {
    let view = View::open(store).map_err(ClusterRunError::from)?;
    let (mut methods, tracks) = methods(request, &view, progress)?;
    warn_of_damaged_rows(&view, progress);
    let songs = common(&methods);
    if songs.is_empty() {
        let names: Vec<_> = methods.iter().map(|method| method.space.name.as_str()).collect();
        return Err(EvalError::NothingCommon { methods: names.join(", ") });
    }
    for method in methods.iter_mut().filter(|method| method.points.len() > songs.len()) {
        let is_other = |track: &ContentId| songs.binary_search(track).is_err();
        method.points = method.points.without(is_other);
        method.learned = method.learned.take().map(|points| points.without(is_other));
    }
    let tracks: HashMap<_, _> = tracks.iter().map(|track| (track.content, track)).collect();
    let tracks: Vec<_> = songs.iter().map(|track| tracks[track]).collect();
    let (labels, source) = labels(request, &view, &tracks, progress)?;
    let learn_from =
        request.grouping.learn_from.filter(|_| methods.iter().any(|method| method.learned.is_some()));
    Ok(EvalInput { methods, songs: SongFacts::of(&tracks, &labels), labels: source, learn_from })
}

/// The methods with their points, and the tracks of the first.
fn methods(
    request: &EvalRequest,
    view: &View,
    progress: &dyn Progress,
) -> Result<(Vec<MethodPoints>, Vec<SelectedTrack>), EvalError> {
    let grouping = &request.grouping;
    let warning = genres::check(view, &grouping.filters.filter.genres)?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let (mut methods, mut tracks): (Vec<MethodPoints>, _) = (Vec::new(), Vec::new());
    for method in &request.methods {
        let spaces = match method.choose(view, None, progress) {
            Err(ClusterRunError::NotInstalled(_)) if request.filled_only => continue,
            spaces => spaces?,
        };
        if methods.iter().any(|known| known.space == spaces.space()) {
            continue;
        }
        let mut selection = selected(request, view, &spaces)?;
        if selection.tracks.is_empty() {
            match request.filled_only {
                true => continue,
                false if selection.filtered > 0 => {
                    return Err(ClusterRunError::AllFiltered { space: spaces.space().name }.into());
                }
                false => {
                    let error = ClusterError::NoTracks { space: spaces.space().name };
                    return Err(ClusterRunError::from(error).into());
                }
            }
        }
        let points = points(&mut selection, &spaces, false).map_err(ClusterRunError::from)?;
        let learned = grouping.learn_from.and_then(|from| {
            let (points, word) = learned(points.clone(), &selection, from, progress);
            word.map(|_| points)
        });
        methods.push(MethodPoints { space: spaces.space(), coverage: selection.coverage, points, learned });
        if tracks.len() < selection.tracks.len() {
            tracks = selection.tracks;
        }
    }
    if request.filled_only {
        let most = methods.iter().map(|method| method.points.len()).max().unwrap_or_default();
        methods.retain(|method| method.points.len() as f64 >= ENOUGH * most as f64);
    }
    if methods.is_empty() { Err(EvalError::NoSpace) } else { Ok((methods, tracks)) }
}

fn selected(request: &EvalRequest, view: &View, spaces: &Combination) -> Result<Selection, ClusterRunError> {
    let grouping = &request.grouping;
    let roots: Vec<_> = view.roots()?.into_keys().collect();
    let (_, folders) = folders(grouping, &roots)?;
    let (filters, places) = (&grouping.filters, SongPlaces::default());
    let mut selection = select(view, spaces, &roots, folders.as_deref(), false, filters, places)?;
    if filters.dedupe && !selection.tracks.is_empty() {
        leave_out_duplicates(&mut selection, spaces)?;
    }
    Ok(selection)
}

/// The tracks that all methods have, ascending.
fn common(methods: &[MethodPoints]) -> Vec<ContentId> {
    let (first, others) = methods.split_first().expect("there is a method");
    let mut common = first.points.contents().to_vec();
    common.retain(|track| others.iter().all(|other| other.points.contents().binary_search(track).is_ok()));
    common
}

/// The label of each track, and where labels came from.
fn labels(
    request: &EvalRequest,
    view: &View,
    tracks: &[&SelectedTrack],
    progress: &dyn Progress,
) -> Result<(Vec<Option<String>>, Option<LabelSource>), EvalError> {
    let labels: Vec<Option<String>> = match &request.labels {
        None => first_genres(tracks.iter().map(|track| track.file.genres())),
        Some(file) => {
            let roots: Vec<_> = view.roots().map_err(ClusterRunError::from)?.into_keys().collect();
            let mut labels = from_file(file, view, &roots, progress)?;
            tracks.iter().map(|track| labels.remove(&track.content)).collect()
        }
    };
    let names: BTreeSet<_> = labels.iter().flatten().collect();
    if request.labels.is_none() && names.len() < 2 {
        // One genre tells nothing apart.
        return Ok((vec![None; tracks.len()], None));
    }
    let songs = labels.iter().flatten().count();
    let source = LabelSource { file: request.labels.clone(), songs, labels: names.len() };
    Ok((labels, Some(source)))
}
