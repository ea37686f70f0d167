//! A batch of files through the workers of a scan, into a library in memory.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::error::EmbedError;
use crate::app::progress::{Event, Progress};
use crate::app::scan::prepare::plan;
use crate::app::scan::survey::Survey;
use crate::app::scan::{perform, pool::WorkerPool, request::ScanRequest};
use crate::file::RootRecord;
use crate::fs::filesystem::Filesystem;
use crate::library::{FoundFile, Roots, Rules, WalkError, divide, stamp};
use crate::store::{Change, Library};

/// How files are analysed.
pub(super) struct FileAnalysis<'a> {
    /// The folder of a library in which they lie.
    pub root: Option<&'a Path>,
    pub scan: &'a ScanRequest,
    pub workers: &'a WorkerPool,
    pub progress: &'a dyn Progress,
    pub stop: &'a AtomicBool,
}

impl FileAnalysis<'_> {
    /// A library of these files, and those that are not there or cannot be looked at.
    pub(super) fn of(&self, files: &[PathBuf]) -> Result<(Library, Vec<WalkError>), EmbedError> {
        let library = Library::in_memory()?;
        let root = self.root.map(|root| Change::Root(root.to_owned(), RootRecord::default()));
        library.commit(root.as_slice())?;
        let scan = ScanRequest { marked: files.to_vec(), ..self.scan.clone() };
        let (survey, lost) = survey_of(files, &scan.rules);
        if self.perform(&scan, survey, &library)? {
            // The songs of albums in one file, which were not known to be that.
            let (survey, _) = survey_of(files, &scan.rules);
            self.perform(&scan, survey, &library)?;
        }
        Ok((library, lost))
    }

    /// Whether some of the files turned out to be albums.
    fn perform(&self, scan: &ScanRequest, survey: Survey, library: &Library) -> Result<bool, EmbedError> {
        let roots = Roots::around(self.root.map(Path::to_owned).into_iter().collect(), scan.marked.clone());
        let prepared = plan(scan, Instant::now(), roots, survey, Some(&library.view()?))?;
        let progress = OneBar(self.progress);
        let done = perform(prepared, library, self.workers, &progress, self.stop)?;
        match done.report.broken.into_iter().next() {
            Some((name, reason)) => Err(EmbedError::Unusable { name, reason }),
            None => Ok(done.new_albums > 0),
        }
    }
}

/// Looks at these files alone, and at the cue sheets beside them; gives those that are not there or are no files, too.
fn survey_of(files: &[PathBuf], rules: &Rules) -> (Survey, Vec<WalkError>) {
    let (mut survey, mut lost) = (Survey::default(), Vec::new());
    for path in files {
        let weak = Filesystem::of(path).is_ok_and(|found| found.has_weak_stamps());
        let reason = match path.metadata() {
            Ok(found) if found.is_file() => {
                let (stamp, device) = (stamp(&found, weak), found.dev());
                survey.found.push(FoundFile { path: path.clone(), stamp, device, section: None });
                continue;
            }
            Ok(_) => "it is no file".to_owned(),
            Err(error) => error.to_string(),
        };
        lost.push(WalkError { path: path.clone(), reason });
    }
    let folders: BTreeSet<_> = files.iter().filter_map(|path| path.parent()).collect();
    let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut sheets: Vec<_> = entries.map(|entry| entry.path()).filter(|path| rules.is_sheet(path)).collect();
    sheets.sort();
    let divided = divide(&mut survey.found, &sheets);
    survey.divided = divided.files;
    survey.found.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    (survey, lost)
}

/// Passes on what happens to files, but not where one batch ends and the next begins.
struct OneBar<'a>(&'a dyn Progress);

impl Progress for OneBar<'_> {
    fn event(&self, event: Event<'_>) {
        if !matches!(event, Event::Begin { .. } | Event::End) {
            self.0.event(event);
        }
    }

    fn enough(&self) -> bool {
        self.0.enough()
    }
}
