//! By which method a run compares tracks, where that is not said: the best that there is, or what the set had.

use super::combination::{Combination, CombinationError, MethodChoice, MethodPart, parse};
use super::coverage::{ENOUGH, choose_space};
use super::request::ClusterRunError;
use crate::app::progress::{Event, Progress};
use crate::{app::reduction::covered, store::View};

impl MethodChoice {
    /// The spaces that are compared; `last` is the method of the run that is continued.
    /// Errors: a method has no vectors and is not installed.
    pub(crate) fn choose(
        &self,
        view: &View,
        last: Option<&str>,
        progress: &dyn Progress,
    ) -> Result<Combination, ClusterRunError> {
        match self {
            Self::Named(parts) => combination(view, parts, progress),
            Self::Best { alternatives, installed } => {
                let kept = last.map(|text| named(text, installed)).transpose()?;
                match kept {
                    Some(parts) => combination(view, &parts, progress),
                    None => combination(view, best(view, alternatives)?, progress),
                }
            }
        }
    }
}

/// The methods that a text names, among those that are installed.
fn named(text: &str, installed: &[MethodPart]) -> Result<Vec<MethodPart>, CombinationError> {
    let part = |(name, weight): (String, f32)| {
        let current = match installed.iter().find(|part| part.name == name) {
            Some(part) => part.current.clone(),
            None => Err(format!("{name} is not installed: `indexer model list` shows what is")),
        };
        MethodPart { name, weight, current }
    };
    Ok(parse(text)?.into_iter().map(part).collect())
}

/// The first of the alternatives whose other methods have enough of the tracks that the last one has.
fn best<'a>(view: &View, alternatives: &'a [Vec<MethodPart>]) -> Result<&'a [MethodPart], ClusterRunError> {
    let count = |part: &MethodPart| match &part.current {
        Ok(space) => Ok::<_, ClusterRunError>(covered(view, space)?.len()),
        Err(_) => Ok(0),
    };
    let (last, others) = alternatives.split_last().expect("there is always one");
    if others.is_empty() {
        return Ok(last);
    }
    let usual = count(&last[0])?;
    for parts in others {
        let mut is_filled = usual > 0;
        for part in parts.iter().filter(|part| part.name != last[0].name) {
            is_filled &= count(part)? as f64 >= ENOUGH * usual as f64;
        }
        if is_filled {
            return Ok(parts);
        }
    }
    Ok(last)
}

fn combination(
    view: &View,
    parts: &[MethodPart],
    progress: &dyn Progress,
) -> Result<Combination, ClusterRunError> {
    let mut spaces = Vec::with_capacity(parts.len());
    for MethodPart { name, weight, current } in parts {
        let (space, warning) = choose_space(view, name, current.clone())?;
        warning.into_iter().for_each(|warning| progress.event(Event::Warning(warning)));
        spaces.push((space, *weight));
    }
    Ok(Combination(spaces))
}
