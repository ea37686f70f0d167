//! A checkpoint of TensorFlow (tensor bundle, core/protobuf/tensor_bundle.proto): a table that says where in a file of
//! numbers each tensor is. Only whole tensors of 32-bit floats in one little-endian file are read.

use std::{collections::BTreeMap, io::Cursor, ops::Range};

use super::checkpoint::CheckpointError;
use super::protobuf::{self, Content, Field};
use super::sorted_table::{Damage, each_entry, masked_crc32c};

/// The most tensors; musicnn's bundle has 158.
const MOST_TENSORS: usize = 4096;
/// TensorFlow's number of the 32-bit floats.
const FLOAT: u64 = 1;

/// The tensors of a bundle.
pub(crate) struct TensorBundle {
    entries: BTreeMap<String, TensorEntry>,
    data: Vec<u8>,
}

/// What the table says of one tensor (`BundleEntryProto`).
#[derive(Default)]
struct TensorEntry {
    element_type: u64,
    shape: Vec<u64>,
    /// The number of its file.
    shard: u64,
    offset: u64,
    length: u64,
    /// Masked, as tables have it.
    checksum: u64,
}

/// The messages of a `BundleEntryProto` that are read: the shape (2) with its axes (2).
fn content(path: &[u32]) -> Content {
    match path {
        [2] | [2, 2] => Content::Message,
        _ => Content::Skipped,
    }
}

impl TensorBundle {
    /// A bundle of the contents of its `.index` and its only `.data` file.
    pub(crate) fn open(index: &[u8], data: Vec<u8>) -> Result<Self, CheckpointError> {
        let mut entries = BTreeMap::new();
        let read = each_entry(index, &mut |key, value| {
            let name = str::from_utf8(key).map_err(|_| "a name is no text")?;
            if entries.len() == MOST_TENSORS {
                return Err("it has too many tensors");
            }
            match name {
                "" => check_header(value),
                name => TensorEntry::read(value).map(|entry| _ = entries.insert(name.to_owned(), entry)),
            }
        });
        read.map_err(CheckpointError::Damaged)?;
        Ok(Self { entries, data })
    }

    /// The names of all tensors, sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Checks that there is a tensor of this name, shape and 32-bit floats.
    pub(crate) fn check(&self, key: &str, shape: &[usize]) -> Result<(), CheckpointError> {
        self.entry(key, shape).map(drop)
    }

    /// The values of a tensor of this shape, row-major.
    pub(crate) fn read(&self, key: &str, shape: &[usize]) -> Result<Vec<f32>, CheckpointError> {
        let entry = self.entry(key, shape)?;
        let bytes = entry.place().and_then(|place| self.data.get(place));
        let bytes = bytes.filter(|bytes| bytes.len() == 4 * shape.iter().product::<usize>());
        let bytes = bytes.ok_or(CheckpointError::Damaged("its numbers are cut off"))?;
        if u64::from(masked_crc32c(bytes)) != entry.checksum {
            return Err(CheckpointError::Damaged("a checksum differs"));
        }
        let values: Vec<f32> = bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        let finite = values.iter().all(|value| value.is_finite());
        if finite { Ok(values) } else { Err(CheckpointError::NotFinite(key.to_owned())) }
    }

    fn entry(&self, key: &str, shape: &[usize]) -> Result<&TensorEntry, CheckpointError> {
        let entry = self.entries.get(key).ok_or_else(|| CheckpointError::Missing(key.to_owned()))?;
        if entry.element_type == FLOAT
            && entry.shape.iter().copied().eq(shape.iter().map(|&size| size as u64))
        {
            return Ok(entry);
        }
        Err(CheckpointError::Shape {
            key: key.to_owned(),
            found: format!("type {} {:?}", entry.element_type, entry.shape),
            wanted: format!("type {FLOAT} {shape:?}"),
        })
    }
}

impl TensorEntry {
    fn read(value: &[u8]) -> Result<Self, Damage> {
        let mut entry = Self::default();
        let visit = &mut |path: &[u32], field| match (path, field) {
            ([1], Field::Number(number)) => entry.element_type = number,
            ([2, 2], Field::Message) => entry.shape.push(0),
            ([2, 2, 1], Field::Number(size)) => {
                entry.shape.last_mut().into_iter().for_each(|last| *last = size)
            }
            ([3], Field::Number(number)) => entry.shard = number,
            ([4], Field::Number(number)) => entry.offset = number,
            ([5], Field::Number(number)) => entry.length = number,
            ([6], Field::Number(number)) => entry.checksum = number,
            _ => {}
        };
        protobuf::read(Cursor::new(value), content, visit).map_err(|_| "an entry is cut off")?;
        if entry.shard == 0 { Ok(entry) } else { Err("its numbers are in several files") }
    }

    /// Where it is in the file of numbers (bytes).
    fn place(&self) -> Option<Range<usize>> {
        let end = self.offset.checked_add(self.length)?;
        Some(usize::try_from(self.offset).ok()?..usize::try_from(end).ok()?)
    }
}

/// Checks the `BundleHeaderProto`: one file (1), little-endian (2).
fn check_header(value: &[u8]) -> Result<(), Damage> {
    let (mut files, mut order) = (0, 0);
    let visit = &mut |path: &[u32], field| match (path, field) {
        ([1], Field::Number(number)) => files = number,
        ([2], Field::Number(number)) => order = number,
        _ => {}
    };
    protobuf::read(Cursor::new(value), |_| Content::Skipped, visit).map_err(|_| "its header is cut off")?;
    match (files, order) {
        (1, 0) => Ok(()),
        (1, _) => Err("its numbers are big-endian"),
        _ => Err("its numbers are in several files"),
    }
}

#[cfg(test)]
mod tests;
