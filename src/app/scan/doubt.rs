//! Folders that have lost too much at once to be believed, and hold other files now. Those may be what has vanished, under
//! other names, or the music of another disk: a sample tells, before anything is recorded.

use std::collections::HashSet;

use super::plan::{Task, Unavailable, Why};
use super::{prepare::Prepared, request::ScanError};
use crate::{store::Library, track::ContentId};

/// So many new files are identified at most. A folder that stays in doubt is sampled anew by each pass.
const SAMPLE_SIZE: usize = 64;

/// Takes what is new or has changed below doubtful folders out of the plan, and reports these as unavailable, unless their new
/// files are at least half of those that have vanished.
/// `identify` gives the contents of the files of some tasks.
pub(super) fn leave_doubtful(
    prepared: &mut Prepared,
    library: &Library,
    identify: &dyn Fn(Vec<Task>) -> Result<Vec<ContentId>, ScanError>,
) -> Result<(), ScanError> {
    for folder in prepared.doubtful(prepared.plan.vanished.iter().map(|path| path.as_path())) {
        let is_doubted = |task: &&Task| {
            matches!(task.why, Why::New | Why::Changed) && task.file.path.starts_with(&folder.path)
        };
        let appeared: Vec<_> = prepared.plan.tasks.iter().filter(is_doubted).collect();
        if appeared.is_empty() || have_moved(&folder, &appeared, prepared, library, identify)? {
            continue;
        }
        let before = prepared.plan.tasks.len();
        prepared.plan.tasks.retain(|task| !is_doubted(&task));
        prepared.plan.found -= before - prepared.plan.tasks.len();
        prepared.survey.unavailable.push(folder);
    }
    Ok(())
}

/// Whether at least half of the files that have vanished from a folder are among those that have appeared there, as far as a
/// sample of these tells.
fn have_moved(
    folder: &Unavailable,
    appeared: &[&Task],
    prepared: &Prepared,
    library: &Library,
    identify: &dyn Fn(Vec<Task>) -> Result<Vec<ContentId>, ScanError>,
) -> Result<bool, ScanError> {
    let new: Vec<_> = appeared.iter().filter(|task| task.why == Why::New).collect();
    let sample: Vec<Task> =
        new.iter().step_by(new.len().div_ceil(SAMPLE_SIZE).max(1)).map(|task| (**task).clone()).collect();
    let sampled = sample.len();
    let contents = identify(sample)?;
    let view = library.view()?;
    let (mut lost, mut tracks) = (0, HashSet::new());
    for path in prepared.plan.vanished.iter().filter(|path| path.starts_with(&folder.path)) {
        lost += 1;
        tracks.extend(view.file(path)?.and_then(|record| record.track));
    }
    let mut known = 0;
    for content in contents {
        known += usize::from(view.number_of(&content)?.is_some_and(|track| tracks.contains(&track)));
    }
    Ok(known > 0 && known * new.len() * 2 >= sampled * lost)
}
