//! What the store knows of tracks besides the vectors that are grouped: read only when a name has to be found
//! or a song's place is to be explained.

use std::{cell::OnceCell, collections::HashMap, path::Path};

use super::selection::{Selection, sound_of};
use crate::playlist::names::{Sound, TermTable};
use crate::store::{StoreError, View};
use crate::track::{ContentId, TrackNumber};
use crate::{extract::EXTRACTORS, model::ModelSpec};

/// The terms of the tracks that are grouped, read when they are first asked for.
pub(crate) struct TrackFacts<'a> {
    store: &'a Path,
    models: &'a Path,
    selection: &'a Selection,
    contents: &'a [ContentId],
    terms: OnceCell<TermTable>,
}

impl<'a> TrackFacts<'a> {
    /// Facts of the tracks called `contents`, in the order of the rows. `models` is the folder of the models.
    pub(crate) fn new(
        store: &'a Path,
        models: &'a Path,
        selection: &'a Selection,
        contents: &'a [ContentId],
    ) -> Self {
        Self { store, models, selection, contents, terms: OnceCell::new() }
    }

    /// The terms of each track.
    pub(crate) fn get(&self) -> Result<&TermTable, StoreError> {
        if let Some(terms) = self.terms.get() {
            return Ok(terms);
        }
        let terms = self.read()?;
        Ok(self.terms.get_or_init(|| terms))
    }

    /// Scores of every model count whose description is in the models' folder or built in, whatever its recipe was.
    fn read(&self) -> Result<TermTable, StoreError> {
        let view = View::open(self.store)?;
        let mut terms = TermTable::default();
        let mut models = Vec::new();
        for record in view.spaces()? {
            let spec = ModelSpec::find(&record.space.name, self.models);
            // No run fails for a name: a model without a description is left out.
            let classes = spec.and_then(|spec| spec.class_names(self.models)).unwrap_or_default();
            if !classes.is_empty() {
                models.push((terms.classes(&classes), view.scores(&record.space)?));
            }
        }
        let sounds = if self.selection.has_sounds { HashMap::new() } else { sounds(&view)? };
        for position in self.selection.positions(self.contents) {
            let (number, tags, sound) = self.selection.track(position);
            let scores: Vec<_> = models
                .iter()
                .filter_map(|(classes, scores)| Some((classes, scores.get(&number)?.as_slice())))
                .collect();
            let sound = sound.or_else(|| sounds.get(&number).copied());
            terms.add(&tags.genres, &scores, sound);
        }
        Ok(terms)
    }
}

/// How tracks sound, from the first built-in method whose vectors say that.
fn sounds(view: &View) -> Result<HashMap<TrackNumber, Sound>, StoreError> {
    let mut sounds = HashMap::new();
    let method = EXTRACTORS.iter().find(|method| method.traits.sound.is_some());
    if let Some(method) = method {
        view.each_vector(&method.space(), |track, vector| {
            sounds.extend(sound_of(method.name, &vector).map(|sound| (track, sound)));
        })?;
    }
    Ok(sounds)
}
