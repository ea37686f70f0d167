//! The song that is to be explained, or why it is in no playlist.

use std::path::{Path, PathBuf};

use super::combination::Combination;
use super::request::{ClusterRunError, Filters, WhyInNone};
use super::selection::Selection;
use super::sounds::sounds;
use super::tracks::in_root;
use crate::app::history::songs::file_at;
use crate::store::{StoreError, View};
use crate::track::{ContentId, Failure, TrackNumber};
use crate::{file::FileRecord, playlist::filter::TrackFilter, text::joined_lines};

/// Where the song must be.
pub(super) struct SelectedSong<'a> {
    pub view: &'a View,
    pub selection: &'a Selection,
    pub spaces: &'a Combination,
    pub roots: &'a [PathBuf],
    /// The folder of `--path`.
    pub scope: Option<&'a Path>,
    /// The folders whose songs are grouped; none: all.
    pub folders: Option<&'a [PathBuf]>,
}

impl SelectedSong<'_> {
    /// The track of a file.
    /// Errors: why it is not selected.
    pub(super) fn find(&self, path: &Path, filters: &Filters) -> Result<ContentId, ClusterRunError> {
        let found = file_at(self.view, path)?;
        let number = found.as_ref().and_then(|(_, file)| file.track);
        let track = self.selection.tracks.iter().find(|track| Some(track.number) == number);
        match (track, found) {
            (Some(track), _) => Ok(track.content),
            (None, found) => {
                let why = match found {
                    Some((spelled, file)) => self.why_known(&spelled, &file, filters)?,
                    None if path.exists() => WhyInNone::Unknown,
                    None => WhyInNone::NoFile,
                };
                Err(ClusterRunError::InNone { path: path.to_owned(), why })
            }
        }
    }

    /// Why a file of the library is not selected.
    fn why_known(&self, path: &Path, file: &FileRecord, filters: &Filters) -> Result<WhyInNone, StoreError> {
        if let Some(since) = file.missing {
            return Ok(WhyInNone::Missing { since: since.local() });
        }
        if let Some(failure) = self.failure(path)? {
            return Ok(WhyInNone::Failed { failure });
        }
        if let Some(scope) = self.scope.filter(|scope| !path.starts_with(scope)) {
            return Ok(WhyInNone::Elsewhere { scope: scope.to_owned() });
        }
        if self.folders.is_some_and(|folders| !folders.iter().any(|folder| path.starts_with(folder))) {
            return Ok(WhyInNone::NotConfigured);
        }
        match file.track {
            Some(track) => match self.lacking(track)? {
                None => self.why_filtered(path, file, track, filters),
                Some(space) => Ok(WhyInNone::NotInSpace { space }),
            },
            None => Ok(WhyInNone::NotInSpace { space: self.spaces.0[0].0.name.clone() }),
        }
    }

    /// The name of the first space that has no vector of a track.
    fn lacking(&self, track: TrackNumber) -> Result<Option<String>, StoreError> {
        for (space, _) in &self.spaces.0 {
            if !self.view.is_covered(space, track)? {
                return Ok(Some(space.name.clone()));
            }
        }
        Ok(None)
    }

    /// The failure of a file in one of the spaces, or of the whole file.
    fn failure(&self, path: &Path) -> Result<Option<Failure>, StoreError> {
        let failures = self.view.failures()?.into_iter();
        let is_of = |name: &str| name.is_empty() || self.spaces.0.iter().any(|(space, _)| space.name == name);
        let mut own = failures.filter(|(at, space, _)| at == path && is_of(space));
        Ok(own.next().map(|(.., record)| record.failure))
    }

    /// Which of the filters it does not pass; where it passes all, another copy of it does too.
    fn why_filtered(
        &self,
        path: &Path,
        file: &FileRecord,
        track: TrackNumber,
        filters: &Filters,
    ) -> Result<WhyInNone, StoreError> {
        let seconds = self.view.track(track)?.map_or(0.0, |record| record.seconds);
        let all = &filters.filter;
        let sound = if all.tempo.is_some() { sounds(self.view)?.remove(&track) } else { None };
        let passes = |name: &str| {
            let none = TrackFilter::default();
            let filter = match name {
                "min_duration" => TrackFilter { shortest: all.shortest, ..none },
                "max_duration" => TrackFilter { longest: all.longest, ..none },
                "genre" => TrackFilter { genres: all.genres.clone(), ..none },
                "tempo" => TrackFilter { tempo: all.tempo, ..none },
                "year" => TrackFilter { years: all.years, ..none },
                "since" => TrackFilter { since: all.since, ..none },
                "exclude" => return !filters.exclude.matches(in_root(path, self.roots)),
                _ => none,
            };
            filter.passes(&file.tags, seconds, file.stamp.changed(), sound)
        };
        let failed = filters.given.iter().filter(|(name, _)| !passes(name));
        let failed: Vec<_> = failed
            .map(|(name, value)| format!("--{} {}", name.replace('_', "-"), joined_lines(value)))
            .collect();
        Ok(match failed.is_empty() {
            true if filters.dedupe => WhyInNone::Duplicate,
            true => WhyInNone::NotInSpace { space: self.spaces.space().name },
            false => WhyInNone::Filtered { filters: failed.join(", ") },
        })
    }
}
