//! The step that reads: tracks are copied out of the library, filtered, and scaled.

use std::path::{Path, PathBuf};

use super::assigned::check;
use super::classes::learned;
use super::combination::Combination;
use super::dedupe::duplicates;
use super::genres;
use super::request::{ClusterRequest, ClusterRunError, Explain, Regroup};
use super::selection::{Selection, select};
use super::unexplained::SelectedSong;
use crate::app::damage::warn_of_damaged_rows;
use crate::app::history::sets::default_set;
use crate::app::progress::{Event, Progress};
use crate::clustering::{ClusterError, check_count};
use crate::playlist::SongFile;
use crate::space::{Points, PointsError, SpaceId};
use crate::store::SongPlaces;
use crate::{
    extract::traits_of, library::RootError, library::Roots, store::Playlists, store::StoreError, store::View,
    track::ContentId,
};

/// The tracks of one run with their points.
pub(crate) struct ClusterInput {
    pub selection: Selection,
    /// By which they are compared; it may stand for several.
    pub space: SpaceId,
    /// The folder that they lie in, if only a part of the library was asked for.
    pub scope: Option<PathBuf>,
    /// The one song to be explained.
    pub wanted: Option<ContentId>,
    /// What the settings of the run say of the metric that was learned for its points.
    pub learned: Option<String>,
}

/// Copies what is needed out of the library, with the values that are compared, of at least one track, and closes it: an open reader keeps the store from reusing its pages.
pub(crate) fn read(
    request: &ClusterRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<(ClusterInput, Points), ClusterRunError> {
    let view = View::open(store)?;
    let roots: Vec<_> = view.roots()?.into_keys().collect();
    let (scope, folders) = folders(request, &roots)?;
    let (last, places) = past(request, scope.as_deref(), store)?;
    let spaces = request.method.choose(&view, last.as_deref(), progress)?;
    let space = spaces.space();
    let warning = genres::check(&view, &request.filters.filter.genres)?;
    warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
    let (within, whole) = (folders.as_deref(), request.report);
    let mut selection = select(&view, &spaces, &roots, within, whole, &request.filters, places)?;
    warn_of_damaged_rows(&view, progress);
    if selection.tracks.is_empty() {
        let space = space.name;
        // Where several are configured, the first stands for all.
        return Err(match scope.or_else(|| request.configured.first().cloned()) {
            _ if selection.filtered > 0 => ClusterRunError::AllFiltered { space },
            Some(scope) => ClusterRunError::NothingUnder { scope, space },
            None => ClusterError::NoTracks { space }.into(),
        });
    }
    if request.filters.dedupe {
        leave_out_duplicates(&mut selection, &spaces)?;
    }
    if let Some(assignment) = &request.assignment {
        check(assignment, &selection, &view, progress)?;
    }
    let wanted = match &request.explain {
        Some(Explain::Song(path)) => {
            let (selection, scope, folders) = (&selection, scope.as_deref(), folders.as_deref());
            let selected =
                SelectedSong { view: &view, selection, spaces: &spaces, roots: &roots, scope, folders };
            Some(selected.find(path, &request.filters)?)
        }
        _ => None,
    };
    // All its tags are shown.
    let track = selection.tracks.iter_mut().find(|track| Some(track.content) == wanted);
    if let Some(track) = track
        && let Some(file) = view.file(track.file.path())?
    {
        track.file = SongFile::of(track.file.path(), file);
    }
    let points = points(&mut selection, &spaces, request.report)?;
    let (points, learned) = match request.learn_from {
        Some(from) => learned(points, &selection, from, progress),
        None => (points, None),
    };
    // Checked before the playlists are opened: nothing is written for an impossible `n`.
    if let Some(n) = request.n.filter(|_| request.algorithm.takes_n) {
        check_count(&points, n).map_err(|error| match error {
            ClusterError::TooFewTracks { n, tracks, space } if selection.filtered > 0 => {
                ClusterRunError::TooFewLeft { n, tracks, all: tracks + selection.filtered, space }
            }
            other => other.into(),
        })?;
    }
    Ok((ClusterInput { selection, space, scope, wanted, learned }, points))
}

/// The folder of `--path` as the library spells it, and the folders whose tracks are grouped; none: all.
pub(crate) fn folders(
    request: &ClusterRequest,
    roots: &[PathBuf],
) -> Result<(Option<PathBuf>, Option<Vec<PathBuf>>), RootError> {
    let Some(path) = &request.path else { return Ok((None, Roots::among(roots, &request.configured))) };
    let scope = Roots::join(roots, std::slice::from_ref(path))?.scope.pop();
    Ok((scope.clone(), scope.map(|scope| vec![scope])))
}

/// Leaves out all but one of the recordings that are there more than once.
pub(crate) fn leave_out_duplicates(
    selection: &mut Selection,
    spaces: &Combination,
) -> Result<(), PointsError> {
    let points = part_points(selection, spaces, 0, false)?;
    // A lossless encoding is kept before others.
    let (seconds, ranks): (Vec<_>, Vec<_>) =
        selection.tracks.iter().map(|track| (track.seconds, !track.is_lossless)).unzip();
    let repeated = duplicates(&points, &seconds, &ranks).into_iter().map(|row| points.contents()[row]);
    selection.leave_out(&repeated.collect());
    Ok(())
}

/// The method of the set's last run, if this one is not to begin anew, and where its songs were when it was last written.
fn past(
    request: &ClusterRequest,
    scope: Option<&Path>,
    store: &Path,
) -> Result<(Option<String>, SongPlaces), StoreError> {
    let database = Playlists::look(store)?;
    let set = request.set.clone().map_or_else(|| default_set(&database, scope), Ok)?;
    let is_anew = request.fresh || request.regroup == Regroup::From(0.0);
    let last = database.set(&set)?.and_then(|(_, run)| run).filter(|_| !is_anew);
    Ok((last.map(|run| run.space.name), database.places(&set)?))
}

/// The values that are compared, from the stored ones, which are taken out of the selection.
pub(crate) fn points(
    selection: &mut Selection,
    spaces: &Combination,
    report: bool,
) -> Result<Points, PointsError> {
    let parts = spaces.0.iter().enumerate().map(|(part, (space, _))| match selection.take_reduced(part) {
        Some(values) => {
            let contents = selection.tracks.iter().map(|track| track.content).collect();
            Points::of_matrix(space.clone(), contents, values)
        }
        None => part_points(selection, spaces, part, report),
    });
    let parts = parts.collect::<Result<_, _>>()?;
    selection.drop_vectors();
    Ok(spaces.join(parts))
}

/// Those of one of the spaces.
fn part_points(
    selection: &Selection,
    spaces: &Combination,
    part: usize,
    report: bool,
) -> Result<Points, PointsError> {
    let (space, _) = &spaces.0[part];
    let raw = Points::new(space.clone(), selection.rows(part))?;
    let traits = traits_of(&space.name);
    Ok(match report {
        _ if selection.is_reduced(part) => raw,
        true => raw.map(traits.report_columns),
        false => raw.map(traits.prepare),
    })
}
