//! What the store holds, by content: two stores that agree hold the same vectors, whatever they went through.

use std::collections::BTreeMap;

use indexer::{
    extract::EXTRACTORS,
    store::{StoreError, View},
    track::ContentId,
};

/// Every recording that has a vector, with its bits.
pub type Truth = BTreeMap<ContentId, Vec<u32>>;

/// All `mfcc` vectors of a store.
pub fn vectors(view: &View) -> Result<Truth, StoreError> {
    let mut tracks = BTreeMap::new();
    view.tracks(|number, record| drop(tracks.insert(number, record)))?;
    let vectors = view.vectors(&EXTRACTORS[0].space())?;
    let named = vectors.into_iter().filter_map(|(number, values)| {
        Some((tracks.get(&number)?.content, values.into_iter().map(f32::to_bits).collect()))
    });
    Ok(named.collect())
}

/// Says which vectors of `found` are not those of `truth`; unknown recordings count too.
pub fn wrong(found: &Truth, truth: &Truth) -> Vec<ContentId> {
    found
        .iter()
        .filter(|(content, bits)| truth.get(content) != Some(bits))
        .map(|(content, _)| *content)
        .collect()
}

/// Says which vectors of `truth` are not in `found`.
pub fn lost(found: &Truth, truth: &Truth) -> Vec<ContentId> {
    truth.keys().filter(|content| !found.contains_key(content)).copied().collect()
}
