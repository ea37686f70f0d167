//! Which of the spaces of one name is clustered: a changed recipe makes a new space, which fills slowly.

use std::collections::HashSet;

use super::request::ClusterRunError;
use crate::{app::reduction::covered, space::SpaceId, store::View};

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
    let known = view.spaces()?.into_iter().filter(|record| record.space.name == method);
    let known: Vec<_> = known.filter(|record| Ok(&record.space) != current.as_ref()).collect();
    let unmade =
        |remedy: &str| format!("the stored vectors of {method} are used, and no new ones are made: {remedy}");
    if let (Err(remedy), [only]) = (&current, known.as_slice()) {
        // There is nothing to choose from, and counting reads half of the store.
        return Ok(Recipe { space: only.space.clone(), warning: Some(unmade(remedy)) });
    }
    let (mut at_hand, mut refused) = (HashSet::new(), HashSet::new());
    if !known.is_empty() {
        let failures = view.failures()?.into_iter();
        let failed: HashSet<_> =
            failures.filter(|(_, space, _)| space == method).map(|(path, ..)| path).collect();
        view.files(|path, record| {
            if let Some(track) = record.track.filter(|_| record.missing.is_none()) {
                at_hand.insert(track);
                if failed.contains(path) {
                    refused.insert(track);
                }
            }
        })?;
    }
    for record in known {
        earlier.push((covered(view, &record.space)?.intersection(&at_hand).count(), record.space));
    }
    let best = earlier.into_iter().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let (space, best) = match (current, best) {
        (Ok(space), None | Some((0, _))) => return Ok(Recipe { space, warning: None }),
        (Err(remedy), None | Some((0, _))) => return Err(ClusterRunError::NotInstalled(remedy)),
        (Err(remedy), Some((_, space))) => {
            return Ok(Recipe { space, warning: Some(unmade(&remedy)) });
        }
        (Ok(space), Some(best)) => (space, best),
    };
    let (had, earlier) = best;
    let covered = covered(view, &space)?;
    let has = covered.intersection(&at_hand).count();
    // What the current recipe has refused, it will never have.
    let done = has + refused.difference(&covered).count();
    if done as f64 >= ENOUGH * had as f64 {
        return Ok(Recipe { space, warning: None });
    }
    let warning = format!(
        "{method} has changed, and {has} tracks have its new vectors: the earlier ones of {had} tracks are used \
         until `indexer scan --method {method}` has made enough"
    );
    Ok(Recipe { space: earlier, warning: Some(warning) })
}
