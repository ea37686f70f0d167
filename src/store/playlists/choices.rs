//! What the user chose for the playlists of a set, by lineage.

use redb::{ReadTransaction, TableError, TableHandle, WriteTransaction};

use super::records::{Choices, PlaylistChoice};
use crate::store::{codec, tables::CHOICES};

/// The choices, and whether all of them could be read.
pub fn get(read: &ReadTransaction, set: &str, lineage: u64) -> Result<(Choices, bool), redb::Error> {
    let (mut choices, mut intact) = (Choices::new(), true);
    let table = match read.open_table(CHOICES) {
        Err(TableError::TableDoesNotExist(_)) => return Ok((choices, intact)),
        table => table?,
    };
    for entry in table.range((set, lineage, 0)..=(set, lineage, u32::MAX))? {
        let (at, row) = entry?;
        let (_, _, playlist) = at.value();
        match codec::decode::<PlaylistChoice>(CHOICES.name(), &key(set, lineage, playlist), row.value()) {
            Ok(choice) => drop(choices.insert(playlist, choice)),
            Err(codec::BadRow) => intact = false,
        }
    }
    Ok((choices, intact))
}

/// Replaces all choices of a lineage.
pub fn put(write: &WriteTransaction, set: &str, lineage: u64, choices: &Choices) -> Result<(), redb::Error> {
    let mut table = write.open_table(CHOICES)?;
    table.retain_in((set, lineage, 0)..=(set, lineage, u32::MAX), |_, _| false)?;
    for (playlist, choice) in choices.iter().filter(|(_, choice)| **choice != PlaylistChoice::default()) {
        let row = codec::encode(CHOICES.name(), &key(set, lineage, *playlist), choice);
        table.insert((set, lineage, *playlist), row.as_slice())?;
    }
    Ok(())
}

fn key(set: &str, lineage: u64, playlist: u32) -> Vec<u8> {
    [set.as_bytes(), &[0], &lineage.to_le_bytes(), &playlist.to_le_bytes()].concat()
}
