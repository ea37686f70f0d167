//! What the store knows of tracks besides the vectors that are clustered: read only when a name has to be found
//! or a song's place is to be explained.

use std::{cell::OnceCell, collections::HashMap, path::Path};

use super::selection::Selection;
use crate::{
    extract::BuiltIn,
    model::ModelSpec,
    playlist::names::{Evidence, Sound},
    space::mfcc,
    store::{StoreError, View},
    track::ContentId,
};

/// Evidence that is read when it is first asked for.
pub struct TrackFacts<'a> {
    pub store: &'a Path,
    /// The folder of the models.
    pub models: &'a Path,
    pub selection: &'a Selection,
    /// The tracks, in the order of the rows.
    pub contents: &'a [ContentId],
    pub read: OnceCell<Evidence>,
}

impl TrackFacts<'_> {
    /// The evidence.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn get(&self) -> Result<&Evidence, StoreError> {
        if let Some(evidence) = self.read.get() {
            return Ok(evidence);
        }
        let evidence = evidence(&View::open(self.store)?, self.models, self.selection, self.contents)?;
        Ok(self.read.get_or_init(|| evidence))
    }
}

/// The evidence of the tracks called `contents`, in this order. Every model whose description is in `models` or built in
/// counts, and whatever its recipe was.
///
/// # Errors
/// The store cannot be read.
fn evidence(
    view: &View,
    models: &Path,
    selection: &Selection,
    contents: &[ContentId],
) -> Result<Evidence, StoreError> {
    let mut evidence = Evidence::default();
    let mut heard = Vec::new();
    for record in view.spaces()? {
        let spec = ModelSpec::find(&record.space.name, models);
        // A name is worth no failure: a model that is not described any more is not asked.
        let names = spec.and_then(|spec| spec.class_names(models)).unwrap_or_default();
        if !names.is_empty() {
            heard.push((evidence.classes(&names), view.scores(&record.space)?));
        }
    }
    let space = BuiltIn::named(mfcc::NAME).map(BuiltIn::space);
    let mut sounds = HashMap::new();
    if let Some(space) = space.filter(|_| !selection.has_sounds) {
        view.each_vector(&space, |track, vector| sounds.extend(sound(&vector).map(|sound| (track, sound))))?;
    }
    for place in selection.places(contents) {
        let (number, tags, sound) = selection.known(place);
        let heard: Vec<_> = heard
            .iter()
            .filter_map(|(classes, scores)| Some((classes, scores.get(&number)?.as_slice())))
            .collect();
        let sound = sound.or_else(|| sounds.get(&number).copied());
        evidence.add(&tags.genres, &heard, sound);
    }
    Ok(evidence)
}

/// Tempo and brightness, from an `mfcc` vector.
pub fn sound(vector: &[f32]) -> Option<Sound> {
    let value = |column: usize| vector.get(column).map(|&value| f64::from(value));
    Some(Sound { tempo: value(mfcc::TEMPO)?, brightness: value(mfcc::CENTROID)? })
}
