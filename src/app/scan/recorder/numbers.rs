//! Gives tracks their numbers, and corrects their records by what decoding found out.

use std::collections::HashMap;

use crate::store::{Change, Library, StoreError};
use crate::track::{ContentId, Failure, TrackNumber, TrackRecord};
use crate::{app::scan::protocol::Analysis, audio::Identity};

/// Numbers of tracks. The store is asked through a new view each time: one that is held would keep it from reusing its pages.
pub(super) struct TrackNumbers<'a> {
    library: &'a Library,
    next: u32,
    /// Tracks that are on their way to the store, which does not know them yet.
    pending: HashMap<ContentId, (TrackNumber, TrackRecord)>,
}

impl<'a> TrackNumbers<'a> {
    /// `next` is a number that was never given.
    pub(super) fn new(library: &'a Library, next: u32) -> Self {
        Self { library, next, pending: HashMap::new() }
    }

    /// The track's number, given now if it has none, and what is new about the track.
    pub(super) fn number(
        &mut self,
        identity: &Identity,
        analysis: Option<&Result<Analysis, Failure>>,
    ) -> Result<(TrackNumber, Option<Change>), StoreError> {
        let content = identity.content;
        if let Some((number, record)) = self.pending.get_mut(&content) {
            // Of two files with one content, the one that is not decoded may be the first to be recorded.
            let change = correct(record, analysis).then(|| Change::Track(*number, record.clone()));
            return Ok((*number, change));
        }
        let number = match self.library.view()?.number_of(&content)? {
            Some(number) if self.library.view()?.track(number)?.is_some() => {
                return Ok((number, self.update(number, analysis)?));
            }
            // Its record was damaged.
            Some(number) => number,
            None => {
                self.next += 1;
                TrackNumber(self.next - 1)
            }
        };
        let mut record = TrackRecord {
            content,
            codec: identity.codec.clone(),
            rate: identity.rate,
            channels: identity.channels,
            seconds: identity.seconds.unwrap_or_default(),
            partial: false,
            damage: None,
            decoder: String::new(),
        };
        correct(&mut record, analysis);
        self.pending.insert(content, (number, record.clone()));
        Ok((number, Some(Change::Track(number, record))))
    }

    /// What decoding found out about a track that the store knows.
    pub(super) fn update(
        &self,
        number: TrackNumber,
        analysis: Option<&Result<Analysis, Failure>>,
    ) -> Result<Option<Change>, StoreError> {
        let (Some(Ok(_)), Some(mut record)) = (analysis, self.library.view()?.track(number)?) else {
            return Ok(None);
        };
        correct(&mut record, analysis);
        Ok(Some(Change::Track(number, record)))
    }

    /// All changes given so far are in the store.
    pub(super) fn committed(&mut self) {
        self.pending.clear();
    }
}

/// Corrects a record by what decoding found out, if it did.
fn correct(record: &mut TrackRecord, analysis: Option<&Result<Analysis, Failure>>) -> bool {
    let Some(Ok(analysis)) = analysis else { return false };
    (record.seconds, record.partial) = (analysis.seconds, analysis.partial.is_some());
    record.damage.clone_from(&analysis.partial);
    record.decoder.clone_from(&analysis.decoder);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, track::Tags};

    fn identity(seconds: Option<f64>) -> Identity {
        let content = ContentId { recipe: 1, digest: Digest([7; 32]) };
        Identity {
            content,
            codec: "aac".into(),
            rate: 44_100,
            channels: 2,
            seconds,
            tags: Tags::default(),
            sections: vec![],
        }
    }

    fn decoded(seconds: f64) -> Option<Result<Analysis, Failure>> {
        Some(Ok(Analysis {
            vectors: vec![],
            seconds,
            partial: Some("damaged".into()),
            decoder: String::new(),
        }))
    }

    /// The record that the store has in the end, whether it was written between the two files or not.
    fn recorded(
        first: Option<Result<Analysis, Failure>>,
        second: Option<Result<Analysis, Failure>>,
    ) -> [TrackRecord; 2] {
        [false, true].map(|is_committed| {
            let library = Library::in_memory().unwrap();
            let mut numbers = TrackNumbers::new(&library, 3);
            let (number, change) = numbers.number(&identity(None), first.as_ref()).unwrap();
            let mut changes = Vec::from_iter(change);
            if is_committed {
                library.commit(&std::mem::take(&mut changes)).unwrap();
                numbers.committed();
            }
            let (again, change) = numbers.number(&identity(None), second.as_ref()).unwrap();
            assert_eq!((number, again), (TrackNumber(3), number));
            changes.extend(change);
            library.commit(&changes).unwrap();
            library.view().unwrap().track(number).unwrap().unwrap()
        })
    }

    #[test]
    fn a_recording_at_two_paths_keeps_its_length_whichever_is_recorded_first() {
        for record in recorded(None, decoded(8.5)).into_iter().chain(recorded(decoded(8.5), None)) {
            assert_eq!((record.seconds, record.partial), (8.5, true));
            assert_eq!(record.damage.as_deref(), Some("damaged"));
        }
        for record in recorded(None, None) {
            assert!(record.is_unmeasured());
        }
    }
}
