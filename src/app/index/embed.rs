//! Lists of files into tables, without a store: what many machines do at once.

use std::sync::atomic::AtomicBool;

use super::{Error, Index};
use crate::app::embed::{
    EmbedError, EmbedRequest, EmbedSummary, ListsRequest, ListsSummary, embed, write_lists,
};
use crate::app::progress::Progress;
use crate::machine::start_thread_pool;
use crate::priority::Priority;

impl Index {
    /// Analyses the files of a list by the methods of `[scan]`, and writes a table of tracks that [`Index::import`] takes. No
    /// store is opened. A table of the same list and methods that is there already is left as it is.
    /// Errors: a list or table that cannot be read or written, or is somebody else's; a model that cannot be used. Then nothing
    /// is written. A file that fails is a row with its reason.
    pub fn embed(
        &self,
        request: &EmbedRequest,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<EmbedSummary, Error> {
        start_thread_pool();
        let scan = self.scan_request(&self.scan_options())?;
        let pool = || {
            let inference = self.inference(&scan.methods, Priority::Equal)?;
            let priority = if inference.is_some() { Priority::Yielding } else { Priority::Equal };
            Ok::<_, EmbedError>(self.worker_pool(inference, scan.decoding.clone(), priority))
        };
        Ok(embed(request, &scan, &pool, progress, stop)?)
    }

    /// Divides the music of some folders into lists of about equal size.
    /// Errors: a folder that is not there or holds no music; a place that is not empty.
    pub fn write_lists(&self, request: &ListsRequest) -> Result<ListsSummary, Error> {
        let rules = self.rules();
        rules.check()?;
        Ok(write_lists(request, &rules)?)
    }
}
