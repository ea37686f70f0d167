//! What every set holds now, and what its last run changed.

use std::{collections::BTreeSet, path::Path, path::PathBuf};

use super::diff::{Difference, MoveCounts};
use crate::store::{Playlists, StoreError};
use crate::time::Moment;

/// A set in a few figures.
#[derive(Debug)]
pub struct SetStatus {
    /// Its name.
    pub set: String,
    /// How many playlists it has.
    pub playlists: usize,
    /// How many songs are in them.
    pub songs: usize,
    /// Where the files of its playlists lie.
    pub folders: Vec<PathBuf>,
    /// When its last run was made. A run that changes nothing is none.
    pub changed: Moment,
    /// How many songs that run moved; none where no run before it is kept.
    pub counts: Option<MoveCounts>,
}

/// Every set of the store in `folder` that has a run, the one that changed last first.
pub(crate) fn latest(folder: &Path) -> Result<Vec<SetStatus>, StoreError> {
    let Some(database) = Playlists::read(folder)? else { return Ok(vec![]) };
    let mut sets = Vec::new();
    for set in database.sets()? {
        let runs = database.latest_runs(&set, 2)?;
        let Some(last) = runs.first() else { continue };
        let files = database.owned(&set)?;
        let folders: BTreeSet<_> = files.iter().filter_map(|file| file.path.parent()).collect();
        sets.push(SetStatus {
            playlists: last.playlists.len(),
            songs: last.playlists.iter().map(|list| list.members.len()).sum(),
            folders: folders.into_iter().map(Path::to_owned).collect(),
            changed: last.made,
            counts: runs.get(1).map(|before| Difference::between(before, last).counts()),
            set,
        });
    }
    sets.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.set.cmp(&b.set)));
    Ok(sets)
}
