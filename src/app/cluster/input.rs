//! What is clustered: copied out of the library, filtered, and scaled.

use std::path::{Path, PathBuf};

use super::{
    coverage::{Recipe, recipe},
    dedupe::duplicates,
    explain::Explain,
    request::{ClusterRequest, ClusterRunError},
    selection::{Selection, select},
};
use crate::{
    app::{
        history::{sets::HistoryError, songs::at},
        progress::{Event, Progress},
    },
    clustering::{ClusterError, check_count},
    library::Roots,
    space::{
        Points, PointsError, SpaceId, mfcc,
        scale::{standardise, unit_length},
    },
    store::View,
    track::ContentId,
};

/// The tracks of one run with their points.
pub struct ClusterInput {
    pub selection: Selection,
    /// As they are compared; there is at least one.
    pub points: Points,
    pub space: SpaceId,
    /// The folder that they lie under.
    pub scope: Option<PathBuf>,
    /// The one song to be explained.
    pub wanted: Option<ContentId>,
}

/// Copies what is needed out of the library and lets go of it: a pinned reader keeps pages from reuse.
///
/// # Errors
/// No store, nothing in it, or nothing that passes the filters.
pub fn read(
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
    let Recipe { space, warning } = recipe(&view, &request.method, request.current.clone())?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let mut selection = select(&view, &space, &roots, scope.as_deref(), request.report, &request.filters)?;
    if view.damaged() > 0 {
        let rows = view.damaged();
        progress.event(Event::Warning(format!(
            "{rows} rows of the store are damaged and left out: `indexer scan` makes them again"
        )));
    }
    if selection.is_empty() {
        let space = space.name;
        return Err(match scope {
            _ if selection.filtered > 0 => ClusterRunError::AllFiltered { space },
            Some(scope) => ClusterRunError::NothingUnder { scope, space },
            None => ClusterError::NoTracks { space }.into(),
        });
    }
    if request.filters.dedupe {
        let points = points(&selection, &space, false)?;
        let (seconds, ranks) = selection.encodings();
        // Of those that repeat each other, one that lost nothing in its encoding stays.
        let repeated = duplicates(&points, &seconds, &ranks).into_iter().map(|row| points.contents()[row]);
        selection.leave_out(&repeated.collect());
    }
    let wanted = match &request.explain {
        Some(Explain::Song(path)) => Some(wanted(&view, &selection, path, &space)?),
        _ => None,
    };
    let points = points(&selection, &space, request.report)?;
    selection.forget_vectors();
    // Before the playlists are opened: a mistake leaves them as they are.
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

/// The track of a file that is to be explained.
fn wanted(
    view: &View,
    selection: &Selection,
    path: &Path,
    space: &SpaceId,
) -> Result<ContentId, ClusterRunError> {
    let no_song = || ClusterRunError::NoSong { path: path.to_owned(), space: space.name.clone() };
    let content = at(view, path).map_err(|error| match error {
        HistoryError::Store(error) => error.into(),
        _ => no_song(),
    })?;
    let track = view.number_of(&content)?;
    track.and_then(|track| selection.content(track)).ok_or_else(no_song)
}

/// The values that are compared, from the stored ones.
pub fn points(selection: &Selection, space: &SpaceId, report: bool) -> Result<Points, PointsError> {
    let raw = Points::new(space.clone(), selection.rows())?;
    Ok(match (space.name.as_str(), report) {
        _ if selection.is_reduced() => raw,
        (mfcc::NAME, true) => raw.map(mfcc::report_columns),
        (mfcc::NAME, false) => raw.map(mfcc::default_blocks).map(standardise).map(unit_length),
        (_, true) => raw,
        (_, false) => raw.map(unit_length),
    })
}
