//! A song of a playlist in as little memory as it takes: of a large library a million are held at once.

use std::{borrow::Cow, path::Path};

use super::song_file::SongFile;
#[cfg(test)]
use crate::digest::Digest;
use crate::track::{ContentId, Tags};

/// One song of a playlist: a recording at one of its paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// The recording.
    pub content: ContentId,
    /// That path with what the file's tags say.
    pub(crate) file: SongFile,
    /// Length in seconds; 0 if it is unknown.
    pub seconds: f64,
    /// Distance to the centroid of its cluster, or to what it was asked for to be like.
    pub distance: f32,
}

impl Song {
    /// Absolute, spelled as its root was typed; for a playlist file, as the file writes it. Perhaps not UTF-8.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The title in its tags; empty where they have none.
    pub fn title(&self) -> &str {
        self.file.title()
    }

    /// The first artist in its tags; empty where they have none.
    pub fn artist(&self) -> &str {
        self.file.artist()
    }

    /// The album in its tags; empty where they have none.
    pub fn album(&self) -> &str {
        self.file.album()
    }

    /// All tags that are kept of the file; further ones only where songs are looked at one by one.
    pub fn tags(&self) -> Tags {
        self.file.tags()
    }

    /// The same song at another path.
    pub(crate) fn at(&self, path: &Path) -> Self {
        Self { file: self.file.at(path), ..self.clone() }
    }

    /// Its path where MPD looks for it: a song of an album in one file lies below the cue sheet. None where that is in the
    /// file's own tags, of which MPD takes the songs only together.
    pub(crate) fn path_for_mpd(&self) -> Option<Cow<'_, Path>> {
        let Some(section) = self.file.section() else { return Some(Cow::Borrowed(self.path())) };
        Some(Cow::Owned(self.file.audio().with_file_name(section.sheet.as_ref()?).join(section.name())))
    }
}

#[cfg(test)]
impl Song {
    /// A song of which a test says more where it matters.
    pub(crate) fn example(digest: Digest, path: impl AsRef<Path>, tags: &Tags) -> Self {
        let (content, file) = (ContentId { recipe: 1, digest }, SongFile::new(path.as_ref(), tags, None));
        Self { content, file, seconds: 1.0, distance: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn songs_are_small() {
        assert!(size_of::<Song>() <= 72);
    }
}
