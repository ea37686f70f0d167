//! Which songs are found near to others, with and without what makes that fast and fair.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use crate::app::cluster::combination::{MethodChoice, MethodPart};
use crate::app::cluster::request::Filters;
use crate::app::progress::Quiet;
use crate::app::similar::error::SimilarError;
use crate::app::similar::nearest::{Effort, Surroundings};
use crate::app::similar::outside::OutsideWorkers;
use crate::app::similar::request::SimilarRequest;
use crate::app::similar::search::SongSearch;

/// How neighbours are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Neighbourhood {
    /// How many of each song.
    pub n: usize,
    /// All songs are compared exactly, not only the first by coarse points.
    pub brute_force: bool,
    /// Distances are made comparable between regions.
    pub scaled: bool,
}

/// The songs nearest to each of some songs of a store, by the stored vectors of a method.
///
/// # Errors
/// The store cannot be read, or a song is not in it.
pub fn neighbours(
    store: &Path,
    method: &str,
    songs: &[PathBuf],
    how: Neighbourhood,
) -> Result<Vec<Vec<PathBuf>>, Box<dyn Error>> {
    let part = MethodPart { name: method.to_owned(), weight: 1.0, current: Err(String::new()) };
    let method = MethodChoice::Named(vec![part]);
    let (stop, filters) = (AtomicBool::new(false), Filters::default());
    let pool = |_: &[_]| Err(SimilarError::Interrupted);
    let workers = OutsideWorkers { models: store, pool: &pool, stop: &stop };
    let search = SongSearch::begin(store, &method, songs, &workers, &Quiet)?;
    let finder = search.finder(&filters, &[])?;
    let mut effort = Effort { is_scaled: how.scaled, ..Effort::for_songs(how.n) };
    if how.brute_force {
        effort.candidates = usize::MAX;
    }
    let (view, space) = (&search.view, &search.space);
    let surroundings = Surroundings { view, space, finder: &finder, effort };
    let request = SimilarRequest {
        method,
        seeds: vec![],
        unwanted: vec![],
        n: how.n,
        least_distance: 0.0,
        filters: filters.clone(),
        configured: vec![],
        export: None,
    };
    let mut found = Vec::new();
    for song in search.named(&finder)? {
        let point = space.point(view, song.row)?;
        let near = surroundings.nearest(&point, &[song.row], &request)?;
        found.push(near.into_iter().map(|song| song.path().to_owned()).collect());
    }
    Ok(found)
}
