//! The columns of a space, and how a file says which space they hold.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::space::{Precision, SpaceId};

/// The vectors of one space in a table of tracks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpaceColumn {
    pub space: SpaceId,
    pub dimension: usize,
    /// In which the store keeps the values, which are 32 bits wide in the table: those of 16 bits are widened, which is exact.
    pub precision: Precision,
    /// The name of the column of vectors; that of the scores of a model's classes follows from it.
    pub column: String,
}

/// The same as a file says it.
#[derive(Serialize, Deserialize)]
struct Said {
    column: String,
    scores: String,
    space: String,
    fingerprint: String,
    dimension: usize,
    /// `f32`; `f16`; `f32+f16`, where the first values have 32 bits and the rest has 16.
    element: String,
    /// How many values at the beginning have 32 bits.
    singles: usize,
}

impl SpaceColumn {
    /// Columns for these spaces: named after them, and those of one name also by their fingerprints.
    pub(crate) fn name_all(spaces: Vec<(SpaceId, usize, Precision)>) -> Vec<Self> {
        let names: Vec<_> = spaces.iter().map(|(space, ..)| space.name.clone()).collect();
        let named = |(space, dimension, precision): (SpaceId, usize, Precision)| {
            let is_alone = names.iter().filter(|name| **name == space.name).count() == 1;
            let column = match is_alone {
                true => format!("vector_{}", space.name),
                false => format!("vector_{}_{}", space.name, space.fingerprint.short(16)),
            };
            Self { space, dimension, precision, column }
        };
        spaces.into_iter().map(named).collect()
    }

    pub(super) fn scores_column(&self) -> String {
        self.column.replacen("vector_", "scores_", 1)
    }

    pub(super) fn to_json(columns: &[Self]) -> String {
        let said = |column: &Self| {
            let (element, singles) = match column.precision {
                Precision::Single => ("f32", column.dimension),
                Precision::Half => ("f16", 0),
                Precision::HalfFrom(singles) => ("f32+f16", singles),
            };
            Said {
                column: column.column.clone(),
                scores: column.scores_column(),
                space: column.space.name.clone(),
                fingerprint: column.space.fingerprint.to_string(),
                dimension: column.dimension,
                element: element.to_owned(),
                singles,
            }
        };
        let all: Vec<_> = columns.iter().map(said).collect();
        serde_json::to_string(&all).expect("text and numbers")
    }

    /// None: it is not as it is written.
    pub(super) fn from_json(text: &str) -> Option<Vec<Self>> {
        let of = |said: Said| {
            let precision = match said.element.as_str() {
                "f32" => Precision::Single,
                "f16" => Precision::Half,
                "f32+f16" => Precision::HalfFrom(said.singles),
                _ => return None,
            };
            let space = SpaceId { name: said.space, fingerprint: Digest::parse(&said.fingerprint)? };
            Some(Self { space, dimension: said.dimension, precision, column: said.column })
        };
        serde_json::from_str::<Vec<Said>>(text).ok()?.into_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_recipes_of_one_method_have_columns_of_their_own() {
        let space = |name: &str, n| SpaceId { name: name.into(), fingerprint: Digest([n; 32]) };
        let columns = SpaceColumn::name_all(vec![
            (space("mfcc", 1), 3, Precision::HalfFrom(2)),
            (space("mfcc", 0xab), 3, Precision::Single),
            (space("cnn14", 2), 2, Precision::Half),
        ]);
        let names: Vec<_> = columns.iter().map(|column| column.column.as_str()).collect();
        assert_eq!(names, ["vector_mfcc_0101010101010101", "vector_mfcc_abababababababab", "vector_cnn14"]);
        assert_eq!(SpaceColumn::from_json(&SpaceColumn::to_json(&columns)), Some(columns));
        assert_eq!(SpaceColumn::from_json("[]"), Some(vec![]));
        assert_eq!(SpaceColumn::from_json("[{}]"), None);
    }
}
