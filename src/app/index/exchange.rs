//! The store's tables for other programs and other machines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Error, Index, OptionError};
use crate::app::cluster::{request::ClusterRequest, summary::ClusterSummary};
use crate::app::exchange::{ExportRequest, ExportSummary, ImportSummary, TransferError, export};
#[cfg(feature = "parquet")]
use crate::app::exchange::{ImportRequest, import};
use crate::app::{progress::Progress, watch::Running};
#[cfg(not(feature = "parquet"))]
use crate::exchange::ExchangeError;
use crate::exchange::assignment::Assignment;
use crate::exchange::format::TABLE_FORMATS;
use crate::machine::start_thread_pool;

impl Index {
    /// A request to write everything into `folder`, in the format that `--format` names.
    /// Errors: an unknown format.
    pub fn export_request(&self, folder: &Path, format: &str) -> Result<ExportRequest, Error> {
        let unknown = || OptionError::Unknown {
            what: "format",
            name: format.to_owned(),
            names: TABLE_FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        };
        let format = TABLE_FORMATS.iter().find(|row| row.name == format).ok_or_else(unknown)?;
        Ok(ExportRequest { folder: folder.to_owned(), format, methods: vec![], force: false })
    }

    /// Writes tracks with their vectors, playlists and runs as files for other programs, all or none. Nothing is decoded.
    /// Errors: a file that cannot be written or is somebody else's; a method without vectors.
    pub fn export(&self, request: &ExportRequest, progress: &dyn Progress) -> Result<ExportSummary, Error> {
        Ok(export(request, &self.store(), progress)?)
    }

    /// Groups the tracks as a file says, which another program has made of exported vectors: a column `content_id` and a column
    /// `group`, or a folder of such parts. Tracks that it does not name join the group whose centre is nearest; all else is as in
    /// [`cluster`](Self::cluster), but for the algorithm and the number of playlists, which do not count.
    /// Errors: those of `cluster`; a file that is no such list, or that names no track to be grouped. Then nothing is written.
    pub fn import_assignment(
        &self,
        file: &Path,
        request: &ClusterRequest,
        progress: &dyn Progress,
    ) -> Result<ClusterSummary, Error> {
        let assignment = Assignment::read(file).map_err(TransferError::from)?;
        let request = ClusterRequest { assignment: Some(Arc::new(assignment)), n: None, ..request.clone() };
        self.cluster(&request, progress)
    }

    /// Takes what another store has exported into this one, which is made if it is not there: recordings are known by their
    /// content, whatever their paths, and vectors come only into the space that they are of. What is here stays.
    /// Errors: a file that is not whole or not ours, or whose vectors are all of spaces that this program does not fill: then
    /// nothing is written. A daemon writes to the store.
    pub fn import(&self, files: &[PathBuf], progress: &dyn Progress) -> Result<ImportSummary, Error> {
        if let Some(running) = Running::find(&self.store()) {
            return Err(Error::DaemonWrites(running.pid));
        }
        start_thread_pool();
        #[cfg(feature = "parquet")]
        {
            let request = ImportRequest { files, current: self.current_spaces() };
            Ok(import(&request, &self.store(), progress)?)
        }
        #[cfg(not(feature = "parquet"))]
        {
            let _ = (files, progress);
            Err(TransferError::from(ExchangeError::NoParquet).into())
        }
    }
}
