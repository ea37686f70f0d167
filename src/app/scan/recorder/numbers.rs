//! Gives tracks their numbers, and corrects their records by what decoding found out.

use std::collections::HashMap;

use crate::store::{Change, Library, StoreError};
use crate::track::{ContentId, Failure, TrackNumber, TrackRecord};
use crate::{app::scan::protocol::Analysis, audio::Identity};

/// Numbers of tracks. The store is asked through a new view each time: one that is held would keep it from reusing its pages.
pub(super) struct TrackNumbers<'a> {
    library: &'a Library,
    next: u32,
    /// Contents that got their number in this pass.
    given: HashMap<ContentId, TrackNumber>,
}

impl<'a> TrackNumbers<'a> {
    /// `next` is a number that was never given.
    pub(super) fn new(library: &'a Library, next: u32) -> Self {
        Self { library, next, given: HashMap::new() }
    }

    /// The track's number, given now if it has none, and what is new about the track.
    pub(super) fn number(
        &mut self,
        identity: &Identity,
        analysis: Option<&Result<Analysis, Failure>>,
    ) -> Result<(TrackNumber, Option<Change>), StoreError> {
        let content = identity.content;
        let known = match self.given.get(&content) {
            Some(number) => Some(*number),
            None => self.library.view()?.number_of(&content)?,
        };
        let number = match known {
            Some(number) if self.is_on_record(&content, number)? => {
                return Ok((number, self.update(number, analysis)?));
            }
            // Its record was damaged.
            Some(number) => number,
            None => {
                self.next += 1;
                TrackNumber(self.next - 1)
            }
        };
        self.given.insert(content, number);
        let mut record = TrackRecord {
            content,
            codec: identity.codec.clone(),
            rate: identity.rate,
            channels: identity.channels,
            seconds: identity.seconds.unwrap_or_default(),
            partial: false,
            decoder: String::new(),
        };
        correct(&mut record, analysis);
        Ok((number, Some(Change::Track(number, record))))
    }

    /// Whether a track's record can be read, or is on its way to the store.
    fn is_on_record(&self, content: &ContentId, number: TrackNumber) -> Result<bool, StoreError> {
        Ok(self.given.contains_key(content) || self.library.view()?.track(number)?.is_some())
    }

    /// What decoding found out about a known track.
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
}

fn correct(record: &mut TrackRecord, analysis: Option<&Result<Analysis, Failure>>) {
    if let Some(Ok(analysis)) = analysis {
        record.seconds = analysis.seconds;
        record.partial = analysis.partial;
        record.decoder.clone_from(&analysis.decoder);
    }
}
