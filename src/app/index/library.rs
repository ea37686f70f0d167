//! The folders of an index.

use std::path::Path;

use super::{Error, Index};
use crate::app::roots::{LibraryRoot, RemovedRoot, list, removal};
use crate::app::watch::Running;
use crate::library::Roots;
use crate::store::{Library, View};

impl Index {
    /// The folders of the library, with those of the configuration that were never scanned.
    pub fn library_roots(&self) -> Result<Vec<LibraryRoot>, Error> {
        Ok(list(self.view_if_any()?.as_ref(), &self.config.library.roots)?)
    }

    /// Takes a folder out of the library, which need not be there any more. Its files are forgotten; recordings that lie
    /// nowhere else are kept until [`Index::prune`], so that nothing is decoded again if the folder is scanned again.
    /// Errors: it is no root; a daemon writes to the store.
    pub fn remove_root(&self, folder: &Path) -> Result<RemovedRoot, Error> {
        let store = self.store();
        let known: Vec<_> = View::open(&store)?.roots()?.into_keys().collect();
        let root = Roots::meant(&known, folder)?;
        if let Some(running) = Running::find(&store) {
            return Err(Error::DaemonWrites(running.pid));
        }
        let library = Library::open(&store)?;
        let (removed, changes) = removal(&library.view()?, root)?;
        library.commit(&changes)?;
        let among = Roots::among(std::slice::from_ref(&removed.path), &self.config.library.roots);
        let is_configured =
            among.is_some_and(|among| among.iter().any(|part| part.starts_with(&removed.path)));
        Ok(RemovedRoot { is_configured, ..removed })
    }
}
