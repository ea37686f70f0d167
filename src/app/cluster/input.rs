//! The step that reads: tracks are copied out of the library, filtered, and scaled.

use std::path::{Path, PathBuf};

use super::coverage::choose_space;
use super::dedupe::duplicates;
use super::genres;
use super::request::{ClusterRequest, ClusterRunError, Explain};
use super::selection::{Selection, select};
use super::unexplained::SelectedSong;
use crate::app::history::sets::default_set;
use crate::app::progress::{Event, Progress};
use crate::clustering::{ClusterError, check_count};
use crate::space::{Points, PointsError, SpaceId};
use crate::store::SongPlaces;
use crate::{
    extract::traits_of, library::Roots, store::Playlists, store::StoreError, store::View, text::counted,
    track::ContentId,
};

/// The tracks of one run with their points.
pub(crate) struct ClusterInput {
    pub selection: Selection,
    /// The values that are compared; there is at least one row.
    pub points: Points,
    pub space: SpaceId,
    /// The folder that they lie in, if only a part of the library was asked for.
    pub scope: Option<PathBuf>,
    /// The one song to be explained.
    pub wanted: Option<ContentId>,
}

/// Copies what is needed out of the library and closes it: an open reader keeps the store from reusing its pages.
pub(crate) fn read(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ClusterInput, ClusterRunError> {
    let view = View::open(store)?;
    let roots: Vec<_> = view.roots()?.into_keys().collect();
    let scope = match &request.path {
        None => None,
        Some(path) => Roots::join(&roots, std::slice::from_ref(path))?.scope.pop(),
    };
    let (space, warning) = choose_space(&view, &request.method, request.current.clone())?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let warning = genres::check(&view, &request.filters.filter.genres)?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let scope_path = scope.as_deref();
    let places = past_places(request, scope_path, store)?;
    let mut selection = select(&view, &space, &roots, scope_path, request.report, &request.filters, places)?;
    if view.damaged() > 0 {
        let (rows, are, them) = match view.damaged() {
            1 => ("1 row".to_owned(), "is", "it"),
            rows => (counted(rows, "row"), "are", "them"),
        };
        progress.event(Event::Warning(format!(
            "{rows} of the store {are} damaged and left out: `indexer scan` makes {them} again"
        )));
    }
    if selection.tracks.is_empty() {
        let space = space.name;
        return Err(match scope {
            _ if selection.filtered > 0 => ClusterRunError::AllFiltered { space },
            Some(scope) => ClusterRunError::NothingUnder { scope, space },
            None => ClusterError::NoTracks { space }.into(),
        });
    }
    if request.filters.dedupe {
        let points = points(&selection, &space, false)?;
        // A lossless encoding is kept before others.
        let (seconds, ranks): (Vec<_>, Vec<_>) =
            selection.tracks.iter().map(|track| (track.seconds, !track.is_lossless)).unzip();
        let repeated = duplicates(&points, &seconds, &ranks).into_iter().map(|row| points.contents()[row]);
        selection.leave_out(&repeated.collect());
    }
    let wanted = match &request.explain {
        Some(Explain::Song(path)) => {
            let (selection, scope) = (&selection, scope.as_deref());
            let selected = SelectedSong { view: &view, selection, space: &space, roots: &roots, scope };
            Some(selected.find(path, &request.filters)?)
        }
        _ => None,
    };
    let points = points(&selection, &space, request.report)?;
    selection.drop_vectors();
    // Checked before the playlists are opened: nothing is written for an impossible `n`.
    if let Some(n) = request.n.filter(|_| request.algorithm.takes_n) {
        check_count(&points, n).map_err(|error| match error {
            ClusterError::TooFewTracks { n, tracks, space } if selection.filtered > 0 => {
                ClusterRunError::TooFewLeft { n, tracks, all: tracks + selection.filtered, space }
            }
            other => other.into(),
        })?;
    }
    Ok(ClusterInput { selection, points, space, scope, wanted })
}

/// Where the songs of the set were when it was last written.
fn past_places(
    request: &ClusterRequest,
    scope: Option<&Path>,
    store: &Path,
) -> Result<SongPlaces, StoreError> {
    let database = Playlists::look(store)?;
    let set = request.set.clone().map_or_else(|| default_set(&database, scope), Ok)?;
    database.places(&set)
}

/// The values that are compared, from the stored ones.
pub(crate) fn points(selection: &Selection, space: &SpaceId, report: bool) -> Result<Points, PointsError> {
    let raw = Points::new(space.clone(), selection.rows())?;
    let traits = traits_of(space);
    Ok(match report {
        _ if selection.is_reduced() => raw,
        true => raw.map(traits.report_columns),
        false => raw.map(traits.prepare),
    })
}
