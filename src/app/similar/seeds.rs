//! Which song is meant by what was typed: a file of the library, a file from outside, or a name.

use std::path::{Path, PathBuf};

use super::error::SimilarError;
use super::names::NameSearch;
use super::outside::{OutsideFile, OutsideWorkers, analyse};
use crate::app::cluster::combination::Combination;
use crate::app::history::songs::file_at;
use crate::file::FileRecord;
use crate::playlist::Song;
use crate::store::View;
use crate::track::TrackNumber;

/// What was typed for each song, as far as that can be told without looking at all names.
pub(crate) struct TypedSongs {
    meant: Vec<Meant>,
    /// Files from outside the library, with their vectors.
    pub outside: Vec<OutsideFile>,
    /// Names to be looked for.
    pub searches: Vec<NameSearch>,
}

/// What was typed for one song.
#[derive(Clone, Copy)]
enum Meant {
    Track(TrackNumber),
    /// By its place among those from outside.
    Outside(usize),
    /// By its place among the names.
    Named(usize),
}

/// A song that was meant.
#[derive(Clone, Debug)]
pub(crate) enum Seed {
    Track(TrackNumber),
    /// A file from outside the library, by its place among those.
    Outside(usize),
}

impl TypedSongs {
    /// Looks for files, in the library and then on the disk; those from outside are analysed.
    /// Errors: a file has failed, is a folder or an album, or cannot be analysed.
    pub(crate) fn read(
        view: &View,
        typed: &[PathBuf],
        spaces: &Combination,
        workers: &OutsideWorkers<'_>,
    ) -> Result<Self, SimilarError> {
        let (mut files, mut searches) = (Vec::new(), Vec::new());
        let mut meant = Vec::new();
        for path in typed {
            meant.push(match file_at(view, path)? {
                Some((path, file)) => Meant::Track(track_of(view, path, &file)?),
                None => match path.metadata() {
                    Ok(found) if found.is_dir() => return Err(SimilarError::Folder(path.clone())),
                    Ok(_) => {
                        files.push(path.clone());
                        Meant::Outside(files.len() - 1)
                    }
                    Err(_) => {
                        searches.push(NameSearch::new(&path.to_string_lossy()));
                        Meant::Named(searches.len() - 1)
                    }
                },
            });
        }
        let outside = analyse(&files, spaces, workers)?;
        // A copy of a song of the library is that song.
        for meant in &mut meant {
            if let Meant::Outside(place) = *meant
                && let Some(track) = view.number_of(&outside[place].song.content)?
                && is_in_all(view, spaces, track)?
            {
                *meant = Meant::Track(track);
            }
        }
        Ok(Self { meant, outside, searches })
    }

    /// The songs that are meant, in the order in which they were typed, once all names have been looked for.
    /// Errors: a name is that of none or of several.
    pub(crate) fn seeds(&self, view: &View) -> Result<Vec<Seed>, SimilarError> {
        let seed = |meant: &Meant| {
            Ok(match *meant {
                Meant::Track(track) => Seed::Track(track),
                Meant::Outside(place) => Seed::Outside(place),
                Meant::Named(place) => Seed::Track(self.searches[place].track(view)?),
            })
        };
        self.meant.iter().map(seed).collect()
    }

    /// A song from outside.
    pub(crate) fn outside_song(&self, place: usize) -> &Song {
        &self.outside[place].song
    }
}

/// The track of a file of the library.
/// Errors: it has none, and why.
fn track_of(view: &View, path: PathBuf, file: &FileRecord) -> Result<TrackNumber, SimilarError> {
    if let Some(track) = file.track {
        return Ok(track);
    }
    if let Some(song) = file.division.songs().and_then(<[_]>::first) {
        let song = path.join(song.name());
        return Err(SimilarError::Album { path, song });
    }
    Err(failed(view, &path, &[""])?
        .unwrap_or_else(|| SimilarError::NotInSpace { path, space: "the library".to_owned() }))
}

/// The failure of a file that is on record under one of these names: a space, or nothing for the whole file.
pub(crate) fn failed(view: &View, path: &Path, names: &[&str]) -> Result<Option<SimilarError>, SimilarError> {
    let mut failures = view.failures()?.into_iter();
    let of_file = failures.find(|(file, name, _)| file == path && names.contains(&name.as_str()));
    Ok(of_file.map(|(path, _, record)| SimilarError::Failed { path, failure: record.failure }))
}

fn is_in_all(view: &View, spaces: &Combination, track: TrackNumber) -> Result<bool, SimilarError> {
    for (space, _) in &spaces.0 {
        if !view.is_covered(space, track)? {
            return Ok(false);
        }
    }
    Ok(true)
}
