//! Checking a database row by row, and making a whole one from what can be read of it.

use std::fs;
use std::path::{Path, PathBuf};

use redb::{ReadTransaction, ReadableDatabase};

use super::guard::{Handle, guarded};
use super::sieve::{DatabaseCheck, Sieve};
use super::tables::{LIBRARY, PLAYLISTS};
use super::{StoreError, open};

/// Checks the databases of the store in `folder`, as far as they are there.
/// Errors: as those of each.
pub(crate) fn check(folder: &Path, repair: bool) -> Result<Vec<DatabaseCheck>, StoreError> {
    open::check_folder(folder)?;
    let checks = [LIBRARY, PLAYLISTS].map(|name| check_database(&folder.join(name), repair));
    let checks = checks.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    if checks.is_empty() { Err(StoreError::Missing(folder.to_owned())) } else { Ok(checks) }
}

/// Checks the database at `path`, if there is one. If it is not whole, `repair` puts one with all rows that are in its place,
/// and leaves it beside that.
/// Errors: another process writes it, a newer program has written it; the repaired one cannot be written.
fn check_database(path: &Path, repair: bool) -> Result<Option<DatabaseCheck>, StoreError> {
    let mut check = DatabaseCheck { path: path.to_owned(), ..DatabaseCheck::default() };
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    check.broken = open::check_pages(path, repair)?;
    let database = match open::reader(path) {
        Ok(database) => Some(database),
        Err(StoreError::Emptied(_)) => {
            check.broken = Some("it is empty".into());
            None
        }
        Err(StoreError::Damaged { detail, .. }) => {
            check.broken.get_or_insert(detail);
            open::reader_of_any_schema(path).ok()
        }
        Err(error) => return Err(error),
    };
    let read = database.as_ref().map(|database| guarded(path, || Ok(Handle::new(database.begin_read()?))));
    // A database that cannot even be opened has no rows.
    let read = read.transpose().unwrap_or_default();
    if let Some(read) = &read {
        Sieve { path, read, write: None, keeps_reduced: true, check: &mut check }.run()?;
    }
    if repair && !check.is_whole() {
        check.set_aside = Some(replace(path, read.as_ref())?);
    }
    Ok(Some(check))
}

/// Puts a database of the whole rows of `read` in the place of the one at `path`; says where that is now.
fn replace(path: &Path, read: Option<&Handle<ReadTransaction>>) -> Result<PathBuf, StoreError> {
    let failed = |source| StoreError::of_io(path.to_owned(), source);
    let file = open::new_file(path, |write| {
        let Some(read) = read else { return Ok(()) };
        let mut check = DatabaseCheck::default();
        Sieve { path, read, write: Some((path, write)), keeps_reduced: false, check: &mut check }.run()
    })?;
    let name = |number: u32| match number {
        1 => path.with_added_extension("damaged"),
        _ => path.with_added_extension(format!("damaged-{number}")),
    };
    let is_free = |path: &PathBuf| path.symlink_metadata().is_err();
    let aside = (1..).map(name).find(is_free).expect("there are more numbers than files");
    // A second name, and then another file under the first one: there is a database at any moment. Some disks know no such names.
    fs::hard_link(path, &aside).or_else(|_| fs::rename(path, &aside)).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(aside)
}
