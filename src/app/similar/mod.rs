//! Songs that sound like others.
//!
//! [`similar()`] reads as its steps, for which the files of this folder stand. Nothing is decoded but files from outside the
//! library.

pub(crate) mod error;
pub(crate) mod file_index;
pub(crate) mod hubness;
pub(crate) mod list;
mod names;
pub(crate) mod nearest;
pub(crate) mod outside;
mod part;
mod query;
pub(crate) mod request;
pub(crate) mod search;
pub(crate) mod seeds;
pub(crate) mod songs;
pub(crate) mod space;

use std::path::Path;

use self::error::SimilarError;
use self::list::{export, title};
use self::nearest::{Effort, Surroundings};
use self::outside::OutsideWorkers;
use self::query::query;
use self::request::{FoundSongs, SimilarRequest};
use self::search::{NamedSong, SongSearch};
use super::progress::Progress;

/// Finds songs that sound like those that are named. Nothing is kept, and nothing written but the playlist that is asked for.
/// Errors: a song that is not there or may be several, nothing to compare it with, a file that is somebody else's.
pub(crate) fn similar(
    request: &SimilarRequest,
    store: &Path,
    workers: &OutsideWorkers<'_>,
    progress: &dyn Progress,
) -> Result<FoundSongs, SimilarError> {
    let typed: Vec<_> = request.seeds.iter().chain(&request.unwanted).cloned().collect();
    let search = SongSearch::begin(store, &request.method, &typed, workers, progress)?;
    let (view, space) = (&search.view, &search.space);
    let finder = search.finder(&request.filters, &request.configured)?;
    let named = search.named(&finder)?;
    let (seeds, unwanted) = named.split_at(request.seeds.len());
    if let Some(both) = seeds.iter().find(|seed| unwanted.iter().any(|other| other.row == seed.row)) {
        return Err(SimilarError::BothWays { song: title(&both.song) });
    }
    let points = |named: &[NamedSong]| {
        named.iter().map(|named| space.point(view, named.row)).collect::<Result<Vec<_>, _>>()
    };
    let point = query(&points(seeds)?, &points(unwanted)?).ok_or(SimilarError::CancelledOut)?;
    let rows: Vec<_> = named.iter().map(|named| named.row).collect();
    let effort = Effort::for_songs(request.n);
    let songs = Surroundings { view, space, finder: &finder, effort }.nearest(&point, &rows, request)?;
    if songs.is_empty() {
        return Err(SimilarError::NoneLeft { is_filtered: space.tracks().len() > rows.len() });
    }
    let songs_of = |named: &[NamedSong]| named.iter().map(|named| named.song.clone()).collect();
    let mut found = FoundSongs {
        name: format!("Like {}", titles(seeds)) + &but(unwanted),
        method: search.method,
        seeds: songs_of(seeds),
        unwanted: songs_of(unwanted),
        songs,
        exported: None,
    };
    if let Some(request) = &request.export {
        found.exported = Some(export("similar", &found, request, progress)?);
    }
    Ok(found)
}

fn titles(named: &[NamedSong]) -> String {
    named.iter().map(|named| title(&named.song)).collect::<Vec<_>>().join(" and ")
}

fn but(unwanted: &[NamedSong]) -> String {
    if unwanted.is_empty() { String::new() } else { format!(", but not {}", titles(unwanted)) }
}
