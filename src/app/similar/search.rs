//! What every question about songs begins with: the store is read, and what was typed is found in it.

use std::path::{Path, PathBuf};

use super::error::SimilarError;
use super::file_index::FileIndex;
use super::outside::OutsideWorkers;
use super::seeds::{Seed, TypedSongs, failed};
use super::songs::SongFinder;
use super::space::SearchSpace;
use crate::app::cluster::{combination::MethodChoice, request::Filters};
use crate::app::damage::warn_of_damaged_rows;
use crate::app::progress::Progress;
use crate::playlist::Song;
use crate::store::View;

/// A store that has been read for one question.
pub(crate) struct SongSearch {
    pub view: View,
    pub space: SearchSpace,
    /// The name of the space, which may stand for several.
    pub method: String,
    /// The names of the spaces.
    spaces: Vec<String>,
    index: FileIndex,
    typed: TypedSongs,
    /// What was meant, in the order in which it was typed.
    seeds: Vec<Seed>,
}

/// A song that was named.
pub(crate) struct NamedSong {
    /// Of its point in the space.
    pub row: usize,
    pub song: Song,
}

impl SongSearch {
    /// Reads the points and the files, and finds what was `typed`.
    /// Errors: no store, no songs in the space, a song that is not there.
    pub(crate) fn begin(
        store: &Path,
        method: &MethodChoice,
        typed: &[PathBuf],
        workers: &OutsideWorkers<'_>,
        progress: &dyn Progress,
    ) -> Result<Self, SimilarError> {
        let view = View::open(store)?;
        let spaces = method.choose(&view, None, progress)?;
        let mut typed = TypedSongs::read(&view, typed, &spaces, workers)?;
        let outside: Vec<_> = typed.outside.iter().map(|file| file.vectors.clone()).collect();
        let (space, index) = rayon::join(
            || SearchSpace::open(&view, &spaces, &outside),
            || FileIndex::read(&view, &mut typed.searches),
        );
        let (space, index) = (space?, index?);
        warn_of_damaged_rows(&view, progress);
        let method = spaces.space().name;
        if space.tracks().is_empty() {
            return Err(SimilarError::NoSongs { space: method });
        }
        let seeds = typed.seeds(&view)?;
        let spaces = spaces.0.into_iter().map(|(space, _)| space.name).collect();
        Ok(Self { view, space, method, spaces, index, typed, seeds })
    }

    /// Finds songs that pass the filters.
    pub(crate) fn finder<'a>(
        &'a self,
        filters: &'a Filters,
        configured: &[PathBuf],
    ) -> Result<SongFinder<'a>, SimilarError> {
        Ok(SongFinder::new(&self.view, &self.index, filters, configured)?)
    }

    /// The songs that were typed, whether they pass the filters or not.
    /// Errors: one is not in all spaces.
    pub(crate) fn named(&self, finder: &SongFinder<'_>) -> Result<Vec<NamedSong>, SimilarError> {
        let named = |seed: &Seed| match *seed {
            Seed::Outside(place) => {
                let row = self.space.tracks().len() + place;
                Ok(NamedSong { row, song: self.typed.outside_song(place).clone() })
            }
            Seed::Track(track) => {
                let song = finder.known(&[track])?.pop().map(|(_, song)| song);
                let path = song.as_ref().map(|song| song.path().to_owned()).unwrap_or_default();
                match (self.space.row(track), song) {
                    (Some(row), Some(song)) => Ok(NamedSong { row, song }),
                    _ => Err(self.lacking(path)?),
                }
            }
        };
        self.seeds.iter().map(named).collect()
    }

    /// Why a song is not in the space.
    fn lacking(&self, path: PathBuf) -> Result<SimilarError, SimilarError> {
        let names: Vec<_> = self.spaces.iter().map(String::as_str).chain([""]).collect();
        let failed = failed(&self.view, &path, &names)?;
        Ok(failed.unwrap_or_else(|| SimilarError::NotInSpace { path, space: self.method.clone() }))
    }
}
