//! What the user chose for the playlists of a set, in each of its eras.

use redb::{ReadTransaction, TableError, TableHandle, WriteTransaction};

use super::records::{Choice, Choices};
use crate::store::{codec, tables::CHOICES};

/// The choices, and whether all of them could be read.
pub fn get(read: &ReadTransaction, set: &str, era: u64) -> Result<(Choices, bool), redb::Error> {
    let (mut choices, mut whole) = (Choices::new(), true);
    let table = match read.open_table(CHOICES) {
        Err(TableError::TableDoesNotExist(_)) => return Ok((choices, whole)),
        table => table?,
    };
    for entry in table.range((set, era, 0)..=(set, era, u32::MAX))? {
        let (at, row) = entry?;
        let (_, _, playlist) = at.value();
        match codec::decode::<Choice>(CHOICES.name(), &key(set, era, playlist), row.value()) {
            Ok(choice) => drop(choices.insert(playlist, choice)),
            Err(codec::BadRow) => whole = false,
        }
    }
    Ok((choices, whole))
}

/// Replaces all choices of an era.
pub fn put(write: &WriteTransaction, set: &str, era: u64, choices: &Choices) -> Result<(), redb::Error> {
    let mut table = write.open_table(CHOICES)?;
    table.retain_in((set, era, 0)..=(set, era, u32::MAX), |_, _| false)?;
    for (playlist, choice) in choices.iter().filter(|(_, choice)| **choice != Choice::default()) {
        let row = codec::encode(CHOICES.name(), &key(set, era, *playlist), choice);
        table.insert((set, era, *playlist), row.as_slice())?;
    }
    Ok(())
}

fn key(set: &str, era: u64, playlist: u32) -> Vec<u8> {
    [set.as_bytes(), &[0], &era.to_le_bytes(), &playlist.to_le_bytes()].concat()
}
