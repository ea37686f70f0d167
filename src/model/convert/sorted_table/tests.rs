use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;
use crate::model::convert::seeded_bundle::{Entry, table};

fn entries() -> Vec<Entry> {
    (0..200_u32)
        .map(|i| (format!("layer_{i:03}/kernel").into_bytes(), vec![i as u8; (i % 40) as usize]))
        .collect()
}

fn read(table: &[u8]) -> Result<Vec<Entry>, Damage> {
    let mut found = Vec::new();
    each_entry(table, &mut |key, value| {
        found.push((key.to_owned(), value.to_owned()));
        Ok(())
    })?;
    Ok(found)
}

#[test]
fn all_entries_come_in_their_order() {
    assert_eq!(read(&table(&entries(), &mut |_| {})).unwrap(), entries());
    assert_eq!(read(&table(&[], &mut |_| {})).unwrap(), []);
}

#[test]
fn the_checksum_is_that_of_rfc_3720_as_leveldb_masks_it() {
    // RFC 3720, B.4: 32 bytes of zeros, and ascending ones.
    for (bytes, crc) in [(vec![0; 32], 0x8a91_36aa_u32), ((0..32).collect(), 0x46dd_794e)] {
        assert_eq!(masked_crc32c(&bytes), crc.rotate_right(15).wrapping_add(0xa282_ead8));
    }
}

#[test]
fn what_is_damaged_is_told_in_a_few_words() {
    let whole = table(&entries(), &mut |_| {});
    let damaged = |at: usize, bytes: &[u8]| {
        let mut table = whole.clone();
        table[at..at + bytes.len()].copy_from_slice(bytes);
        read(&table).unwrap_err()
    };
    let footer = whole.len() - FOOTER;
    assert_eq!(read(b"").unwrap_err(), "no table");
    assert_eq!(read(&whole[..whole.len() - 1]).unwrap_err(), "no table");
    assert_eq!(read(&whole[100..]).unwrap_err(), "a block is cut off");
    assert_eq!(damaged(3, b"L"), "a checksum differs");
    assert_eq!(damaged(footer, &[0xff; 40]), "a length is too great");
    // A block of 34 GB at byte 0.
    assert_eq!(damaged(footer, &[0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f]), "a block is cut off");
    let sealed = |damage: &mut dyn FnMut(&mut Vec<u8>)| read(&table(&entries(), damage)).unwrap_err();
    assert_eq!(sealed(&mut |block| block[0] = 1), "a key is cut off, or too long");
    assert_eq!(sealed(&mut |block| block.truncate(3)), "a block is cut off");
    assert_eq!(sealed(&mut |block| *block.last_mut().unwrap() = 0xff), "a block is cut off");
    let twice = [&entries()[..1], &entries()[..1]].concat();
    assert_eq!(read(&table(&twice, &mut |_| {})).unwrap_err(), "keys do not ascend");
    let long = [(vec![b'k'; LONGEST_KEY + 1], Vec::new())];
    assert_eq!(read(&table(&long, &mut |_| {})).unwrap_err(), "a key is cut off, or too long");
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut below = |limit: usize| random.next_u64() as usize % limit.max(1);
    let mut told = std::collections::BTreeSet::new();
    for _ in 0..8_000 {
        // Behind the checksums of its blocks, and on the file as it is.
        let mut sealed = table(&entries(), &mut |block| {
            if below(12) == 0 && !block.is_empty() {
                let at = below(block.len());
                match below(4) {
                    0 => block.truncate(at),
                    1 => block[at] = 0xff,
                    _ => block[at] ^= 1 << below(8),
                }
            }
        });
        match below(6) {
            0 => sealed.truncate(below(sealed.len())),
            1 => sealed = sealed[below(sealed.len())..].to_vec(),
            2 => {
                let at = sealed.len() - 1 - below(60);
                sealed[at] ^= 1 << below(8);
            }
            _ => {}
        }
        told.insert(read(&sealed).err().unwrap_or("nothing"));
    }
    for damage in [
        "nothing",
        "no table",
        "a block is cut off",
        "a checksum differs",
        "an entry is cut off",
        "a key is cut off, or too long",
        "keys do not ascend",
        "a length is too great",
        "blocks overlap",
    ] {
        assert!(told.contains(damage), "{damage} was not met: {told:?}");
    }
}
