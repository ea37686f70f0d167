//! How tracks sound, in the two numbers that people have words for.

use std::collections::HashMap;

use crate::store::{StoreError, View};
use crate::{extract::EXTRACTORS, extract::traits_of, playlist::names::Sound, track::TrackNumber};

/// How a track sounds according to its vector in the space called `space`, if that says it.
pub(super) fn sound_of(space: &str, vector: &[f32]) -> Option<Sound> {
    let (tempo, brightness) = traits_of(space).sound?(vector)?;
    Some(Sound { tempo, brightness })
}

/// How tracks sound, from the first built-in method whose vectors say that. Vectors of earlier recipes count where there
/// are no new ones yet, or names would change until the next scan.
pub(crate) fn sounds(view: &View) -> Result<HashMap<TrackNumber, Sound>, StoreError> {
    let mut sounds = HashMap::new();
    let Some(method) = EXTRACTORS.iter().find(|method| method.traits.sound.is_some()) else {
        return Ok(sounds);
    };
    let current = method.space();
    let mut spaces: Vec<_> = view.spaces()?.into_iter().map(|record| record.space).collect();
    spaces.retain(|space| space.name == method.name);
    spaces.sort_by_key(|space| *space == current);
    for space in spaces {
        view.each_vector(&space, |track, vector| {
            sounds.extend(sound_of(method.name, &vector).map(|sound| (track, sound)));
        })?;
    }
    Ok(sounds)
}
