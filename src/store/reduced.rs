//! Reduced vectors of wide spaces, packed so that all of a library's are read in one go.
//!
//! A value holds those of 500 consecutive track numbers: the number of their basis, a bit for each track that has one,
//! and 64 f16 for every track. With 512 tracks it would be a little more than 64 KiB, and redb would give it 128. The
//! bases and these values can be made again from the vectors.

use std::collections::HashSet;

use half::{f16, slice::HalfFloatSliceExt};
use redb::{ReadableTable, ReadableTableMetadata, WriteTransaction};

use super::codec::{BadRow, Table, mark, seal, unseal};
use super::spaces::{BASES, REDUCED, Vectors, table_name};
use super::{StoreError, View, rows};
use crate::space::basis::{Basis, WIDTH};
use crate::{space::SpaceId, track::TrackNumber};

const TRACKS: usize = 500;
const BITS: usize = TRACKS.div_ceil(8);
/// The basis' number and the bits.
const HEAD: usize = 4 + BITS;
const ROW: usize = WIDTH * 2;

type Blocks<'a> = Table<'a, u32>;

/// Reduced vectors of a whole space.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reduced {
    /// Ascending.
    pub tracks: Vec<TrackNumber>,
    /// [`WIDTH`] values for each of them.
    pub values: Vec<f32>,
}

/// A new basis: what was reduced to an earlier one is gone.
pub(super) fn put_basis(write: &WriteTransaction, space: &SpaceId, basis: &Basis) -> Result<(), redb::Error> {
    rows::put(write, Table::<u32>::new(&table_name(BASES, space)), &0, basis)?;
    write.delete_table(Blocks::new(&table_name(REDUCED, space)))?;
    Ok(())
}

/// Writes rows of [`WIDTH`] values.
pub(super) fn put(
    write: &WriteTransaction,
    space: &SpaceId,
    basis: u32,
    rows: &Vectors,
) -> Result<(), redb::Error> {
    let name = table_name(REDUCED, space);
    let blocks = Blocks::new(&name);
    let mut table = write.open_table(blocks)?;
    let mut rows = rows.iter().peekable();
    while let Some((first, _)) = rows.peek() {
        let number = first.0 / TRACKS as u32;
        let known = block_of(&table, blocks, number)?.filter(|block| is_of(block, basis));
        let mut block = known.unwrap_or_else(|| empty(basis));
        while let Some((track, values)) = rows.next_if(|(track, _)| track.0 / TRACKS as u32 == number) {
            set(&mut block, track.0 as usize % TRACKS, Some(values));
        }
        table.insert(number, seal(blocks, &number, &block).as_slice())?;
    }
    Ok(())
}

/// Forgets the rows of tracks.
pub(super) fn forget(
    write: &WriteTransaction,
    space: &SpaceId,
    tracks: &HashSet<TrackNumber>,
) -> Result<(), redb::Error> {
    let name = table_name(REDUCED, space);
    let blocks = Blocks::new(&name);
    let mut table = write.open_table(blocks)?;
    let numbers: HashSet<u32> = tracks.iter().map(|track| track.0 / TRACKS as u32).collect();
    for number in numbers {
        let Some(mut block) = block_of(&table, blocks, number)? else { continue };
        for track in tracks.iter().filter(|track| track.0 / TRACKS as u32 == number) {
            set(&mut block, track.0 as usize % TRACKS, None);
        }
        table.insert(number, seal(blocks, &number, &block).as_slice())?;
    }
    Ok(())
}

/// The value of this number; none where it is damaged.
fn block_of(
    table: &impl ReadableTable<u32, &'static [u8]>,
    blocks: Blocks,
    number: u32,
) -> Result<Option<Vec<u8>>, redb::Error> {
    let row = table.get(number)?;
    Ok(row.and_then(|row| Some(unseal(blocks, &number, row.value()).ok()?.to_vec())))
}

impl View {
    /// The basis to which the vectors of a wide space are reduced; none where there is none, or it is damaged.
    pub(crate) fn basis(&self, space: &SpaceId) -> Result<Option<Basis>, StoreError> {
        let name = table_name(BASES, space);
        let basis = self.reading(|read| rows::get(read, Table::<u32>::new(&name), &0))?;
        Ok(basis.and_then(Result::ok))
    }

    /// All reduced vectors of a space, of the basis of this number.
    pub(crate) fn reduced(&self, space: &SpaceId, basis: u32) -> Result<Reduced, StoreError> {
        self.counting(|read| {
            let name = table_name(REDUCED, space);
            let blocks = Blocks::new(&name);
            let (mut reduced, mut damaged) = (Reduced::default(), Vec::new());
            let Some(table) = rows::open(read, blocks)? else { return Ok((reduced, damaged)) };
            // To let them grow would take them twice.
            let tracks = table.len()? as usize * TRACKS;
            reduced.tracks.reserve_exact(tracks);
            reduced.values.reserve_exact(tracks * WIDTH);
            for entry in table.iter()? {
                let (key, row) = entry?;
                let number = key.value();
                match unseal(blocks, &number, row.value()) {
                    Ok(block) if is_of(block, basis) => read_block(block, number, &mut reduced),
                    Ok(_) => {}
                    Err(BadRow) => damaged.push(mark(blocks, &number)),
                }
            }
            Ok((reduced, damaged))
        })
    }
}

fn read_block(block: &[u8], number: u32, reduced: &mut Reduced) {
    let mut halves = [f16::ZERO; WIDTH];
    let mut values = [0.0; WIDTH];
    for (at, row) in block[HEAD..].chunks_exact(ROW).enumerate() {
        if block[4 + at / 8] & (1 << (at % 8)) != 0 {
            for (half, bytes) in halves.iter_mut().zip(row.as_chunks().0) {
                *half = f16::from_le_bytes(*bytes);
            }
            halves.convert_to_f32_slice(&mut values);
            reduced.values.extend_from_slice(&values);
            reduced.tracks.push(TrackNumber(number * TRACKS as u32 + at as u32));
        }
    }
}

fn empty(basis: u32) -> Vec<u8> {
    let mut block = vec![0; HEAD + TRACKS * ROW];
    block[..4].copy_from_slice(&basis.to_le_bytes());
    block
}

fn is_of(block: &[u8], basis: u32) -> bool {
    block.len() == HEAD + TRACKS * ROW && block[..4] == basis.to_le_bytes()
}

fn set(block: &mut [u8], at: usize, values: Option<&[f32]>) {
    let bit = 1 << (at % 8);
    match values {
        None => block[4 + at / 8] &= !bit,
        Some(values) => {
            block[4 + at / 8] |= bit;
            for (bytes, value) in block[HEAD + at * ROW..].as_chunks_mut().0.iter_mut().zip(values) {
                *bytes = f16::from_f32(*value).to_le_bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_put_until_they_are_forgotten() {
        let row = |value: f32| vec![value; WIDTH];
        let mut block = empty(3);
        for (at, value) in [(0, 0.5), (7, -1.0), (8, 0.25), (TRACKS - 1, 2.0)] {
            set(&mut block, at, Some(&row(value)));
        }
        set(&mut block, 7, None);
        assert!(is_of(&block, 3) && !is_of(&block, 2) && !is_of(&block[1..], 3));
        let mut reduced = Reduced::default();
        read_block(&block, 2, &mut reduced);
        let first = 2 * TRACKS as u32;
        assert_eq!(reduced.tracks, [first, first + 8, first + TRACKS as u32 - 1].map(TrackNumber));
        assert_eq!(reduced.values, [row(0.5), row(0.25), row(2.0)].concat());
    }

    #[test]
    fn a_value_fits_into_64_kib_with_what_redb_adds() {
        assert!(seal(Blocks::new(REDUCED), &0, &empty(0)).len() + 256 < 1 << 16);
    }
}
