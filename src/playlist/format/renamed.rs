//! A playlist's name in a file that was written before it changed.

use std::path::Path;

use super::{About, Format};
use crate::digest::Digest;
use crate::playlist::{Playlist, Song, SongFile, run::RunId};
use crate::track::{ContentId, Tags};

/// The file of the playlist with this id, as it would have been written if that had been called `now`, not `before`.
///
/// What a format writes of a name is found by writing a playlist under both: the lines in which those differ are
/// replaced, each where it stands first, which is before any song.
pub(crate) fn renamed(format: &Format, bytes: &[u8], id: u32, before: &str, now: &str) -> Vec<u8> {
    let (before, now) = (sample(format, id, before), sample(format, id, now));
    let changes = lines(&before).zip(lines(&now)).filter(|(before, now)| before != now);
    let mut changes: Vec<_> = changes.collect();
    let mut renamed = Vec::with_capacity(bytes.len());
    for line in lines(bytes) {
        match changes.iter().position(|(before, _)| *before == line) {
            Some(found) => renamed.extend(changes.remove(found).1),
            None => renamed.extend(line),
        }
    }
    renamed
}

/// A playlist of this name with one song.
fn sample(format: &Format, id: u32, name: &str) -> Vec<u8> {
    let song = Song {
        content: ContentId { recipe: 0, digest: Digest([0; 32]) },
        file: SongFile::new(Path::new("/song"), &Tags::default(), None),
        seconds: 0.0,
        distance: 0.0,
    };
    let about = About {
        method: String::new(),
        algorithm: String::new(),
        n: 1,
        set: String::new(),
        run: RunId::known(""),
    };
    (format.write)(&Playlist { id, name: name.to_owned(), songs: vec![song] }, &about).bytes
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}
