//! Spaces: what makes vectors comparable, and the points of one of them.

pub mod basis;
mod features;
pub mod points;
pub mod scale;

use serde::{Deserialize, Serialize};

pub use self::{
    features::{Features, Precision, Score},
    points::{Points, PointsError},
};
use crate::digest::Digest;

/// Name and fingerprint of everything that shapes a vector. Vectors of two spaces never mix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SpaceId {
    pub name: String,
    pub fingerprint: Digest,
}
