//! Upkeep of the store.

use std::path::Path;

use super::{Error, Index};
use crate::app::backup::{Backup, back_up};
use crate::app::{reduction::renew, watch::Running};
use crate::store::{CompactedDatabase, DatabaseCheck, Library, StoreError, check, compact};

impl Index {
    /// Checks every row of the store's databases: those of `library.redb` and `playlists.redb`, as far as they are there. With
    /// `repair`, one that is not whole is replaced by one of its whole rows, and kept beside that.
    /// Errors: another process writes to the store and it is to be repaired; a database cannot be read or written.
    pub fn check_store(&self, repair: bool) -> Result<Vec<DatabaseCheck>, Error> {
        let store = self.store();
        if repair {
            no_daemon(&store)?;
        }
        Ok(check(&store, repair)?)
    }

    /// Gives back to the disk what the databases do not use any more, after the reduced vectors of wide spaces have been made
    /// anew, as they would be if all songs had come at once.
    /// Errors: a daemon or another process writes to the store, or goes on reading it.
    pub fn compact_store(&self) -> Result<Vec<CompactedDatabase>, Error> {
        let store = self.store();
        no_daemon(&store)?;
        if !store.is_dir() {
            return Err(StoreError::Missing(store).into());
        }
        let library = Library::open(&store)?;
        let view = library.view()?;
        let spaces: Vec<_> = view.spaces()?.into_iter().map(|record| record.space).collect();
        drop(view);
        spaces.iter().try_for_each(|space| renew(&library, space))?;
        drop(library);
        Ok(compact(&store)?)
    }

    /// Copies the store's databases and models into `folder`, also while a daemon writes. To restore them is to copy them back.
    /// Errors: the folder holds anything but an earlier backup; the store is damaged; a disk fails.
    pub fn back_up_store(&self, folder: &Path) -> Result<Backup, Error> {
        Ok(back_up(&self.store(), folder)?)
    }
}

fn no_daemon(store: &Path) -> Result<(), Error> {
    match Running::find(store) {
        Some(running) => Err(Error::DaemonWrites(running.pid)),
        None => Ok(()),
    }
}
