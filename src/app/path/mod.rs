//! Songs that lead from one to another, in even steps.
//!
//! [`path()`] reads as its steps: the store is read, songs near the line between both ends are found for each place of the way,
//! and of all ways through them the smoothest is taken.

mod layers;
pub(crate) mod request;
mod route;

use std::path::Path;

use self::layers::Stage;
use self::request::PathRequest;
use self::route::smoothest;
use super::progress::Progress;
use super::similar::error::SimilarError;
use super::similar::hubness::scaled;
use super::similar::list::{export, title};
use super::similar::outside::OutsideWorkers;
use super::similar::request::FoundSongs;
use super::similar::search::SongSearch;

/// Finds a way from one song to another. Nothing is kept, and nothing written but the playlist that is asked for.
/// Errors: a song that is not there or may be several, fewer songs than steps, a file that is somebody else's.
pub(crate) fn path(
    request: &PathRequest,
    store: &Path,
    workers: &OutsideWorkers<'_>,
    progress: &dyn Progress,
) -> Result<FoundSongs, SimilarError> {
    let search = SongSearch::begin(store, &request.method, &request.ends, workers, progress)?;
    let (view, space) = (&search.view, &search.space);
    let finder = search.finder(&request.filters, &request.configured)?;
    let named = search.named(&finder)?;
    let [from, to] = &named[..] else { unreachable!("two ends were named") };
    if from.row == to.row {
        return Err(SimilarError::SameEnds { song: title(&from.song) });
    }
    let places = request.steps.max(2);
    let Stage { songs, rows, stops, layers, steps, reaches } =
        Stage::set(view, space, &finder, [from, to], places)?;
    let way = smoothest(&stops, &layers, &steps);
    let mut found = FoundSongs {
        name: format!("From {} to {}", title(&from.song), title(&to.song)),
        method: search.method.clone(),
        seeds: vec![from.song.clone(), to.song.clone()],
        unwanted: vec![],
        songs: way.iter().map(|&stop| songs[stop].clone()).collect(),
        exported: None,
    };
    for (place, pair) in way.windows(2).enumerate() {
        let square = space.exact_squares(view, &space.point(view, rows[pair[0]])?, &[rows[pair[1]]])?[0];
        found.songs[place + 1].distance = scaled(square.sqrt(), reaches[pair[0]], reaches[pair[1]]);
    }
    if let Some(request) = &request.export {
        found.exported = Some(export("path", &found, request, progress)?);
    }
    Ok(found)
}
