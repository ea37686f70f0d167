//! A table of LevelDB (its doc/table_format.md) without compression: keys with values, sorted.
//!
//! The crate `sstable` reads such tables, but it panics on a wrong magic number, length or restart, and allocates whatever
//! a file declares. Here nothing is allocated but the last two keys, and nothing in a file makes it panic.

/// Two block handles, padding, and the magic number.
const FOOTER: usize = 48;
const MAGIC: [u8; 8] = 0xdb47_7524_8b80_fb57_u64.to_le_bytes();
/// What follows a block: its compression and its checksum.
const TRAILER: usize = 5;
/// The longest key (bytes): what is short in a file, by sharing all of its key with the entry before it, is not copied at
/// any length.
const LONGEST_KEY: usize = 256;

/// What is wrong with a file, in a few words.
pub(crate) type Damage = &'static str;

/// Takes a key and its value.
type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), Damage> + 'a;

/// Visits all entries: key and value. Keys ascend, and blocks follow one another, so no byte is read twice.
pub(crate) fn each_entry(table: &[u8], visit: &mut Visit) -> Result<(), Damage> {
    let footer = table.len().checked_sub(FOOTER).map(|start| &table[start..]);
    let footer = footer.filter(|footer| footer.ends_with(&MAGIC)).ok_or("no table")?;
    let mut handles = Reader(footer);
    handles.handle()?; // That of the filters, which are not needed.
    let index = block(table, handles.handle()?)?;
    let (mut end, mut last_key) = (0, None::<Vec<u8>>);
    entries(index, &mut |_, value| {
        let handle = Reader(value).handle()?;
        if handle.0 < end {
            return Err("blocks overlap");
        }
        end = handle.0.saturating_add(handle.1);
        entries(block(table, handle)?, &mut |key, value| {
            if last_key.as_deref() >= Some(key) {
                return Err("keys do not ascend");
            }
            last_key = Some(key.to_owned());
            visit(key, value)
        })
    })
}

/// The contents of a block: its entries, then its restarts and their number.
fn block(table: &[u8], (start, length): (usize, usize)) -> Result<&[u8], Damage> {
    let end = start.checked_add(length).and_then(|end| end.checked_add(TRAILER));
    let whole = end.and_then(|end| table.get(start..end)).ok_or("a block is cut off")?;
    let (checked, checksum) = whole.split_at(length + 1);
    if Reader(checksum).fixed()? != masked_crc32c(checked) {
        return Err("a checksum differs");
    }
    match checked.split_last() {
        Some((0, contents)) => Ok(contents),
        _ => Err("its table is compressed"),
    }
}

/// Visits the entries of a block. Each stores the part of its key that differs from that of the entry before it.
fn entries(contents: &[u8], visit: &mut Visit) -> Result<(), Damage> {
    let (rest, restarts) = contents.split_last_chunk().ok_or("a block is cut off")?;
    let restarts = (u32::from_le_bytes(*restarts) as usize).checked_mul(4);
    let length = restarts.and_then(|restarts| rest.len().checked_sub(restarts));
    let mut reader = Reader(&rest[..length.ok_or("a block is cut off")?]);
    let mut key = Vec::new();
    while !reader.0.is_empty() {
        let [shared, own, value] = [reader.length()?, reader.length()?, reader.length()?];
        if shared > key.len() || own > LONGEST_KEY - shared {
            return Err("a key is cut off, or too long");
        }
        key.truncate(shared);
        key.extend_from_slice(reader.take(own)?);
        visit(&key, reader.take(value)?)?;
    }
    Ok(())
}

/// The CRC-32C (RFC 3720, B.4) of bytes, masked as LevelDB stores it.
pub(crate) fn masked_crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg());
    let crc = !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step));
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Bytes that are read from their beginning.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("an entry is cut off")?;
        self.0 = rest;
        Ok(taken)
    }

    /// A length or place, 7 bits a byte, the least significant first.
    fn length(&mut self) -> Result<usize, Damage> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return usize::try_from(value).map_err(|_| "a length is too great");
            }
        }
        Err("a length is too great")
    }

    fn fixed(&mut self) -> Result<u32, Damage> {
        let bytes = self.take(4)?.try_into().map_err(|_| "an entry is cut off")?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Start and length of a block.
    fn handle(&mut self) -> Result<(usize, usize), Damage> {
        Ok((self.length()?, self.length()?))
    }
}

#[cfg(test)]
mod tests;
