//! Spaces: what makes vectors comparable, and the points of one of them.

mod features;
pub mod mfcc;
pub mod points;
pub mod reduce;
pub mod scale;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
pub use features::{Features, Precision, Score};
pub use points::{Points, PointsError};

/// Name and fingerprint of everything that shapes a vector. Vectors of two spaces never mix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SpaceId {
    pub name: String,
    pub fingerprint: Digest,
}
