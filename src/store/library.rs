//! `library.redb`, open for writing: what scanning finds out.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redb::{Database, StorageBackend, WriteTransaction, backends::InMemoryBackend};

use super::guard::{Handle, guarded};
use super::keys::{bytes, content_key};
use super::rows::put;
use super::spaces::{PaceRecord, VECTORS, Vectors, table_name};
use super::tables::{AUDITED, CONTENTS, FAILURES, FILES, LIBRARY, META, PACES, ROOTS, TRACKS};
use super::{StoreError, View, codec, open, reduced, vectors};
use crate::file::{FailureRecord, FileRecord, RootRecord};
use crate::space::basis::{Basis, WIDTH};
use crate::space::{Features, SpaceId};
use crate::time::Moment;
use crate::track::{TrackNumber, TrackRecord};

/// One thing to be written. Changes are committed in batches, in order.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Root(PathBuf, RootRecord),
    ForgetRoot(PathBuf),
    File(PathBuf, FileRecord),
    ForgetFile(PathBuf),
    Track(TrackNumber, TrackRecord),
    Vector(SpaceId, TrackNumber, Features),
    Pace(SpaceId, PaceRecord),
    /// A new basis for the reduced vectors of a space, and all of those.
    Basis(SpaceId, Arc<Basis>, Vectors),
    /// Reduced vectors that were missing, of the basis of this number.
    Reduced(SpaceId, u32, Vectors),
    /// Forgets recordings with everything that was made of them.
    ForgetTracks(HashSet<TrackNumber>),
    /// Forgets all vectors of a space.
    ForgetSpace(SpaceId),
    /// Contents were checked for silent changes.
    Audited(Moment),
    /// Without a space's name the whole file has failed.
    Failure(PathBuf, String, FailureRecord),
    /// Forgets a file's failure in one space.
    Healed(PathBuf, String),
    /// Forgets all failures of a file.
    Mended(PathBuf),
}

/// The library, open for writing. One process at a time has it.
pub(crate) struct Library {
    path: PathBuf,
    database: Handle<Database>,
    /// Bases of wide spaces, as far as they were needed.
    bases: Mutex<HashMap<SpaceId, Option<Arc<Basis>>>>,
}

impl Library {
    /// Opens the library of the store in `folder`, made where there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_patiently(folder, Duration::ZERO)
    }

    /// As [`Library::open`], but waits for another writer to end.
    pub(crate) fn open_patiently(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        let path = folder.join(LIBRARY);
        let database = open::writer(&path, patience)?;
        Ok(Self { path, database, bases: Mutex::default() })
    }

    /// An empty library that no file holds: it is gone with this value, however the process ends.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Self::on(InMemoryBackend::new())
    }

    /// The library that is kept there; an empty one where there is none.
    pub(super) fn on(storage: impl StorageBackend) -> Result<Self, StoreError> {
        let path = PathBuf::from("memory");
        let database = open::on(storage, &path)?;
        Ok(Self { path, database, bases: Mutex::default() })
    }

    /// What is committed now.
    pub(crate) fn view(&self) -> Result<View, StoreError> {
        View::of(&self.path, &*self.database)
    }

    /// Writes all of `changes` or none. After an error the handle is of no use.
    pub(crate) fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let projected = self.projected(changes)?;
        guarded(&self.path, || {
            let mut write = self.database.begin_write()?;
            write.set_quick_repair(true);
            changes.iter().try_for_each(|change| apply(&write, change))?;
            projected
                .iter()
                .try_for_each(|(space, (basis, rows))| reduced::put(&write, space, *basis, rows))?;
            Ok(write.commit()?)
        })?;
        for change in changes {
            if let Change::Basis(space, basis, _) = change {
                self.bases().insert(space.clone(), Some(Arc::clone(basis)));
            }
        }
        Ok(())
    }

    /// The reduced vectors that go with the vectors among `changes`: none is written without.
    fn projected(&self, changes: &[Change]) -> Result<Projected, StoreError> {
        let mut projected = Projected::new();
        for change in changes {
            let Change::Vector(space, track, features) = change else { continue };
            if features.values.len() <= WIDTH {
                continue;
            }
            if !self.bases().contains_key(space) {
                let basis = self.view()?.basis(space)?.map(Arc::new);
                self.bases().insert(space.clone(), basis);
            }
            let basis = self.bases().get(space).cloned().flatten();
            if let Some(basis) = basis.filter(|basis| basis.least_columns() <= features.values.len()) {
                let (_, rows) =
                    projected.entry(space.clone()).or_insert_with(|| (basis.number, BTreeMap::new()));
                rows.insert(*track, basis.project_one(&features.values));
            }
        }
        Ok(projected)
    }

    fn bases(&self) -> MutexGuard<'_, HashMap<SpaceId, Option<Arc<Basis>>>> {
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By space: the number of its basis, and rows.
type Projected = BTreeMap<SpaceId, (u32, Vectors)>;

fn apply(write: &WriteTransaction, change: &Change) -> Result<(), redb::Error> {
    match change {
        Change::Root(path, record) => put(write, ROOTS, &bytes(path), record)?,
        Change::ForgetRoot(path) => drop(write.open_table(ROOTS)?.remove(bytes(path))?),
        Change::File(path, record) => put(write, FILES, &bytes(path), record)?,
        Change::ForgetFile(path) => drop(write.open_table(FILES)?.remove(bytes(path))?),
        Change::Track(number, record) => {
            put(write, TRACKS, &number.0, record)?;
            put(write, CONTENTS, &&content_key(&record.content), number)?;
        }
        Change::Vector(space, track, features) => vectors::put(write, space, *track, features)?,
        Change::Pace(space, record) => put(write, PACES, &table_name(VECTORS, space).as_str(), record)?,
        Change::Basis(space, basis, rows) => {
            reduced::put_basis(write, space, basis)?;
            reduced::put(write, space, basis.number, rows)?;
        }
        Change::Reduced(space, basis, rows) => reduced::put(write, space, *basis, rows)?,
        Change::ForgetTracks(tracks) => forget(write, tracks)?,
        Change::ForgetSpace(space) => vectors::forget_space(write, space)?,
        Change::Audited(moment) => put(write, META, &AUDITED, moment)?,
        Change::Failure(path, space, record) => {
            put(write, FAILURES, &(bytes(path), space.as_str()), record)?;
        }
        Change::Healed(path, space) => {
            drop(write.open_table(FAILURES)?.remove((bytes(path), space.as_str()))?);
        }
        Change::Mended(path) => {
            let path = bytes(path);
            let mut table = write.open_table(FAILURES)?;
            // A path's rows begin with the empty space and end before the next path's.
            let after = [path, &[0]].concat();
            table.retain_in((path, "")..(after.as_slice(), ""), |_, _| false)?;
        }
    }
    Ok(())
}

fn forget(write: &WriteTransaction, tracks: &HashSet<TrackNumber>) -> Result<(), redb::Error> {
    let mut table = write.open_table(TRACKS)?;
    for track in tracks {
        table.remove(track.0)?;
    }
    write.open_table(CONTENTS)?.retain(|key, row| {
        // A row that cannot be read names nobody who stays.
        let number = codec::decode(CONTENTS, &key, row);
        number.is_ok_and(|number| !tracks.contains(&number))
    })?;
    vectors::forget(write, tracks)
}
