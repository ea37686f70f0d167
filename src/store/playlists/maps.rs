//! Where the songs of a map were drawn last, from which the next one starts. They lie beside the playlists, which may be written
//! while a daemon writes the library.

use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use super::{Playlists, rows};
use crate::digest::Digest;
use crate::store::{StoreError, codec::decode, record::Record, tables::MAPS};
use crate::{space::SpaceId, track::ContentId};

/// A map as it was drawn last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MapRecord {
    /// A digest of all that it was made of.
    pub inputs: Digest,
    /// The spaces whose vectors were compared.
    pub spaces: Vec<SpaceId>,
    /// Marks of songs, ascending, and where each lies, across and up.
    songs: Vec<([u8; 8], [f32; 2])>,
}

impl Record for MapRecord {}

impl MapRecord {
    pub(crate) fn new(
        inputs: Digest,
        spaces: Vec<SpaceId>,
        songs: impl Iterator<Item = (ContentId, [f32; 2])>,
    ) -> Self {
        let mut songs: Vec<_> = songs.map(|(song, position)| (song.digest.mark(), position)).collect();
        songs.sort_unstable_by_key(|(mark, _)| *mark);
        Self { inputs, spaces, songs }
    }

    /// Where a song was.
    pub(crate) fn position(&self, song: &ContentId) -> Option<[f32; 2]> {
        let mark = song.digest.mark();
        let row = self.songs.binary_search_by_key(&mark, |(mark, _)| *mark).ok()?;
        Some(self.songs[row].1).filter(|position| position.iter().all(|value| value.is_finite()))
    }
}

impl Playlists {
    /// The map of this name; none where there is none, or its row is damaged.
    pub(crate) fn map(&self, name: &str) -> Result<Option<MapRecord>, StoreError> {
        self.reading(|read| Ok(rows::get(read, MAPS, &name)?.and_then(Result::ok)))
    }

    /// Keeps a map in place of the one of this name.
    pub(crate) fn keep_map(&self, name: &str, map: &MapRecord) -> Result<(), StoreError> {
        self.write(|write| rows::put(write, MAPS, &name, map))
    }

    /// Forgets the maps of which a space is not there any more.
    pub(crate) fn forget_maps_without(&self, spaces: &[SpaceId]) -> Result<(), StoreError> {
        let is_gone = |map: &MapRecord| map.spaces.iter().any(|space| !spaces.contains(space));
        let gone = self.reading(|read| {
            let Some(table) = rows::open(read, MAPS)? else { return Ok(vec![]) };
            let mut gone = Vec::new();
            for entry in table.iter()? {
                let (key, row) = entry?;
                if decode(MAPS, &key.value(), row.value()).is_ok_and(|map| is_gone(&map)) {
                    gone.push(key.value().to_owned());
                }
            }
            Ok(gone)
        })?;
        if gone.is_empty() {
            return Ok(());
        }
        self.write(|write| {
            let mut table = write.open_table(MAPS)?;
            for name in &gone {
                table.remove(name.as_str())?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_kept_until_one_of_its_spaces_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        let space = |name: &str| SpaceId { name: name.to_owned(), fingerprint: Digest([1; 32]) };
        let song = |n: u8| ContentId { recipe: 1, digest: Digest([n; 32]) };
        let both = vec![space("mfcc"), space("musicnn")];
        let places = [(song(2), [0.5, -1.0]), (song(1), [f32::NAN, 0.0])];
        let map = MapRecord::new(Digest([7; 32]), both.clone(), places.into_iter());
        assert_eq!(database.map("umap mfcc+musicnn").unwrap(), None, "a store of before has none");
        database.keep_map("umap mfcc+musicnn", &map).unwrap();
        let kept = database.map("umap mfcc+musicnn").unwrap().unwrap();
        assert_eq!((kept.inputs, kept.position(&song(2))), (Digest([7; 32]), Some([0.5, -1.0])));
        assert_eq!([1, 3].map(|n| kept.position(&song(n))), [None, None]);
        database.forget_maps_without(&both).unwrap();
        assert!(database.map("umap mfcc+musicnn").unwrap().is_some());
        database.forget_maps_without(&both[..1]).unwrap();
        assert_eq!(database.map("umap mfcc+musicnn").unwrap(), None);
    }
}
