//! What the user chose for the playlists of a set, by lineage.

use redb::{ReadTransaction, WriteTransaction};

use super::records::{Choices, PlaylistChoice};
use crate::{store::rows, store::tables::CHOICES};

/// The choices, and whether all of them could be read.
pub(super) fn get(read: &ReadTransaction, set: &str, lineage: u64) -> Result<(Choices, bool), redb::Error> {
    let mut choices = Choices::new();
    let range = (set, lineage, 0)..=(set, lineage, u32::MAX);
    let damaged = rows::each(read, CHOICES, range, |(_, _, playlist), choice| {
        choices.insert(*playlist, choice);
    })?;
    Ok((choices, damaged == 0))
}

/// Replaces all choices of a lineage.
pub(super) fn put(
    write: &WriteTransaction,
    set: &str,
    lineage: u64,
    choices: &Choices,
) -> Result<(), redb::Error> {
    write.open_table(CHOICES)?.retain_in((set, lineage, 0)..=(set, lineage, u32::MAX), |_, _| false)?;
    for (playlist, choice) in choices.iter().filter(|(_, choice)| **choice != PlaylistChoice::default()) {
        rows::put(write, CHOICES, &(set, lineage, *playlist), choice)?;
    }
    Ok(())
}
