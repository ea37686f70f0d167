//! Turns finished tasks into rows, and counts them.

use std::{
    collections::{BTreeMap, HashMap},
    mem::take,
    path::{Path, PathBuf},
};

use super::{
    crew::{Claim, Finished, Named},
    job::Analysis,
    plan::{Task, Why},
    progress::{Event, Progress},
};
use crate::{
    audio::{DECODER, Identity},
    extract::BuiltIn,
    file::{FailureRecord, FileRecord},
    moment::Moment,
    store::{Change, Library, StoreError},
    track::{ContentId, Failure, FailureKind, Tags, TrackNumber, TrackRecord},
};

/// What a pass has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub opened: u64,
    pub decoded: u64,
    /// Vectors by space.
    pub stored: BTreeMap<String, u64>,
    pub failed: u64,
    pub failed_known: u64,
    pub partial: u64,
}

/// Failures of one file: by space, or by nothing where the whole file has failed.
pub type Failures = Vec<(String, FailureRecord)>;

/// Collects rows until they are committed. The store is asked through a new view each time: one that is
/// held would keep it from reusing its pages.
pub struct Recorder<'a> {
    library: &'a Library,
    next: u32,
    /// Contents that got their number in this pass.
    numbers: HashMap<ContentId, TrackNumber>,
    history: HashMap<PathBuf, Failures>,
    /// Contents that failed in this pass, and paths that wait for what becomes of a content.
    failed: HashMap<ContentId, Vec<(String, Failure)>>,
    followers: HashMap<ContentId, Vec<PathBuf>>,
    pub changes: Vec<Change>,
    pub tally: Tally,
}

impl<'a> Recorder<'a> {
    /// # Errors
    /// The store cannot be read.
    pub fn new(library: &'a Library) -> Result<Self, StoreError> {
        let view = library.view()?;
        let mut history: HashMap<_, Failures> = HashMap::new();
        for (path, space, record) in view.failures()? {
            history.entry(path).or_default().push((space, record));
        }
        Ok(Self {
            next: view.next_number()?,
            library,
            numbers: HashMap::new(),
            history,
            failed: HashMap::new(),
            followers: HashMap::new(),
            changes: Vec::new(),
            tally: Tally::default(),
        })
    }

    /// Commits what has been collected.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        if self.changes.is_empty() { Ok(()) } else { self.library.commit(&take(&mut self.changes)) }
    }

    /// Takes in one finished task.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn take(&mut self, finished: Finished, progress: &dyn Progress) -> Result<(), StoreError> {
        let Finished { task, named, analysis } = finished;
        self.tally.opened += 1;
        let decoded = analysis.as_ref().and_then(|result| result.as_ref().ok());
        let (seconds, partial) = (decoded.map(|done| done.seconds), decoded.is_some_and(|done| done.partial));
        let failures = match named {
            Named::Already(number) => {
                self.update(number, analysis.as_ref())?;
                let content = self.library.view()?.track(number)?.map(|record| record.content);
                self.outcome(&task.file.path, content, number, analysis, progress)
            }
            Named::Identity(identity, claim) => {
                let content = identity.content;
                let number = self.number(&identity, analysis.as_ref())?;
                self.file(&task, Some(content), Some(number), identity.tags);
                match claim {
                    Claim::Failed(known) => self.again(&task.file.path, known),
                    Claim::Shared => self.follow(&task.file.path, content, progress),
                    _ => self.outcome(&task.file.path, Some(content), number, analysis, progress),
                }
            }
            Named::Nameless(content, failure, known) => {
                // What cannot be read now keeps its track: an error of the disk forgets nothing.
                if failure.is_final || self.library.view()?.file(&task.file.path)?.is_none() {
                    self.file(&task, content, None, Tags::default());
                }
                match known {
                    Some(known) if task.why != Why::Retry => self.again(&task.file.path, known),
                    _ => self.fail(&task.file.path, vec![(String::new(), failure)], progress),
                }
            }
        };
        self.tally.failed += u64::from(failures);
        progress.event(Event::Done { path: &task.file.path, seconds, partial });
        Ok(())
    }

    fn file(&mut self, task: &Task, content: Option<ContentId>, track: Option<TrackNumber>, tags: Tags) {
        let (stamp, device) = (task.file.stamp, task.file.device);
        let record =
            FileRecord { stamp, device, content, track, tags, missing: None, checked: Moment::now() };
        self.changes.push(Change::File(task.file.path.clone(), record));
        self.changes.push(Change::Mended(task.file.path.clone()));
    }

    /// The track's number, given now if it has none.
    fn number(
        &mut self,
        identity: &Identity,
        analysis: Option<&Result<Analysis, Failure>>,
    ) -> Result<TrackNumber, StoreError> {
        let content = identity.content;
        let known = match self.numbers.get(&content) {
            Some(number) => Some(*number),
            None => self.library.view()?.number_of(&content)?,
        };
        let number = match known {
            Some(number) if self.is_on_record(&content, number)? => {
                self.update(number, analysis)?;
                return Ok(number);
            }
            // Its record was damaged.
            Some(number) => number,
            None => {
                self.next += 1;
                TrackNumber(self.next - 1)
            }
        };
        self.numbers.insert(content, number);
        let mut record = TrackRecord {
            content,
            codec: identity.codec.clone(),
            rate: identity.rate,
            channels: identity.channels,
            seconds: identity.seconds.unwrap_or_default(),
            partial: false,
        };
        correct(&mut record, analysis);
        self.changes.push(Change::Track(number, record));
        Ok(number)
    }

    /// Whether a track's record can be read, or is on its way to the store.
    fn is_on_record(&self, content: &ContentId, number: TrackNumber) -> Result<bool, StoreError> {
        Ok(self.numbers.contains_key(content) || self.library.view()?.track(number)?.is_some())
    }

    /// What decoding found out about a known track.
    fn update(
        &mut self,
        number: TrackNumber,
        analysis: Option<&Result<Analysis, Failure>>,
    ) -> Result<(), StoreError> {
        if let (Some(Ok(_)), Some(mut record)) = (analysis, self.library.view()?.track(number)?) {
            correct(&mut record, analysis);
            self.changes.push(Change::Track(number, record));
        }
        Ok(())
    }

    /// Rows for what was computed; true where something failed.
    fn outcome(
        &mut self,
        path: &Path,
        content: Option<ContentId>,
        number: TrackNumber,
        analysis: Option<Result<Analysis, Failure>>,
        progress: &dyn Progress,
    ) -> bool {
        let mut failures = Vec::new();
        match analysis {
            None => {}
            Some(Err(failure)) => {
                self.tally.decoded += u64::from(was_decoded(failure.kind));
                failures.push((String::new(), failure));
            }
            Some(Ok(analysis)) => {
                self.tally.decoded += 1;
                self.tally.partial += u64::from(analysis.partial);
                for (name, result) in analysis.vectors {
                    match result.and_then(finite) {
                        Ok(values) => self.vector(&name, number, values),
                        Err(failure) => failures.push((name, failure)),
                    }
                }
            }
        }
        if failures.is_empty() {
            return false;
        }
        if let Some(content) = content {
            for follower in self.followers.remove(&content).unwrap_or_default() {
                self.tally.failed += u64::from(self.fail(&follower, failures.clone(), progress));
            }
            self.failed.insert(content, failures.clone());
        }
        self.fail(path, failures, progress)
    }

    fn vector(&mut self, name: &str, number: TrackNumber, values: Vec<f32>) {
        if let Some(extractor) = BuiltIn::named(name) {
            *self.tally.stored.entry(name.to_owned()).or_default() += 1;
            self.changes.push(Change::Vector(extractor.space(), number, values));
        }
    }

    /// A file whose content another file of this pass stands for.
    fn follow(&mut self, path: &Path, content: ContentId, progress: &dyn Progress) -> bool {
        match self.failed.get(&content).cloned() {
            Some(failures) => self.fail(path, failures, progress),
            None => {
                self.followers.entry(content).or_default().push(path.to_owned());
                false
            }
        }
    }

    /// The same failures at another path, or after a change that changed nothing.
    fn again(&mut self, path: &Path, known: Failures) -> bool {
        self.tally.failed_known += 1;
        let rows = known.into_iter().map(|(space, record)| Change::Failure(path.to_owned(), space, record));
        self.changes.extend(rows);
        false
    }

    fn fail(&mut self, path: &Path, failures: Vec<(String, Failure)>, progress: &dyn Progress) -> bool {
        for (space, failure) in failures {
            progress.event(Event::Failed { path, failure: &failure });
            let before = self.history.get(path).and_then(|all| all.iter().find(|(name, _)| *name == space));
            let now = Moment::now();
            let (first, tries) = before.map_or((now, 0), |(_, record)| (record.first, record.tries));
            let decoder = DECODER.to_owned();
            let record = FailureRecord { failure, decoder, first, last: now, tries: tries + 1 };
            self.changes.push(Change::Failure(path.to_owned(), space, record));
        }
        true
    }
}

fn correct(record: &mut TrackRecord, analysis: Option<&Result<Analysis, Failure>>) {
    if let Some(Ok(analysis)) = analysis {
        record.seconds = analysis.seconds;
        record.partial = analysis.partial;
    }
}

fn was_decoded(kind: FailureKind) -> bool {
    use FailureKind as Kind;
    !matches!(kind, Kind::Empty | Kind::NotAudio | Kind::Unsupported | Kind::Unreadable)
}

/// A vector that is not made of numbers would poison every distance.
fn finite(values: Vec<f32>) -> Result<Vec<f32>, Failure> {
    if values.iter().all(|value| value.is_finite()) {
        return Ok(values);
    }
    Err(Failure::of_content(FailureKind::NotAudio, "its features are not finite numbers"))
}
