//! Spaces: what makes vectors comparable, and the points of one of them.

pub(crate) mod basis;
pub(crate) mod blocks;
pub(crate) mod class;
mod features;
pub(crate) mod metric;
pub(crate) mod points;
pub(crate) mod scale;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

pub(crate) use self::class::ClassKind;
pub(crate) use self::{
    class::ClassName,
    features::{Features, Precision, Score},
    points::{Points, PointsError},
};

/// Name and fingerprint of everything that shapes a vector. Vectors of two spaces never mix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SpaceId {
    pub name: String,
    pub fingerprint: Digest,
}
