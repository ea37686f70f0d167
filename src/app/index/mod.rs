//! The library's face: one index, and all that can be done with it.

pub(crate) mod compare;
#[cfg(feature = "parquet")]
mod embed;
pub(crate) mod error;
mod eval;
mod exchange;
mod grouping;
mod history;
mod library;
mod map;
mod methods;
pub(crate) mod models;
pub(crate) mod scan;
mod similar;
mod upkeep;
mod watch;

use std::path::PathBuf;

use super::history::latest::{SetStatus, latest};
use super::status::{Status, failures, partial_files, status};
use super::watch::{DaemonState, Running};
use super::{damage::warn_of_damaged_rows, progress::Progress, prune::Prunable, scan::request::ScanError};
use crate::model::{Engine, EngineError};
use crate::store::{Library, Playlists, StoreError, View};
use crate::{
    config::Config, extract::Method, file::FailureRecord, library::FolderNames, library::Rules,
    space::SpaceId,
};

pub(crate) use self::{
    error::{Error, OptionError},
    models::ModelFolder,
};

/// A store, the models beside it, and the settings with which they are used.
///
/// Nothing is kept open between two calls: other processes, a daemon among them, use the same store. A call fails where
/// the store cannot be read, or written if it changes something; what else may go wrong stands with each.
#[derive(Clone, Debug)]
pub struct Index {
    config: Config,
}

/// What is indexed, and who works on it.
#[derive(Debug)]
pub struct IndexStatus {
    /// The store's folder.
    pub store: PathBuf,
    /// The version of the store's format.
    pub schema: u64,
    /// What is in it.
    pub counts: Status,
    /// The sets of playlists, the one that changed last first; or why they cannot be read.
    pub playlists: Result<Vec<SetStatus>, StoreError>,
    /// What runs models, if there are any.
    pub engine: Option<Result<&'static Engine, EngineError>>,
    /// The daemon, if one runs: its state, or its process id while it has told none.
    pub daemon: Option<Result<DaemonState, u32>>,
}

impl Index {
    /// The index that `config` describes. Its store need not be there yet: the first scan makes it.
    pub fn open(config: &Config) -> Self {
        Self { config: config.clone() }
    }

    /// Checks what the settings mean, beyond their form: patterns, methods, algorithm, filters, targets. The first that
    /// cannot be used is an error.
    pub fn check(&self) -> Result<(), Error> {
        self.rules().check()?;
        self.methods(&self.config.scan.method)?;
        self.cluster_request().map(drop)
    }

    /// Counts per space, the state of the folders, and the daemon.
    pub fn status(&self) -> Result<IndexStatus, Error> {
        let store = self.store();
        let counts = status(&View::open(&store)?, &self.current_spaces())?;
        let engine = self.all_methods().0.iter().any(Method::is_model).then(|| self.engine());
        let playlists = latest(&store);
        let running = Running::find(&store);
        let daemon = running.map(|running| DaemonState::read(&running.state).ok_or(running.pid));
        Ok(IndexStatus { store, schema: crate::store::SCHEMA.into(), counts, playlists, engine, daemon })
    }

    /// Every failure of a file that is there: its path, the space or nothing, what happened.
    pub fn failures(&self, progress: &dyn Progress) -> Result<Vec<(PathBuf, String, FailureRecord)>, Error> {
        let view = View::open(&self.store())?;
        let failures = failures(&view)?;
        warn_of_damaged_rows(&view, progress);
        Ok(failures)
    }

    /// Every file that is there and is kept though something of it is lacking: its path, and what that is; nothing where an
    /// earlier version has decoded it.
    pub fn partial_files(&self) -> Result<Vec<(PathBuf, Option<String>)>, Error> {
        Ok(partial_files(&View::open(&self.store())?)?)
    }

    /// What [`Index::prune`] would forget: missing files and, with `spaces`, the vectors that no method makes any more.
    pub fn prunable(&self, spaces: bool) -> Result<Prunable, Error> {
        Ok(Prunable::find(&View::open(&self.store())?, spaces, &self.current_spaces())?)
    }

    /// Forgets what is missing. `confirm` is asked first; what it refuses is not done, and then `None` is returned.
    /// Errors: a daemon writes to the store; `confirm` fails.
    pub fn prune<E: From<Error>>(
        &self,
        spaces: bool,
        confirm: impl FnOnce(&Prunable) -> Result<bool, E>,
    ) -> Result<Option<Prunable>, E> {
        let found = self.prunable(spaces)?;
        if found.is_empty() {
            return Ok(Some(found));
        }
        if let Some(running) = Running::find(&self.store()) {
            return Err(Error::DaemonWrites(running.pid).into());
        }
        if !confirm(&found)? {
            return Ok(None);
        }
        self.forget(spaces)?;
        Ok(Some(found))
    }

    fn forget(&self, spaces: bool) -> Result<(), Error> {
        let library = Library::open(&self.store())?;
        // Found anew: what has come back meanwhile stays.
        let found = Prunable::find(&library.view()?, spaces, &self.current_spaces())?;
        library.commit(&found.changes())?;
        if spaces && Playlists::read(&self.store())?.is_some() {
            let stored: Vec<_> = library.view()?.spaces()?.into_iter().map(|record| record.space).collect();
            Playlists::open(&self.store())?.0.forget_maps_without(&stored)?;
        }
        Ok(())
    }

    /// The folders of the library: those of the configuration and those of the store.
    /// Errors: there is none.
    pub fn roots(&self) -> Result<Vec<PathBuf>, Error> {
        let known = self.view_if_any()?.map(|view| view.roots()).transpose()?.unwrap_or_default();
        let roots: Vec<_> = self.config.library.roots.iter().cloned().chain(known.into_keys()).collect();
        if roots.is_empty() { Err(ScanError::NoRoots.into()) } else { Ok(roots) }
    }

    /// The models of this index.
    pub fn models(&self) -> ModelFolder {
        ModelFolder {
            path: self.config.models_folder(),
            inference: self.config.inference.clone(),
            runtimes: self.runtime_folders(),
        }
    }

    fn store(&self) -> PathBuf {
        self.config.store_folder()
    }

    /// The store as it is, where there is one.
    fn view_if_any(&self) -> Result<Option<View>, StoreError> {
        match View::open(&self.store()) {
            Err(StoreError::Missing(_)) => Ok(None),
            other => other.map(Some),
        }
    }

    fn rules(&self) -> Rules {
        let library = &self.config.library;
        Rules {
            extensions: library.extensions.iter().map(|e| e.trim_start_matches('.').to_owned()).collect(),
            ignore: library.ignore.clone(),
            discarded: FolderNames::new(&library.discarded),
            hidden: library.hidden,
            follow_links: library.follow_links,
            cue: library.cue,
        }
    }

    /// The spaces that scans fill now.
    fn current_spaces(&self) -> Vec<SpaceId> {
        self.all_methods().0.iter().map(Method::space).collect()
    }
}
