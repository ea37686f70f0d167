//! What tracks are compared by: the vectors of one space, or those of several side by side.

use std::fmt::Write;

use crate::digest::Hasher;
use crate::space::{Points, SpaceId};
use crate::store::{StoreError, View};

/// Spaces whose vectors stand side by side, each with its weight; at least one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Combination(pub Vec<(SpaceId, f32)>);

/// A method and its weight beside others.
#[derive(Clone, Debug)]
pub struct MethodPart {
    /// The name of its space.
    pub name: String,
    pub weight: f32,
    /// The space that scans of this method fill now. Where the method is not installed: what installs it;
    /// vectors from before are used then.
    pub current: Result<SpaceId, String>,
}

/// What tracks are compared by.
#[derive(Clone, Debug)]
pub enum MethodChoice {
    /// These methods side by side.
    Named(Vec<MethodPart>),
    /// What the set's last run was made by; for a new set, or one that begins anew, the best that nearly all tracks have.
    Best {
        /// The best first; the last is always there.
        alternatives: Vec<Vec<MethodPart>>,
        /// Everything that is installed.
        installed: Vec<MethodPart>,
    },
}

impl MethodChoice {
    /// The methods whose vectors a scan should make for it.
    pub fn methods(&self) -> Vec<&str> {
        let parts = match self {
            Self::Named(parts) => parts,
            Self::Best { alternatives, .. } => &alternatives[0],
        };
        parts.iter().map(|part| part.name.as_str()).collect()
    }
}

/// What is wrong with a text like `mfcc+musicnn:0.5`.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CombinationError {
    #[error("`{0}` names a method twice")]
    Twice(String),
    #[error("`{0}`: a weight is a number above 0, as in mfcc:0.5+musicnn")]
    Weight(String),
    #[error("`{0}`: a method is missing beside the +")]
    Empty(String),
}

/// Names of methods with their weights, from a text like `mfcc+musicnn:0.5`.
pub(crate) fn parse(text: &str) -> Result<Vec<(String, f32)>, CombinationError> {
    let mut parts: Vec<(String, f32)> = Vec::new();
    for part in text.split('+') {
        let (name, weight) = match part.split_once(':') {
            None => (part.trim(), Some(1.0)),
            Some((name, weight)) => (name.trim(), weight.trim().parse().ok()),
        };
        let weight = weight.filter(|weight: &f32| *weight > 0.0 && weight.is_finite());
        let weight = weight.ok_or_else(|| CombinationError::Weight(part.to_owned()))?;
        if name.is_empty() {
            return Err(CombinationError::Empty(text.to_owned()));
        }
        if parts.iter().any(|(other, _)| other == name) {
            return Err(CombinationError::Twice(text.to_owned()));
        }
        parts.push((name.to_owned(), weight));
    }
    Ok(parts)
}

impl Combination {
    /// The space of a run, which may be a combination of spaces in the store.
    pub(crate) fn of(view: &View, space: &SpaceId) -> Result<Self, StoreError> {
        let alone = || Self(vec![(space.clone(), 1.0)]);
        let Ok(parts) = parse(&space.name) else { return Ok(alone()) };
        if parts.len() < 2 {
            return Ok(alone());
        }
        let stored: Vec<_> = view.spaces()?.into_iter().map(|record| record.space).collect();
        // Of each method there are as many spaces as recipes that the store has seen: one or two.
        let mut combinations = vec![Self(vec![])];
        for (name, weight) in parts {
            let extended = combinations.iter().flat_map(|combination| {
                stored.iter().filter(|space| space.name == name).map(|space| {
                    let mut parts = combination.0.clone();
                    parts.push((space.clone(), weight));
                    Self(parts)
                })
            });
            combinations = extended.collect();
        }
        Ok(combinations.into_iter().find(|combination| combination.space() == *space).unwrap_or_else(alone))
    }

    /// Itself as a space: that of its only part, or one that stands for all of them.
    pub(crate) fn space(&self) -> SpaceId {
        if let [(only, _)] = self.0.as_slice() {
            return only.clone();
        }
        let (mut name, mut hasher) = (String::new(), Hasher::default());
        for (space, weight) in &self.0 {
            let plus = if name.is_empty() { "" } else { "+" };
            write!(name, "{plus}{}", space.name).expect("a String grows");
            if *weight != 1.0 {
                write!(name, ":{weight}").expect("a String grows");
            }
            hasher.field(space.name.as_bytes()).field(&space.fingerprint.0).field(&weight.to_le_bytes());
        }
        SpaceId { name, fingerprint: hasher.finish() }
    }

    /// The points of all parts side by side, from those of each; all have the same tracks.
    pub(crate) fn join(&self, mut points: Vec<Points>) -> Points {
        if points.len() == 1 {
            return points.remove(0);
        }
        let weights = self.0.iter().map(|(_, weight)| *weight);
        Points::side_by_side(self.space(), points.into_iter().zip(weights).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn space(name: &str, digest: u8) -> SpaceId {
        SpaceId { name: name.to_owned(), fingerprint: Digest([digest; 32]) }
    }

    #[test]
    fn a_combination_is_written_as_it_is_read() {
        for text in ["mfcc", "mfcc+musicnn", "mfcc:0.5+musicnn", "a:2+b:0.25+c"] {
            let parts = parse(text).unwrap().into_iter().map(|(name, weight)| (space(&name, 1), weight));
            let combination = Combination(parts.collect());
            assert_eq!(combination.space().name, text);
        }
        assert_eq!(parse("a: 0.5 + b").unwrap(), [("a".to_owned(), 0.5), ("b".to_owned(), 1.0)]);
    }

    #[test]
    fn what_is_no_combination_is_refused() {
        assert_eq!(parse("mfcc+mfcc:2"), Err(CombinationError::Twice("mfcc+mfcc:2".into())));
        for text in ["mfcc+", "+", "", "mfcc++musicnn"] {
            assert_eq!(parse(text), Err(CombinationError::Empty(text.into())));
        }
        for part in ["mfcc:", "mfcc:0", "mfcc:-1", "mfcc:inf", "mfcc:x"] {
            assert_eq!(parse(part), Err(CombinationError::Weight(part.into())));
        }
    }

    #[test]
    fn another_recipe_or_weight_is_another_space_and_a_single_part_is_itself() {
        let of = |parts: &[(SpaceId, f32)]| Combination(parts.to_vec()).space();
        let (a, b) = (space("a", 1), space("b", 2));
        let both = of(&[(a.clone(), 1.0), (b.clone(), 1.0)]);
        assert_ne!(both, of(&[(a.clone(), 1.0), (space("b", 3), 1.0)]));
        assert_ne!(both.fingerprint, of(&[(a.clone(), 0.5), (b, 1.0)]).fingerprint);
        assert_eq!(of(&[(a.clone(), 0.5)]), a);
    }
}
