//! What the store knows before a pass, as far as the plan cares.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::plan::KnownFile;
use super::retry::{RetryRule, Verdict};
use crate::file::{FailureRecord, FileRecord};
use crate::store::{StoreError, View};
use crate::track::{ContentId, TrackNumber, TrackRecord};

/// Failures of one file: by space, or under no name where the whole file has failed.
pub(crate) type Failures = Vec<(String, FailureRecord)>;

/// Tracks on record.
#[derive(Default)]
pub(crate) struct KnownTracks {
    /// Those whose records can be read. A file of another track is identified again, which repairs the record.
    pub readable: HashSet<TrackNumber>,
    /// Those of them whose length is not known: their files do not declare it, and it was lost.
    pub unmeasured: HashSet<TrackNumber>,
    /// Those of them that were decoded by something else than what would do it now; looked for where that is asked.
    pub outdated: HashSet<TrackNumber>,
    /// The decoders of now.
    decoders: Option<String>,
}

impl KnownTracks {
    /// None yet; with `decoders` the ones are looked for that others decoded.
    pub(crate) fn new(decoders: Option<&str>) -> Self {
        Self { decoders: decoders.map(str::to_owned), ..Self::default() }
    }

    /// A track that was found in the store.
    pub(crate) fn insert(&mut self, number: TrackNumber, record: &TrackRecord) {
        self.readable.insert(number);
        if record.is_unmeasured() {
            self.unmeasured.insert(number);
        }
        if self.decoders.as_ref().is_some_and(|decoders| is_outdated(&record.decoder, decoders)) {
            self.outdated.insert(number);
        }
    }
}

/// Failures on record, and which of them stand.
pub(crate) struct KnownFiles {
    by_path: HashMap<PathBuf, Failures>,
    /// Those that stand.
    pub by_content: HashMap<ContentId, Failures>,
    tracks: KnownTracks,
    rule: RetryRule,
    /// Albums in one file are divided.
    cue: bool,
}

impl KnownFiles {
    /// Reads the failures.
    pub(crate) fn read(
        rule: RetryRule,
        tracks: KnownTracks,
        cue: bool,
        view: Option<&View>,
    ) -> Result<Self, StoreError> {
        let mut known = Self { by_path: HashMap::new(), by_content: HashMap::new(), tracks, rule, cue };
        let Some(view) = view else { return Ok(known) };
        for (path, space, record) in view.failures()? {
            let stands = known.rule.verdict(&space, &record) == Verdict::Final;
            let content = if stands { view.file(&path)?.and_then(|file| file.content) } else { None };
            if let Some(content) = content {
                let all = known.by_content.entry(content).or_default();
                if all.iter().all(|(other, _)| *other != space) {
                    all.push((space.clone(), record.clone()));
                }
            }
            known.by_path.entry(path).or_default().push((space, record));
        }
        Ok(known)
    }

    /// What is known of one path.
    pub(crate) fn of(&self, path: &Path, record: &FileRecord) -> KnownFile {
        let track = record.track.filter(|track| self.tracks.readable.contains(track));
        let mut known = KnownFile {
            path: path.to_owned(),
            stamp: record.stamp,
            device: record.device,
            track,
            section: record.division.section().cloned().map(Box::new),
            songs: record.division.songs().filter(|_| self.cue).unwrap_or_default().to_vec(),
            missing: record.missing.is_some(),
            verify: false,
            unmeasured: track.is_some_and(|track| self.tracks.unmeasured.contains(&track)),
            outdated: track.is_some_and(|track| self.tracks.outdated.contains(&track)),
            failed: None,
            refused_by: Vec::new(),
        };
        for (space, record) in self.by_path.get(path).into_iter().flatten() {
            let verdict = self.rule.verdict(space, record);
            if space.is_empty() {
                known.failed = Some(verdict);
            } else if verdict == Verdict::Final {
                known.refused_by.push(space.clone());
            }
        }
        // A copy of what was refused is refused.
        let content = record.content.and_then(|content| self.by_content.get(&content));
        for (space, _) in content.into_iter().flatten().filter(|(space, _)| !space.is_empty()) {
            if !known.refused_by.contains(space) {
                known.refused_by.push(space.clone());
            }
        }
        known
    }
}

/// Whether a track was decoded by another version of a decoder, or only in part while there is one for all of it. Who
/// decoded tracks of before that was recorded is not known.
fn is_outdated(decoder: &str, decoders: &str) -> bool {
    match decoder.split_once(", ") {
        Some(_) => decoders.contains("ffmpeg"),
        None => !decoder.is_empty() && decoders.split(", ").all(|now| now != decoder),
    }
}

#[cfg(test)]
mod tests {
    use super::is_outdated;

    #[test]
    fn another_version_and_a_part_are_outdated() {
        let (without, with) = ("symphonia 2, opus 1", "symphonia 2, opus 1, ffmpeg 7");
        for (decoder, decoders, expected) in [
            ("symphonia 2", without, false),
            ("symphonia 1", without, true),
            ("opus 1", with, false),
            ("ffmpeg 6", with, true),
            ("ffmpeg 7", with, false),
            ("symphonia 2, the core of HE-AAC", without, false),
            ("symphonia 2, the core of HE-AAC", with, true),
            ("", with, false),
        ] {
            assert_eq!(is_outdated(decoder, decoders), expected, "{decoder} with {decoders}");
        }
    }
}
