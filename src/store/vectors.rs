//! Vectors of one space: a table of its own, a row a part.
//!
//! Little-endian f32 or f16 behind a one-byte encoding and a u32 dimension; or f32 and then f16, behind a further u32, the
//! number of the former. Longer vectors are split at
//! 4 000 bytes: redb's pages are powers of two, and a 4 096-byte value takes two. Beside them, in a table of
//! their own, lie the scores of a model's classes.

use std::collections::{BTreeMap, HashMap, HashSet};

use half::{f16, slice::HalfFloatSliceExt};
use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use super::codec::{Table, decode, mark, seal, unseal};
use super::spaces::{self, BASES, REDUCED, SCORES, SpaceRecord, VECTORS, Vectors, table_name};
use super::tables::{PACES, SPACES};
use super::{StoreError, View, reduced, rows};
use crate::space::{Features, Precision, Score, SpaceId};
use crate::track::TrackNumber;

const PART: usize = 4000;
const F32: u8 = 0;
const F16: u8 = 1;
const F32_THEN_F16: u8 = 2;

type Parts<'a> = Table<'a, (u8, u32)>;
type Scores<'a> = Table<'a, u32>;

/// Writes what was made of one track.
pub(super) fn put(
    write: &WriteTransaction,
    space: &SpaceId,
    track: TrackNumber,
    features: &Features,
) -> Result<(), redb::Error> {
    let name = table_name(VECTORS, space);
    spaces::put(write, space, features.values.len())?;
    let bytes = encode(features);
    let parts = Parts::new(&name);
    let mut table = write.open_table(parts)?;
    for (part, chunk) in (0_u8..).zip(bytes.chunks(PART)) {
        table.insert((part, track.0), seal(parts, &(part, track.0), chunk).as_slice())?;
    }
    if !features.scores.is_empty() {
        let name = table_name(SCORES, space);
        rows::put(write, Scores::new(&name), &track.0, &features.scores)?;
    }
    Ok(())
}

/// Forgets the vectors and scores of tracks, in all spaces.
pub(super) fn forget(write: &WriteTransaction, tracks: &HashSet<TrackNumber>) -> Result<(), redb::Error> {
    let stays = |track: u32| !tracks.contains(&TrackNumber(track));
    let spaces = write.open_table(SPACES)?;
    for entry in spaces.iter()? {
        let (key, row) = entry?;
        write.open_table(Parts::new(key.value()))?.retain(|(_, track), _| stays(track))?;
        let record = decode::<_, SpaceRecord>(SPACES, &key.value(), row.value());
        // The rest of a space whose record is damaged is not found; nor is the space.
        if let Ok(record) = record {
            reduced::forget(write, &record.space, tracks)?;
            let scores = table_name(SCORES, &record.space);
            write.open_table(Scores::new(&scores))?.retain(|track, _| stays(track))?;
        }
    }
    Ok(())
}

/// Forgets a space with all of its vectors and scores.
pub(super) fn forget_space(write: &WriteTransaction, space: &SpaceId) -> Result<(), redb::Error> {
    let name = table_name(VECTORS, space);
    write.delete_table(Parts::new(&name))?;
    for begin in [SCORES, BASES, REDUCED] {
        write.delete_table(Table::<u32>::new(&table_name(begin, space)))?;
    }
    write.open_table(SPACES)?.remove(name.as_str())?;
    write.open_table(PACES)?.remove(name.as_str())?;
    Ok(())
}

fn encode(features: &Features) -> Vec<u8> {
    let values = &features.values;
    let singles = match features.precision {
        Precision::Single => values.len(),
        Precision::Half => 0,
        Precision::HalfFrom(singles) => singles.min(values.len()),
    };
    let (singles, halves) = values.split_at(singles);
    // Beyond 65 504 there are no 16 bits, and far below 1 they lose digits: such a vector keeps all of them.
    let largest = halves.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let fits = halves.is_empty() || (1e-2..=f32::from(f16::MAX)).contains(&largest);
    let (singles, halves) = if fits { (singles, halves) } else { (values.as_slice(), &[][..]) };
    let as_u32 = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = match (singles, halves) {
        (_, []) => vec![F32],
        ([], _) => vec![F16],
        _ => vec![F32_THEN_F16],
    };
    bytes.extend(as_u32(values.len()));
    if bytes[0] == F32_THEN_F16 {
        bytes.extend(as_u32(singles.len()));
    }
    bytes.extend(singles.iter().flat_map(|value| value.to_le_bytes()));
    bytes.extend(halves.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()));
    bytes
}

/// Scores of one space by track.
type TrackScores = BTreeMap<TrackNumber, Vec<Score>>;

impl View {
    /// All vectors of a space.
    pub(crate) fn vectors(&self, space: &SpaceId) -> Result<Vectors, StoreError> {
        let mut vectors = Vectors::new();
        self.each_vector(space, |track, values| drop(vectors.insert(track, values)))?;
        Ok(vectors)
    }

    /// Every whole vector of a space. Those of one part each come in the order of the tracks.
    pub(crate) fn each_vector(
        &self,
        space: &SpaceId,
        mut visit: impl FnMut(TrackNumber, Vec<f32>),
    ) -> Result<(), StoreError> {
        self.counting(|read| {
            let mut bytes: HashMap<u32, Vec<u8>> = HashMap::new();
            let (mut whole, mut damaged) = (HashSet::new(), HashSet::new());
            each_part(read, space, |_, track, payload| {
                let Some(payload) = payload else {
                    damaged.insert(track);
                    return;
                };
                let begun = bytes.entry(track).or_default();
                begun.extend_from_slice(payload);
                if let Some(values) = parse(begun) {
                    bytes.remove(&track);
                    whole.insert(track);
                    visit(TrackNumber(track), values);
                }
            })?;
            damaged.extend(bytes.into_keys());
            // A key that was hit may pass for that of a track whose own row is whole.
            let name = table_name(VECTORS, space);
            let marks = damaged.difference(&whole).map(|track| mark(Parts::new(&name), &(0, *track)));
            Ok(((), marks.collect()))
        })
    }

    /// The tracks that have a whole vector in a space.
    pub(crate) fn covered(&self, space: &SpaceId) -> Result<HashSet<TrackNumber>, StoreError> {
        // Bytes that each track's first part promises, less those that are there.
        let mut lacking: HashMap<u32, i64> = HashMap::new();
        self.reading(|read| {
            each_part(read, space, |part, track, payload| {
                let Some(payload) = payload else { return };
                let promised = if part == 0 { promised(payload).unwrap_or(i64::MAX / 2) } else { 0 };
                *lacking.entry(track).or_default() += promised - payload.len() as i64;
            })
        })?;
        let whole = lacking.into_iter().filter(|(_, lacking)| *lacking == 0);
        Ok(whole.map(|(track, _)| TrackNumber(track)).collect())
    }

    /// Whether a track has a whole vector in a space.
    pub(crate) fn is_covered(&self, space: &SpaceId, track: TrackNumber) -> Result<bool, StoreError> {
        Ok(!self.vectors_of(space, &[track])?.is_empty())
    }

    /// The vectors of some tracks, as far as they are whole.
    pub(crate) fn vectors_of(&self, space: &SpaceId, tracks: &[TrackNumber]) -> Result<Vectors, StoreError> {
        let mut vectors = Vectors::new();
        self.reading(|read| {
            let name = table_name(VECTORS, space);
            let parts = Parts::new(&name);
            let Some(table) = rows::open(read, parts)? else { return Ok(()) };
            for track in tracks {
                let mut bytes = Vec::new();
                for part in 0..=u8::MAX {
                    let Some(row) = table.get((part, track.0))? else { break };
                    let Ok(payload) = unseal(parts, &(part, track.0), row.value()) else { break };
                    bytes.extend_from_slice(payload);
                }
                vectors.extend(parse(&bytes).map(|values| (*track, values)));
            }
            Ok(())
        })?;
        Ok(vectors)
    }

    /// What a model heard in each track, best first.
    pub(crate) fn scores(&self, space: &SpaceId) -> Result<TrackScores, StoreError> {
        let mut scores = TrackScores::new();
        self.each(Scores::new(&table_name(SCORES, space)), |track, row| {
            scores.insert(TrackNumber(*track), row);
        })?;
        Ok(scores)
    }
}

/// Visits every part in order of part and track; a damaged one has no payload.
fn each_part(
    read: &ReadTransaction,
    space: &SpaceId,
    mut visit: impl FnMut(u8, u32, Option<&[u8]>),
) -> Result<(), redb::Error> {
    let name = table_name(VECTORS, space);
    let parts = Parts::new(&name);
    let Some(table) = rows::open(read, parts)? else { return Ok(()) };
    for entry in table.iter()? {
        let (key, row) = entry?;
        let (part, track) = key.value();
        visit(part, track, unseal(parts, &(part, track), row.value()).ok());
    }
    Ok(())
}

/// How many values of 32 and of 16 bits a vector's first bytes promise; and the bytes behind that.
fn head(bytes: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (&encoding, rest) = bytes.split_first()?;
    let (dimension, rest) = rest.split_first_chunk::<4>()?;
    let dimension = u32::from_le_bytes(*dimension) as usize;
    match encoding {
        F32 => Some((dimension, 0, rest)),
        F16 => Some((0, dimension, rest)),
        F32_THEN_F16 => {
            let (singles, rest) = rest.split_first_chunk::<4>()?;
            let singles = u32::from_le_bytes(*singles) as usize;
            Some((singles, dimension.checked_sub(singles)?, rest))
        }
        _ => None,
    }
}

/// Bytes of the whole vector, from its first part.
fn promised(first: &[u8]) -> Option<i64> {
    let (singles, halves, rest) = head(first)?;
    i64::try_from(first.len() - rest.len() + 4 * singles + 2 * halves).ok()
}

/// A vector from its bytes; none where they do not add up.
fn parse(bytes: &[u8]) -> Option<Vec<f32>> {
    let (singles, halves, rest) = head(bytes)?;
    if rest.len() != 4 * singles + 2 * halves {
        return None;
    }
    let (in_32_bits, in_16_bits) = rest.split_at(4 * singles);
    let mut values = vec![0.0; singles + halves];
    for (value, bytes) in values.iter_mut().zip(in_32_bits.as_chunks().0) {
        *value = f32::from_le_bytes(*bytes);
    }
    let halves: Vec<_> = in_16_bits.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
    halves.convert_to_f32_slice(&mut values[singles..]);
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(values: Vec<f32>, precision: Precision) -> Features {
        Features { values, precision, scores: vec![] }
    }

    #[test]
    fn a_vector_comes_back_in_the_precision_it_was_given() {
        let values = vec![0.0, 1.0 / 3.0, -2.5, 6e-8, 65_504.0];
        assert_eq!(parse(&encode(&features(values.clone(), Precision::Single))), Some(values.clone()));
        let bytes = encode(&features(values.clone(), Precision::Half));
        assert_eq!((bytes.len(), promised(&bytes)), (15, Some(15)));
        for (found, value) in parse(&bytes).unwrap().iter().zip(values) {
            assert!((found - value).abs() <= value.abs() * 5e-4 + 3e-8, "{found} for {value}");
        }
    }

    #[test]
    fn the_beginning_may_be_more_precise_than_the_rest() {
        let values = vec![1.0 / 3.0, 70_000.0, 1.0 / 3.0, -20.0];
        let bytes = encode(&features(values.clone(), Precision::HalfFrom(2)));
        assert_eq!((bytes.len(), promised(&bytes)), (9 + 8 + 4, Some(21)));
        let found = parse(&bytes).unwrap();
        assert_eq!((&found[..2], found[3]), (&values[..2], -20.0));
        assert!(found[2] != values[2] && (found[2] - values[2]).abs() < 2e-4, "{found:?}");
        assert!((0..bytes.len()).all(|length| parse(&bytes[..length]).is_none()));
    }

    #[test]
    fn a_value_too_large_for_16_bits_keeps_32() {
        let values = vec![1.0 / 3.0, 70_000.0];
        assert_eq!(parse(&encode(&features(values.clone(), Precision::Half))), Some(values));
    }

    #[test]
    fn bytes_that_do_not_add_up_are_no_vector() {
        let whole = encode(&features(vec![1.0, 2.0], Precision::Half));
        assert!((0..whole.len()).all(|length| parse(&whole[..length]).is_none()));
        assert!(parse(&[&[9], &whole[1..]].concat()).is_none());
    }
}
