//! Songs that sound like others, and ways from one to another: the requests that settings and flags make.

use std::{path::PathBuf, sync::atomic::AtomicBool};

use super::grouping::filters;
use super::{Error, Index};
use crate::app::cluster::request::Filters;
use crate::app::path::{path, request::PathRequest};
use crate::app::progress::Progress;
use crate::app::scan::pool::WorkerPool;
use crate::app::similar::error::SimilarError;
use crate::app::similar::outside::OutsideWorkers;
use crate::app::similar::request::{FoundSongs, SimilarRequest};
use crate::app::similar::similar;
use crate::machine::start_thread_pool;
use crate::playlist::filter::ListLimits;
use crate::{extract::Method, priority::Priority, text::chain};

/// How many songs are named where nothing else is said.
const SONGS: usize = 20;

impl Index {
    /// A request for songs like some, each a path or part of `Artist – Title`. By what they are compared, and
    /// which songs may be named, is what `[cluster]` says; how many of each artist is not.
    /// Errors: an unknown method, filters that make no sense.
    pub fn similar_request(&self, seeds: Vec<PathBuf>) -> Result<SimilarRequest, Error> {
        Ok(SimilarRequest {
            method: self.method_choice(&self.config.cluster.method)?,
            seeds,
            unwanted: vec![],
            n: SONGS,
            least_distance: 0.0,
            filters: self.song_filters()?,
            configured: self.config.library.roots.clone(),
            export: None,
        })
    }

    /// Finds songs that sound like some others. Nothing is decoded but songs that are named and not in the library, and nothing
    /// is kept.
    /// Errors: no store or nothing in it, a song that is not there or may be several; a file that cannot be written. Then nothing
    /// is.
    pub fn similar(
        &self,
        request: &SimilarRequest,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<FoundSongs, Error> {
        self.with_workers(stop, |workers| similar(request, &self.store(), workers, progress))
    }

    /// A request for a way from one song to another, as [`Index::similar_request`].
    pub fn path_request(&self, ends: [PathBuf; 2]) -> Result<PathRequest, Error> {
        Ok(PathRequest {
            method: self.method_choice(&self.config.cluster.method)?,
            ends,
            steps: SONGS,
            filters: self.song_filters()?,
            configured: self.config.library.roots.clone(),
            export: None,
        })
    }

    /// Finds songs that lead from one to another in even steps.
    /// Errors: as [`Index::similar`]; too few songs for a way.
    pub fn path(
        &self,
        request: &PathRequest,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<FoundSongs, Error> {
        self.with_workers(stop, |workers| path(request, &self.store(), workers, progress))
    }

    fn song_filters(&self) -> Result<Filters, Error> {
        let filters = filters(&self.config.cluster)?;
        Ok(Filters { dedupe: false, limits: ListLimits::default(), ..filters })
    }

    fn with_workers(
        &self,
        stop: &AtomicBool,
        work: impl FnOnce(&OutsideWorkers<'_>) -> Result<FoundSongs, SimilarError>,
    ) -> Result<FoundSongs, Error> {
        start_thread_pool();
        let pool = |methods: &[Method]| -> Result<WorkerPool, SimilarError> {
            let decoding = self.decoding().map_err(|error| SimilarError::Decoder(chain(&error)))?;
            let inference = self.inference(methods, Priority::Equal)?;
            Ok(self.worker_pool(inference, decoding, Priority::Equal))
        };
        Ok(work(&OutsideWorkers { models: &self.config.models_folder(), pool: &pool, stop })?)
    }
}
