//! What the store knows before a pass, as far as the plan cares.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::plan::{KnownFile, Verdict};
use crate::{
    audio::DECODER,
    file::{FailureRecord, FileRecord},
    space::SpaceId,
    store::{StoreError, View},
    track::{ContentId, TrackNumber},
};

/// Failures of one file: by space, or by nothing where the whole file has failed.
pub type Failures = Vec<(String, FailureRecord)>;

/// What a failure stands with: the decoder, and the recipe of the space that refused the file. Once one of them
/// has changed, the file is tried again.
pub fn decoder(space: Option<&SpaceId>) -> String {
    match space {
        None => DECODER.to_owned(),
        Some(space) => format!("{DECODER}, {} {}", space.name, space.fingerprint.short(16)),
    }
}

/// Failures on record, and which of them stand.
pub struct KnownFiles {
    by_path: HashMap<PathBuf, Failures>,
    pub by_content: HashMap<ContentId, Failures>,
    /// Tracks whose records can be read. A file of another is named again, which mends it.
    tracks: HashSet<TrackNumber>,
    retry: bool,
    /// What failures stand with, by space or nothing.
    decoders: HashMap<String, String>,
}

impl KnownFiles {
    /// What matters for filling `spaces`; `tracks` are those whose records can be read.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn read(
        retry: bool,
        spaces: &[SpaceId],
        tracks: HashSet<TrackNumber>,
        view: Option<&View>,
    ) -> Result<Self, StoreError> {
        let (by_path, by_content) = (HashMap::new(), HashMap::new());
        let decoders = spaces.iter().map(|space| (space.name.clone(), decoder(Some(space))));
        let decoders = decoders.chain([(String::new(), decoder(None))]).collect();
        let mut knowledge = Self { by_path, by_content, tracks, retry, decoders };
        let Some(view) = view else { return Ok(knowledge) };
        for (path, space, record) in view.failures()? {
            let stands = knowledge.stands(&space, &record);
            let content = if stands { view.file(&path)?.and_then(|file| file.content) } else { None };
            if let Some(content) = content {
                let all = knowledge.by_content.entry(content).or_default();
                if all.iter().all(|(known, _)| *known != space) {
                    all.push((space.clone(), record.clone()));
                }
            }
            knowledge.by_path.entry(path).or_default().push((space, record));
        }
        Ok(knowledge)
    }

    /// Nothing has changed that could help.
    fn stands(&self, space: &str, record: &FailureRecord) -> bool {
        record.failure.is_final && self.decoders.get(space) == Some(&record.decoder) && !self.retry
    }

    /// What is known of one path.
    pub fn of(&self, path: &Path, record: &FileRecord) -> KnownFile {
        let mut known = KnownFile {
            path: path.to_owned(),
            stamp: record.stamp,
            device: record.device,
            track: record.track.filter(|track| self.tracks.contains(track)),
            missing: record.missing.is_some(),
            verify: false,
            failed: None,
            refused_by: Vec::new(),
        };
        for (space, record) in self.by_path.get(path).into_iter().flatten() {
            let stands = self.stands(space, record);
            if space.is_empty() {
                known.failed = Some(if stands { Verdict::Final } else { Verdict::TryAgain });
            } else if stands {
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
