//! An answer as a playlist file.

use super::error::SimilarError;
use super::request::FoundSongs;
use crate::app::cluster::export::{Export, Exported, export_list};
use crate::app::progress::Progress;
use crate::playlist::{Playlist, Song, format::About, run::RunId};

/// `Artist – Title`, or what else a song is called.
pub(crate) fn title(song: &Song) -> String {
    super::names::SongName::of(song.path(), song.artist(), song.title()).label()
}

/// Writes the songs, with the word that says how they were found.
/// Errors: a file that cannot be written, or is somebody else's.
pub(crate) fn export(
    how: &str,
    found: &FoundSongs,
    request: &Export,
    progress: &dyn Progress,
) -> Result<Exported, SimilarError> {
    let about = About {
        method: found.method.clone(),
        algorithm: how.to_owned(),
        n: 1,
        set: String::new(),
        run: RunId::known(""),
    };
    let list = Playlist { id: 0, name: found.name.clone(), songs: found.songs.clone() };
    Ok(export_list(list, &about, request, progress)?)
}
