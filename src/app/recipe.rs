//! Which of the spaces of one name is clustered: a changed recipe makes a new space, which fills slowly.

use super::cluster::ClusterRunError;
use crate::{space::SpaceId, store::View};

/// While the current recipe has less than this part of what an earlier one has, the earlier one is read.
const ENOUGH: f64 = 0.9;

/// The space that is read, and what the user should know of that.
#[derive(Debug, PartialEq)]
pub struct Recipe {
    pub space: SpaceId,
    pub warning: Option<String>,
}

/// Chooses between the `current` space of `method` and what was filled before. Where the method is not here any
/// more, `current` says how it is got, and earlier vectors do.
///
/// # Errors
/// There is neither; the store cannot be read.
pub fn recipe(
    view: &View,
    method: &str,
    current: Result<SpaceId, String>,
) -> Result<Recipe, ClusterRunError> {
    let mut earlier = Vec::new();
    for record in view.spaces()?.into_iter().filter(|record| record.space.name == method) {
        if Ok(&record.space) != current.as_ref() {
            earlier.push((view.covered(&record.space)?.len(), record.space));
        }
    }
    let best = earlier.into_iter().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let (space, best) = match (current, best) {
        (Ok(space), None | Some((0, _))) => return Ok(Recipe { space, warning: None }),
        (Err(remedy), None | Some((0, _))) => return Err(ClusterRunError::NotInstalled(remedy)),
        (Err(_), Some((_, space))) => return Ok(Recipe { space, warning: None }),
        (Ok(space), Some(best)) => (space, best),
    };
    let (had, earlier) = best;
    let has = view.covered(&space)?.len();
    if has as f64 >= ENOUGH * had as f64 {
        return Ok(Recipe { space, warning: None });
    }
    let warning = format!(
        "{method} has changed, and {has} tracks have its new vectors: the earlier ones of {had} tracks are used \
         until `indexer scan` has made enough"
    );
    Ok(Recipe { space: earlier, warning: Some(warning) })
}
