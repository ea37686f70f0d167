//! Turns clusters into playlists that keep their identity, and playlists into files that keep their names.

mod filename;
pub(crate) mod files;
pub(crate) mod filter;
pub(crate) mod format;
pub(crate) mod identity;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod output;
pub(crate) mod path_map;
pub(crate) mod run;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::track::{ContentId, Section, Tags};

/// One song of a playlist: a recording at one of its paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// The recording.
    pub content: ContentId,
    /// Absolute, spelled as its root was typed; for a playlist file, as the file writes it. Perhaps not UTF-8.
    pub path: PathBuf,
    /// Where it lies in the file above that path, if it is a song of an album in one file.
    pub(crate) section: Option<Box<Section>>,
    /// Those of the file at that path.
    pub tags: Tags,
    /// Length in seconds; 0 if it is unknown.
    pub seconds: f64,
    /// Distance to the centroid of its cluster, or to what it was asked for to be like.
    pub distance: f32,
}

impl Song {
    /// The file that holds its sound.
    pub(crate) fn audio(&self) -> &Path {
        match (&self.section, self.path.parent()) {
            (Some(_), Some(audio)) => audio,
            _ => &self.path,
        }
    }

    /// Its path where MPD looks for it: a song of an album in one file lies below the cue sheet. None where that is in the
    /// file's own tags, of which MPD takes the songs only together.
    pub(crate) fn path_for_mpd(&self) -> Option<Cow<'_, Path>> {
        let Some(section) = &self.section else { return Some(Cow::Borrowed(&self.path)) };
        Some(Cow::Owned(self.audio().with_file_name(section.sheet.as_ref()?).join(section.name())))
    }
}

/// Songs that sound alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Playlist {
    /// The same in later runs; counted from 0 in each set.
    pub id: u32,
    pub name: String,
    pub songs: Vec<Song>,
}

#[cfg(test)]
mod tests;
