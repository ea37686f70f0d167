//! Turns finished tasks into rows, and counts them.

mod numbers;

use std::collections::{BTreeMap, HashMap};
use std::mem::take;
use std::path::{Path, PathBuf};

use self::numbers::TrackNumbers;
use super::plan::{Task, Why};
use super::pool::{FileContent, Finished};
use super::{claims::Claim, known::Failures, protocol::Analysis, report::ScanSummary, retry::decoder};
use crate::app::progress::{Event, Progress};
use crate::extract::{BuiltIn, Method};
use crate::file::{FailureRecord, FileRecord};
use crate::space::{Features, Precision, SpaceId};
use crate::store::{Change, Library, PaceRecord, StoreError};
use crate::track::{ContentId, Division, Failure, FailureKind, Section, Tags, TrackNumber};
use crate::{app::inference::thread::TrackPredictions, time::Moment};

/// Collects rows until they are committed. The store is asked through a new view each time: one that is
/// held would keep it from reusing its pages.
pub(crate) struct Recorder<'a> {
    library: &'a Library,
    methods: &'a [Method],
    /// All decoders, as they are recorded with failures.
    decoders: String,
    numbers: TrackNumbers<'a>,
    history: HashMap<PathBuf, Failures>,
    /// Paths of the files that a space has refused, by content and space.
    refused: HashMap<(ContentId, String), Vec<PathBuf>>,
    /// Contents that failed in this pass, and paths that wait for the outcome of another file's task.
    failed: HashMap<ContentId, Vec<(String, Failure)>>,
    followers: HashMap<ContentId, Vec<PathBuf>>,
    /// Files that models are still busy with, by the id of their predictions.
    awaiting: HashMap<u64, RecordedFile>,
    since: Moment,
    /// Vectors by space when they were last counted for [`PaceRecord`]s.
    paced: BTreeMap<String, u64>,
    pub changes: Vec<Change>,
    pub summary: ScanSummary,
}

/// A file that holds a track.
struct RecordedFile {
    path: PathBuf,
    content: Option<ContentId>,
    number: TrackNumber,
    seconds: Option<f64>,
    partial: Option<String>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        library: &'a Library,
        methods: &'a [Method],
        decoders: String,
    ) -> Result<Self, StoreError> {
        let view = library.view()?;
        let mut history: HashMap<_, Failures> = HashMap::new();
        let mut refused: HashMap<_, Vec<PathBuf>> = HashMap::new();
        for (path, space, record) in view.failures()? {
            if let Some(content) =
                view.file(&path)?.and_then(|file| file.content).filter(|_| !space.is_empty())
            {
                refused.entry((content, space.clone())).or_default().push(path.clone());
            }
            history.entry(path).or_default().push((space, record));
        }
        Ok(Self {
            numbers: TrackNumbers::new(library, view.next_number()?),
            library,
            methods,
            decoders,
            history,
            refused,
            failed: HashMap::new(),
            followers: HashMap::new(),
            awaiting: HashMap::new(),
            since: Moment::now(),
            paced: BTreeMap::new(),
            changes: Vec::new(),
            summary: ScanSummary::default(),
        })
    }

    /// Commits what has been collected.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        if self.changes.is_empty() {
            return Ok(());
        }
        for (name, stored) in &self.summary.report.stored {
            if self.paced.insert(name.clone(), *stored) != Some(*stored)
                && let Some(space) = self.space(name)
            {
                let pace = PaceRecord { since: self.since, until: Moment::now(), stored: *stored };
                self.changes.push(Change::Pace(space, pace));
            }
        }
        self.library.commit(&take(&mut self.changes))?;
        self.numbers.committed();
        Ok(())
    }

    /// Turns one finished task into rows.
    pub(crate) fn take(&mut self, finished: Finished, progress: &dyn Progress) -> Result<(), StoreError> {
        let Finished { task, content, analysis, predictions } = finished;
        let path = task.file.path.clone();
        self.summary.report.opened += 1;
        let decoded = analysis.as_ref().and_then(|result| result.as_ref().ok());
        let (seconds, partial) =
            (decoded.map(|done| done.seconds), decoded.and_then(|done| done.partial.clone()));
        let recorded = |content, number| {
            let (path, partial) = (path.clone(), partial.clone());
            RecordedFile { path, content, number, seconds, partial }
        };
        let mut track = None;
        match content {
            FileContent::Known(number) => {
                self.changes.extend(self.numbers.update(number, analysis.as_ref())?);
                let content = self.library.view()?.track(number)?.map(|record| record.content);
                let file = track.insert(recorded(content, number));
                self.outcome(file, analysis, progress);
            }
            FileContent::Identified(identity, claim) => {
                let content = identity.content;
                let (number, change) = self.numbers.number(&identity, analysis.as_ref())?;
                self.changes.extend(change);
                let file = track.insert(recorded(Some(content), number));
                self.record_file(&task, Some(content), Some(number), identity.tags, identity.sections);
                match claim {
                    Claim::Failed(known) => self.fail_as_known(&path, known),
                    Claim::Shared => self.follow(&path, content, progress),
                    _ => self.outcome(file, analysis, progress),
                }
            }
            FileContent::Album(identity) => {
                self.summary.new_albums += 1;
                self.record_file(&task, Some(identity.content), None, identity.tags, identity.sections);
            }
            FileContent::Gone => {}
            FileContent::Unidentified(content, failure, known) => {
                // What cannot be read now keeps its track: an error of the disk forgets nothing.
                if failure.is_final || self.library.view()?.file(&path)?.is_none() {
                    self.record_file(&task, content, None, Tags::default(), vec![]);
                }
                match known {
                    Some(known) if task.why != Why::Retry => self.fail_as_known(&path, known),
                    _ => self.fail(&path, vec![(String::new(), failure)], progress),
                }
            }
        }
        match (predictions, track) {
            (Some(id), Some(file)) => drop(self.awaiting.insert(id, file)),
            _ => progress.event(Event::Done { path: &path, seconds, partial: partial.as_deref() }),
        }
        Ok(())
    }

    /// Turns what models predict for a file that was taken before into rows.
    pub(crate) fn take_predictions(&mut self, predictions: TrackPredictions, progress: &dyn Progress) {
        predictions.warnings.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
        let Some(file) = self.awaiting.remove(&predictions.id) else { return };
        self.results(&file, predictions.results, progress);
        let RecordedFile { path, seconds, partial, .. } = file;
        progress.event(Event::Done { path: &path, seconds, partial: partial.as_deref() });
    }

    fn record_file(
        &mut self,
        task: &Task,
        content: Option<ContentId>,
        track: Option<TrackNumber>,
        tags: Tags,
        sections: Vec<Section>,
    ) {
        let (stamp, device) = (task.file.stamp, task.file.device);
        let (tags, division) = match &task.file.section {
            Some(section) => (section.tags_over(tags), Division::Part(section.clone())),
            None if sections.is_empty() => (tags, Division::Whole),
            None => (tags, Division::Album(sections)),
        };
        let checked = Moment::now();
        let record = FileRecord { stamp, device, content, track, tags, division, missing: None, checked };
        self.changes.push(Change::File(task.file.path.clone(), record));
        self.changes.push(Change::Mended(task.file.path.clone()));
    }

    /// Rows for what a worker computed.
    fn outcome(
        &mut self,
        file: &RecordedFile,
        analysis: Option<Result<Analysis, Failure>>,
        progress: &dyn Progress,
    ) {
        match analysis {
            None => {}
            Some(Err(failure)) => {
                self.summary.report.decoded += u64::from(was_decoded(failure.kind));
                self.results(file, vec![(String::new(), Err(failure))], progress);
            }
            Some(Ok(analysis)) => {
                self.summary.report.decoded += 1;
                self.summary.report.partial += u64::from(analysis.partial.is_some());
                let vectors = analysis.vectors.into_iter();
                let results = vectors.map(|(name, vector)| {
                    let precision = BuiltIn::named(&name).map_or(Precision::Single, |row| row.precision);
                    (name, vector.map(|values| Features { values, precision, scores: vec![] }))
                });
                let results = results.collect();
                self.results(file, results, progress);
            }
        }
    }

    /// Rows for vectors and for failures, by method; under no name where the whole file has failed.
    fn results(
        &mut self,
        file: &RecordedFile,
        results: Vec<(String, Result<Features, Failure>)>,
        progress: &dyn Progress,
    ) {
        let mut failures = Vec::new();
        for (name, result) in results {
            match result.and_then(finite) {
                Ok(features) => {
                    let refused =
                        file.content.and_then(|content| self.refused.remove(&(content, name.clone())));
                    let paths = refused.into_iter().flatten();
                    self.changes.extend(paths.map(|path| Change::Healed(path, name.clone())));
                    if let Some(space) = self.space(&name) {
                        self.changes.push(Change::Vector(space, file.number, features));
                        *self.summary.report.stored.entry(name).or_default() += 1;
                    }
                }
                Err(failure) => failures.push((name, failure)),
            }
        }
        if failures.is_empty() {
            return;
        }
        if let Some(content) = file.content {
            for follower in self.followers.remove(&content).unwrap_or_default() {
                self.fail(&follower, failures.clone(), progress);
            }
            self.failed.entry(content).or_default().extend(failures.clone());
        }
        self.fail(&file.path, failures, progress);
    }

    fn space(&self, name: &str) -> Option<SpaceId> {
        self.methods.iter().find(|method| method.name() == name).map(Method::space)
    }

    /// A file whose content is another file's task in this pass.
    fn follow(&mut self, path: &Path, content: ContentId, progress: &dyn Progress) {
        match self.failed.get(&content).cloned() {
            Some(failures) => self.fail(path, failures, progress),
            None => self.followers.entry(content).or_default().push(path.to_owned()),
        }
    }

    /// Failures that stand, at another path or after a change that left the content as it was.
    fn fail_as_known(&mut self, path: &Path, known: Failures) {
        self.summary.report.failed_known += 1;
        let rows = known.into_iter().map(|(space, record)| Change::Failure(path.to_owned(), space, record));
        self.changes.extend(rows);
    }

    fn fail(&mut self, path: &Path, failures: Vec<(String, Failure)>, progress: &dyn Progress) {
        self.summary.failed.insert(path.to_owned());
        for (space, failure) in failures {
            progress.event(Event::Failed { path, failure: &failure });
            let before = self.history.get(path).and_then(|all| all.iter().find(|(name, _)| *name == space));
            let now = Moment::now();
            let (first, tries) = before.map_or((now, 0), |(_, record)| (record.first, record.tries));
            let decoder = decoder(&self.decoders, self.space(&space).as_ref());
            let record = FailureRecord { failure, decoder, first, last: now, tries: tries + 1 };
            self.changes.push(Change::Failure(path.to_owned(), space, record));
        }
    }
}

fn was_decoded(kind: FailureKind) -> bool {
    use FailureKind as Kind;
    !matches!(kind, Kind::Empty | Kind::NotAudio | Kind::Unsupported | Kind::Unreadable)
}

/// A vector that is not made of numbers would poison every distance.
fn finite(features: Features) -> Result<Features, Failure> {
    if features.values.iter().all(|value| value.is_finite()) {
        return Ok(features);
    }
    Err(Failure::of_content(FailureKind::NotAudio, "its features are not finite numbers"))
}
