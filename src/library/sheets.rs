//! Albums that are one file, with a cue sheet beside it.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::walk::{FoundFile, WalkError};
use crate::cue::{self, CueFile};
use crate::fs::read_small;

/// A file of more bytes is no sheet: one of 99 tracks has some 20 000.
const LARGEST_SHEET: u64 = 1 << 20;

/// Audio files that are divided into songs by sheets beside them.
#[derive(Debug, Default)]
pub(crate) struct DividedFiles {
    /// The files, which are no songs themselves.
    pub files: HashSet<PathBuf>,
    /// Folders with a sheet that could not be read: what their audio files hold is not known.
    pub unread: Vec<WalkError>,
}

/// Puts the songs of each audio file that one of the `sheets` divides in its place. Of several sheets for one file the
/// first one counts, in the order of their names.
pub(crate) fn divide(found: &mut Vec<FoundFile>, sheets: &[PathBuf]) -> DividedFiles {
    let mut divided = DividedFiles::default();
    let mut folders: BTreeMap<&Path, Vec<FoundFile>> = BTreeMap::new();
    for folder in sheets.iter().filter_map(|sheet| sheet.parent()) {
        folders.entry(folder).or_default();
    }
    for file in found.iter() {
        let folder = file.path.parent().and_then(|folder| folders.get_mut(folder));
        folder.into_iter().for_each(|files| files.push(file.clone()));
    }
    let mut songs = Vec::new();
    for sheet in sheets {
        let Some((folder, name)) = sheet.parent().zip(sheet.file_name()) else { continue };
        let Some(files) = folders.get(folder).filter(|files| !files.is_empty()) else { continue };
        let parsed = match read(sheet) {
            Ok(bytes) => cue::parse(&cue::decode(&bytes), Some(name)),
            // It went away since the folder was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                divided.unread.push(WalkError {
                    path: folder.to_owned(),
                    reason: format!("{}: {error}", sheet.display()),
                });
                continue;
            }
        };
        let is_alone = parsed.len() == 1;
        for CueFile { name, sections } in parsed {
            let Some(audio) = named(&name, sheet, is_alone, files) else { continue };
            if !divided.files.insert(audio.path.clone()) {
                continue;
            }
            let mut its_songs = audio.songs(&sections);
            if audio.path.file_name() != Some(OsStr::new(&name)) {
                // Players that follow the sheet find nothing.
                let sections = its_songs.iter_mut().filter_map(|song| song.section.as_mut());
                sections.for_each(|section| section.sheet = None);
            }
            songs.extend(its_songs);
        }
    }
    let is_unread = |path: &Path| divided.unread.iter().any(|unread| path.parent() == Some(&unread.path));
    found.retain(|file| !divided.files.contains(&file.path) && !is_unread(&file.path));
    songs.retain(|song| !is_unread(song.audio()));
    found.extend(songs);
    divided
}

/// The audio file in the sheet's folder that is meant by a name: by the name itself, whatever its case and folder; with
/// another extension, as rips are encoded after the sheet is written; if nothing else `is_alone` with the sheet, the one that
/// is called as the sheet is.
fn named<'a>(name: &str, sheet: &Path, is_alone: bool, files: &'a [FoundFile]) -> Option<&'a FoundFile> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name_of =
        |file: &FoundFile| file.path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem_of = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
    let stem_of_sheet = stem_of(&sheet.file_name().unwrap_or_default().to_string_lossy());
    let exact = files.iter().find(|file| file.path.file_name().is_some_and(|own| own == name));
    let same = || files.iter().find(|file| name_of(file) == name.to_lowercase());
    let same_stem = || files.iter().find(|file| stem_of(&name_of(file)) == stem_of(name));
    // `album.cue`, or `album.flac.cue`.
    let called_so = |file: &&FoundFile| [name_of(file), stem_of(&name_of(file))].contains(&stem_of_sheet);
    exact.or_else(same).or_else(same_stem).or_else(|| files.iter().find(called_so).filter(|_| is_alone))
}

/// The bytes of a sheet; none where it is no regular file, or too large for a sheet. Anything may lie in a folder of music:
/// opening a pipe would wait for ever.
fn read(sheet: &Path) -> io::Result<Vec<u8>> {
    match read_small(sheet, LARGEST_SHEET) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Vec::new()),
        read => read,
    }
}

/// Where something has happened that may divide files otherwise, or not at all: for a sheet, and for a file with sheets
/// beside it, all of their folder.
pub(crate) fn widened(marked: Vec<PathBuf>, is_sheet: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut has_sheets: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut widened = |path: PathBuf| {
        // A song lies below its file.
        let path = path.parent().filter(|above| above.is_file()).map_or_else(|| path.clone(), Path::to_owned);
        let Some(folder) = path.parent().filter(|_| !path.is_dir()) else { return path };
        let holds_sheet = || {
            let entries = folder.read_dir().into_iter().flatten().flatten();
            entries.into_iter().any(|entry| is_sheet(&entry.path()))
        };
        let is_wide = is_sheet(&path) || *has_sheets.entry(folder.to_owned()).or_insert_with(holds_sheet);
        if is_wide { folder.to_owned() } else { path }
    };
    marked.into_iter().map(&mut widened).collect()
}

#[cfg(test)]
mod tests;
