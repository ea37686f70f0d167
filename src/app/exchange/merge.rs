//! Rows of another store into this one: what is new comes in, what is here stays.

use std::collections::HashMap;
use std::mem::take;
use std::path::PathBuf;

use super::present::PresentFiles;
use super::report::ImportSummary;
use crate::exchange::SpaceColumn;
use crate::exchange::tracks::{TrackRow, VectorCell};
use crate::space::{Features, SpaceId};
use crate::store::{Change, Library, StoreError, View};
use crate::track::{ContentId, TrackNumber, TrackRecord};

/// Conflicting songs that are named.
const NAMED: usize = 5;

/// Turns rows into changes, batch by batch.
pub(super) struct Merge<'a> {
    library: &'a Library,
    /// A number that was never given.
    next: u32,
    present: PresentFiles,
    /// Paths of the files that a space has refused, by content and the name of the space.
    refused: HashMap<(ContentId, String), Vec<PathBuf>>,
    pub summary: ImportSummary,
}

/// What a batch has added so far, which the store does not have yet.
#[derive(Default)]
struct Batch {
    numbers: HashMap<ContentId, TrackNumber>,
    vectors: HashMap<(SpaceId, TrackNumber), Vec<f32>>,
    changes: Vec<Change>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(library: &'a Library) -> Result<Self, StoreError> {
        let view = library.view()?;
        let mut refused: HashMap<_, Vec<_>> = HashMap::new();
        for (path, space, _) in view.failures()?.into_iter().filter(|(_, space, _)| !space.is_empty()) {
            if let Some(content) = view.file(&path)?.and_then(|file| file.content) {
                refused.entry((content, space)).or_default().push(path);
            }
        }
        let (next, present) = (view.next_number()?, PresentFiles::new(&view)?);
        Ok(Self { library, next, present, refused, summary: ImportSummary::default() })
    }

    /// Merges some rows, and commits them. `taken` are the spaces of the rows, as far as this program has them.
    pub(super) fn batch(
        &mut self,
        rows: Vec<TrackRow>,
        taken: &[Option<&SpaceColumn>],
    ) -> Result<(), StoreError> {
        // A view that is held would keep the store from reusing its pages, so each batch has its own.
        let view = self.library.view()?;
        let mut batch = Batch::default();
        for mut row in rows {
            self.summary.rows += 1;
            let number = match row.track.take() {
                Some(track) => Some(self.track(track, &view, &mut batch)?),
                None => None,
            };
            if let (Some(number), Some(content)) = (number, row.content) {
                for (column, cell) in taken.iter().zip(take(&mut row.vectors)) {
                    if let (Some(column), Some(cell)) = (column, cell) {
                        let path = row.files.first().map(|file| &file.path);
                        self.vector((content, number), column, cell, path, &view, &mut batch)?;
                    }
                }
            }
            for file in take(&mut row.files) {
                // What this store knows of its own files, its scans have found out.
                if view.file(&file.path)?.is_none() {
                    let is_here = self.present.record(file, row.content, number, &mut batch.changes);
                    self.summary.files += u64::from(is_here);
                }
            }
        }
        drop(view);
        self.library.commit(&batch.changes)?;
        self.summary.roots.clone_from(&self.present.new_roots);
        Ok(())
    }

    /// The number of a recording here, which is given now if it has none.
    fn track(
        &mut self,
        theirs: TrackRecord,
        view: &View,
        batch: &mut Batch,
    ) -> Result<TrackNumber, StoreError> {
        let content = theirs.content;
        if let Some(number) = batch.numbers.get(&content) {
            return Ok(*number);
        }
        let (number, ours) = match view.number_of(&content)? {
            Some(number) => (number, view.track(number)?),
            None => {
                self.next += 1;
                (TrackNumber(self.next - 1), None)
            }
        };
        match &ours {
            Some(_) => self.summary.known += 1,
            None => self.summary.new += 1,
        }
        // Theirs has been decoded, and ours has not: its length is measured, and its damage known.
        let is_better = |ours: TrackRecord| ours.decoder.is_empty() && !theirs.decoder.is_empty();
        if ours.is_none_or(is_better) {
            batch.changes.push(Change::Track(number, theirs));
        }
        batch.numbers.insert(content, number);
        Ok(number)
    }

    fn vector(
        &mut self,
        (content, number): (ContentId, TrackNumber),
        column: &SpaceColumn,
        cell: VectorCell,
        path: Option<&PathBuf>,
        view: &View,
        batch: &mut Batch,
    ) -> Result<(), StoreError> {
        let space = &column.space;
        let counts = self.summary.spaces.entry(space.name.clone()).or_default();
        if cell.values.iter().any(|value| !value.is_finite()) {
            counts.broken += 1;
            return Ok(());
        }
        let key = (space.clone(), number);
        let ours = match batch.vectors.get(&key) {
            Some(values) => Some(values.clone()),
            None => view.vectors_of(space, &[number])?.remove(&number),
        };
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        match ours {
            Some(ours) if bits(&ours) == bits(&cell.values) => counts.equal += 1,
            Some(_) => {
                counts.conflicts += 1;
                let conflicting = &mut self.summary.conflicting;
                conflicting.extend(path.filter(|_| conflicting.len() < NAMED).cloned());
            }
            None => {
                counts.stored += 1;
                batch.vectors.insert(key, cell.values.clone());
                let VectorCell { values, scores } = cell;
                let features = Features { values, precision: column.precision, scores };
                batch.changes.push(Change::Vector(space.clone(), number, features));
                let refused = self.refused.remove(&(content, space.name.clone())).into_iter().flatten();
                batch.changes.extend(refused.map(|path| Change::Healed(path, space.name.clone())));
            }
        }
        Ok(())
    }
}
