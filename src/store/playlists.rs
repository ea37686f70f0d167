//! `playlists.redb`: what clustering knows of sets, their runs, and the files it wrote.

use std::{
    cell::Cell,
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use redb::{
    Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable, TableError, TableHandle,
    WriteTransaction,
};
use serde::{Deserialize, Serialize};

use super::{
    StoreError, codec,
    handle::Handle,
    open,
    tables::{OWNED, RUNS, SETS},
};
use crate::{digest::Digest, moment::Moment, space::SpaceId, track::ContentId};

/// Runs kept per set.
const HISTORY: u64 = 50;

/// A family of playlists that continue each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRecord {
    /// The id of the next new playlist; ids are never used twice.
    pub next_id: u32,
    /// The number of the latest run.
    pub latest: u64,
}

/// One clustering, as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub id: String,
    pub made: Moment,
    pub space: SpaceId,
    /// Canonical: equal settings are equal text.
    pub settings: String,
    pub inertia: f64,
    /// One per playlist.
    pub centroids: Vec<Vec<f32>>,
    pub playlists: Vec<RunPlaylist>,
}

/// A playlist as a run left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlaylist {
    pub id: u32,
    pub name: String,
    pub members: Vec<ContentId>,
    /// Tracks that were here when they were last seen: where they return to.
    pub away: Vec<ContentId>,
}

/// What was written at one path. More than one digest: the program was killed before it said which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwnedFile {
    set: String,
    digests: Vec<Digest>,
}

/// Files of one set: paths with the digest of the bytes.
pub type OwnedFiles = Vec<(PathBuf, Digest)>;

/// The playlists, open for writing if they may be written.
pub struct Playlists {
    path: PathBuf,
    database: Access,
    damaged: Cell<bool>,
}

enum Access {
    Write(Handle<Database>),
    Read(Handle<ReadOnlyDatabase>),
    /// Neither there nor to be made.
    Nothing,
}

impl Playlists {
    /// Opens the playlists of the store in `folder`, waiting for another process if need be. Where they
    /// may not be written they are read, and the reason is given too.
    ///
    /// # Errors
    /// Another writer for too long, a newer or damaged store.
    pub fn open(folder: &Path) -> Result<(Self, Option<StoreError>), StoreError> {
        let path = folder.join("playlists.redb");
        let (database, refused) = match open::writer(&path, open::PATIENCE) {
            Ok(database) => (Access::Write(database), None),
            Err(refused @ StoreError::NotWritable { .. }) => match open::reader(&path) {
                Ok(database) => (Access::Read(database), Some(refused)),
                Err(StoreError::Missing(_)) => (Access::Nothing, Some(refused)),
                Err(error) => return Err(error),
            },
            Err(error) => return Err(error),
        };
        Ok((Self { path, database, damaged: Cell::new(false) }, refused))
    }

    /// Whether what is written here is still known next time.
    pub fn remembers(&self) -> bool {
        matches!(self.database, Access::Write(_))
    }

    /// Rows were met whose bytes were not what had been written.
    pub fn is_damaged(&self) -> bool {
        self.damaged.get()
    }

    /// A set and its latest run that can be read. A set whose own row is damaged is known from its runs.
    ///
    /// # Errors
    /// This and below: a disk that fails or a damaged store.
    pub fn set(&self, name: &str) -> Result<Option<(SetRecord, Option<RunRecord>)>, StoreError> {
        self.read(|read| {
            let row = get(read.open_table(SETS), name)?;
            let set = row.and_then(|row| self.whole(codec::decode("sets", name.as_bytes(), &row)));
            let table = match read.open_table(RUNS) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(set.map(|set| (set, None))),
                table => table?,
            };
            let (mut latest, mut run) = (None, None);
            let mut next_id = 0;
            for entry in table.range((name, 0)..=(name, u64::MAX))?.rev() {
                let (key, row) = entry?;
                let (_, number) = key.value();
                latest.get_or_insert(number);
                let found = codec::decode::<RunRecord>("runs", &run_key(name, number), row.value());
                let Some(found) = self.whole(found) else { continue };
                let ids = found.playlists.iter().map(|playlist| playlist.id + 1);
                next_id = ids.max().unwrap_or_default().max(next_id);
                run.get_or_insert(found);
                if set.is_some() {
                    break;
                }
            }
            let rebuilt = || latest.map(|latest| SetRecord { next_id, latest });
            Ok(set.or_else(rebuilt).map(|set| (set, run)))
        })
        .map(Option::flatten)
    }

    fn whole<T>(&self, row: Result<T, codec::BadRow>) -> Option<T> {
        self.damaged.set(self.damaged.get() || row.is_err());
        row.ok()
    }

    /// The files that a set has written.
    pub fn owned(&self, set: &str) -> Result<OwnedFiles, StoreError> {
        let owned = self.read(|read| {
            let mut files = Vec::new();
            let table = match read.open_table(OWNED) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(files),
                table => table?,
            };
            for entry in table.iter()? {
                let (path, row) = entry?;
                let file = codec::decode::<OwnedFile>("owned", path.value(), row.value());
                let Some(file) = self.whole(file) else { continue };
                let path = PathBuf::from(OsStr::from_bytes(path.value()));
                if file.set == set {
                    files.extend(file.digests.into_iter().map(|digest| (path.clone(), digest)));
                }
            }
            Ok(files)
        })?;
        Ok(owned.unwrap_or_default())
    }

    /// Replaces what is known of a set's files.
    pub fn claim(&self, set: &str, files: &OwnedFiles) -> Result<(), StoreError> {
        self.write(|write| put_owned(write, set, files))
    }

    /// Keeps a run as the latest of its set; the oldest ones go.
    pub fn keep(&self, name: &str, set: &SetRecord, run: &RunRecord) -> Result<(), StoreError> {
        self.write(|write| {
            let row = codec::encode("sets", name.as_bytes(), set);
            write.open_table(SETS)?.insert(name, row.as_slice())?;
            let row = codec::encode("runs", &run_key(name, set.latest), run);
            let mut runs = write.open_table(RUNS)?;
            runs.insert((name, set.latest), row.as_slice())?;
            let oldest = set.latest.saturating_sub(HISTORY - 1);
            runs.retain_in((name, 0)..(name, oldest), |_, _| false)?;
            Ok(())
        })
    }

    fn read<T>(
        &self,
        work: impl FnOnce(ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<Option<T>, StoreError> {
        open::guarded(&self.path, || {
            let read = match &self.database {
                Access::Write(database) => database.begin_read()?,
                Access::Read(database) => database.begin_read()?,
                Access::Nothing => return Ok(None),
            };
            work(read).map(Some)
        })
    }

    fn write(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let Access::Write(database) = &self.database else { return Ok(()) };
        open::guarded(&self.path, || {
            let mut write = database.begin_write()?;
            write.set_quick_repair(true);
            work(&write)?;
            Ok(write.commit()?)
        })
    }
}

fn get<K: redb::Key + 'static>(
    table: Result<redb::ReadOnlyTable<K, &'static [u8]>, TableError>,
    key: K::SelfType<'_>,
) -> Result<Option<Vec<u8>>, redb::Error> {
    match table {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        table => Ok(table?.get(key)?.map(|row| row.value().to_vec())),
    }
}

fn put_owned(write: &WriteTransaction, set: &str, files: &OwnedFiles) -> Result<(), redb::Error> {
    let mut table = write.open_table(OWNED)?;
    table.retain(|path, row| {
        let row = codec::decode::<OwnedFile>(OWNED.name(), path, row);
        row.is_ok_and(|file| file.set != set)
    })?;
    for (path, _) in files {
        let digests = files.iter().filter(|(other, _)| other == path).map(|(_, digest)| *digest);
        let file = OwnedFile { set: set.to_owned(), digests: digests.collect() };
        let path = path.as_os_str().as_bytes();
        table.insert(path, codec::encode(OWNED.name(), path, &file).as_slice())?;
    }
    Ok(())
}

fn run_key(set: &str, number: u64) -> Vec<u8> {
    [set.as_bytes(), &[0], &number.to_le_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_row_costs_no_identity() {
        let folder = tempfile::tempdir().unwrap();
        let run = |id| RunRecord {
            id: format!("run {id}"),
            made: Moment::now(),
            space: SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) },
            settings: String::new(),
            inertia: 0.0,
            centroids: vec![],
            playlists: vec![RunPlaylist { id, name: "Calm".into(), members: vec![], away: vec![] }],
        };
        let set = SetRecord { next_id: 7, latest: 2 };
        let (database, _) = Playlists::open(folder.path()).unwrap();
        database.keep("mfcc", &SetRecord { next_id: 5, latest: 1 }, &run(4)).unwrap();
        database.keep("mfcc", &set, &run(3)).unwrap();
        assert_eq!((database.set("mfcc").unwrap().unwrap().0, database.is_damaged()), (set.clone(), false));

        let bad: &[u8] = b"not what was written";
        database
            .write(|write| {
                write.open_table(RUNS)?.insert(("mfcc", 2), bad)?;
                Ok(())
            })
            .unwrap();
        let (found, last) = database.set("mfcc").unwrap().unwrap();
        assert_eq!((found, last.unwrap().id.as_str(), database.is_damaged()), (set, "run 4", true));

        database
            .write(|write| {
                write.open_table(SETS)?.insert("mfcc", bad)?;
                Ok(())
            })
            .unwrap();
        let (found, last) = database.set("mfcc").unwrap().unwrap();
        assert_eq!(found, SetRecord { next_id: 5, latest: 2 });
        assert_eq!(last.unwrap().id, "run 4");
    }

    #[test]
    fn a_damaged_row_of_a_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        database
            .write(|write| {
                write.open_table(OWNED)?.insert(&b"/a"[..], &b"bad"[..])?;
                Ok(())
            })
            .unwrap();
        assert_eq!((database.owned("mfcc").unwrap(), database.is_damaged()), (vec![], true));
    }
}
