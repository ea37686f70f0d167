//! Which space of a method is used: a changed recipe makes a new space, which takes a while to fill.

use std::collections::HashSet;

use super::request::ClusterRunError;
use crate::{app::reduction::covered, space::SpaceId, store::View, text};

/// While the current recipe has less than this part of the tracks of an earlier one, the earlier one is used.
pub(crate) const ENOUGH: f64 = 0.9;

/// Chooses between the `current` space of `method` and those that earlier recipes filled; with what the user should know
/// about that choice. Where the method is not installed any more, `current` says how to install it, and earlier vectors
/// are used.
pub(crate) fn choose_space(
    view: &View,
    method: &str,
    current: Result<SpaceId, String>,
) -> Result<(SpaceId, Option<String>), ClusterRunError> {
    let spaces = view.spaces()?.into_iter().filter(|record| record.space.name == method);
    let earlier: Vec<_> = spaces.filter(|record| Ok(&record.space) != current.as_ref()).collect();
    let not_installed =
        |remedy: &str| format!("the stored vectors of {method} are used, and no new ones are made: {remedy}");
    if let (Err(remedy), [only]) = (&current, earlier.as_slice()) {
        // There is nothing to choose from, and counting would read half of the store.
        return Ok((only.space.clone(), Some(not_installed(remedy))));
    }
    let (mut present, mut refused) = (HashSet::new(), HashSet::new());
    if !earlier.is_empty() {
        let failures = view.failures()?.into_iter();
        let failed: HashSet<_> =
            failures.filter(|(_, space, _)| space == method).map(|(path, ..)| path).collect();
        view.files(|path, record| {
            if let Some(track) = record.track.filter(|_| record.missing.is_none()) {
                present.insert(track);
                if failed.contains(path) {
                    refused.insert(track);
                }
            }
        })?;
    }
    let mut counted = Vec::new();
    for record in earlier {
        counted.push((covered(view, &record.space)?.intersection(&present).count(), record.space));
    }
    let best = counted.into_iter().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let (space, had, earlier) = match (current, best.filter(|(had, _)| *had > 0)) {
        (Ok(space), None) => return Ok((space, None)),
        (Err(remedy), None) => return Err(ClusterRunError::NotInstalled(remedy)),
        (Err(remedy), Some((_, space))) => return Ok((space, Some(not_installed(&remedy)))),
        (Ok(space), Some((had, earlier))) => (space, had, earlier),
    };
    let covered = covered(view, &space)?;
    let has = covered.intersection(&present).count();
    // Tracks that the current recipe cannot handle will never be covered.
    let done = has + refused.difference(&covered).count();
    if done as f64 >= ENOUGH * had as f64 {
        return Ok((space, None));
    }
    let warning = format!(
        "{method} has changed, and {} its new vectors: the earlier ones of {} are used until \
         `indexer scan --method {method}` has made enough",
        if has == 1 { "1 track has".to_owned() } else { format!("{has} tracks have") },
        text::counted(had, "track"),
    );
    Ok((earlier, Some(warning)))
}
