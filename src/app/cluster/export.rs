//! One playlist as a file of its own, which belongs to no set.

use std::path::{Path, PathBuf};

use super::request::ClusterRunError;
use super::song_paths::SongPaths;
use crate::app::history::contents::{PlaylistContents, contents};
use crate::app::history::sets::SetSelector;
use crate::app::progress::{Event, Progress};
use crate::digest::Digest;
use crate::fs::atomic::{PathState, look};
use crate::playlist::format::{About, FORMATS, Format, format};
use crate::playlist::output::{self, OutputError};
use crate::playlist::{Playlist, path_map::PathMap, run::RunId};
use crate::text::counted;

/// How a playlist is exported.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// The file; none: its bytes are wanted.
    pub file: Option<PathBuf>,
    /// A format of [`FORMATS`]; none: the one of the file's extension, else the first.
    pub format: Option<&'static Format>,
    /// Replace a file that is somebody else's.
    pub force: bool,
    /// How the paths of songs are written.
    pub path_map: PathMap,
    /// Paths are written as seen from this folder; songs that are not under it are left out.
    pub relative_to: Option<PathBuf>,
}

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The playlist's name.
    pub name: String,
    /// How many of its songs were written.
    pub songs: usize,
    /// The name of the format.
    pub format: &'static str,
    /// The text; empty if it went into a file.
    pub bytes: Vec<u8>,
}

impl Export {
    fn format(&self) -> &'static Format {
        let extension = self.file.as_ref().and_then(|file| file.extension()?.to_str());
        let of_file = || format(&extension?.to_lowercase());
        self.format.or_else(of_file).unwrap_or(&FORMATS[0])
    }
}

/// Writes the playlist of this id or name, with those of its songs that are on the disk.
/// Errors: no such playlist; a file that cannot be written, or is not to be replaced. Nothing is written then.
pub(crate) fn export(
    store: &Path,
    set: SetSelector,
    playlist: &str,
    request: &Export,
    progress: &dyn Progress,
) -> Result<Exported, ClusterRunError> {
    let PlaylistContents { set, run, playlist, songs } = contents(store, set, playlist, progress)?;
    let about = About {
        set,
        run: RunId::known(&run.id),
        method: run.space.name,
        algorithm: run.algorithm,
        n: run.playlists.len(),
    };
    let is_here = songs.into_iter().filter(|song| !song.is_missing).map(|location| location.song);
    let list = Playlist { id: playlist.id, name: playlist.name, songs: is_here.collect() };
    let left_out = playlist.size - list.songs.len();
    if left_out > 0 {
        warn(progress, format!("{} missing now and left out", are(left_out)));
    }
    export_list(list, &about, request, progress)
}

/// Writes a list of songs that are on the disk.
/// Errors: as [`export`].
pub(crate) fn export_list(
    list: Playlist,
    about: &About,
    request: &Export,
    progress: &dyn Progress,
) -> Result<Exported, ClusterRunError> {
    let format = request.format();
    let folder = request.file.as_deref().map(folder_of).transpose()?;
    let base = request.relative_to.as_deref();
    let mut paths = SongPaths::new(folder.unwrap_or(Path::new("/")), &request.path_map, base);
    let outside = paths.outside(std::slice::from_ref(&list))?;
    let text = (format.write)(&paths.written(&list, format.is_relative && folder.is_some()), about);
    if let (1.., Some(base)) = (outside, base) {
        warn(progress, format!("{} not under --relative-to {}: left out", are(outside), base.display()));
    }
    if text.left_out > 0 {
        let paths = if text.left_out == 1 { "a path" } else { "paths" };
        let songs = counted(text.left_out, "song");
        warn(progress, format!("{songs} with {paths} that {} cannot express: left out", format.name));
    }
    let mut exported = Exported {
        name: list.name,
        songs: list.songs.len() - outside - text.left_out,
        format: format.name,
        bytes: text.bytes,
    };
    if let Some(file) = &request.file {
        write(file, &exported.bytes, format, request.force)?;
        exported.bytes = vec![];
    }
    Ok(exported)
}

fn are(songs: usize) -> String {
    format!("{} {}", counted(songs, "song"), if songs == 1 { "is" } else { "are" })
}

fn warn(progress: &dyn Progress, text: String) {
    progress.event(Event::Warning(text));
}

/// The folder of a file.
/// Errors: it is not there.
fn folder_of(file: &Path) -> Result<&Path, OutputError> {
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let there = folder.canonicalize();
    there.map(|_| folder).map_err(|source| OutputError::Write { path: file.to_owned(), source })
}

/// Whose a file of other formats than JSON is cannot be told from it, so only `force` replaces it.
fn write(file: &Path, bytes: &[u8], format: &Format, force: bool) -> Result<(), OutputError> {
    let is_json = format.name == "json";
    let is_free =
        matches!(look(file), PathState::Nothing) || look(file) == PathState::File(Digest::of(bytes));
    if !(is_free || is_json || force) {
        // What is no file is refused with its own words.
        output::check(file, true)?;
        return Err(OutputError::Exists { path: file.to_owned() });
    }
    output::place(output::stage(file, bytes, force)?)
}
