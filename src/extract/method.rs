//! Methods: each makes one vector of a track's samples, in a space of its own.

use std::path::Path;

use super::{BuiltIn, EXTRACTORS};
use crate::model::{Installed, InstalledError};
use crate::{model::install::installed::installed_models, space::SpaceId};

/// What makes the vectors of one space.
#[derive(Clone, Debug)]
pub(crate) enum Method {
    /// A built-in extractor.
    BuiltIn(&'static BuiltIn),
    /// A network.
    Model(Box<Installed>),
}

impl Method {
    /// The method called `name`; models lie in `folder`. The error says how to get a model that is not installed.
    pub(crate) fn find(name: &str, folder: &Path) -> Result<Self, InstalledError> {
        match BuiltIn::named(name) {
            Some(row) => Ok(Self::BuiltIn(row)),
            None => Installed::find(name, folder).map(|model| Self::Model(Box::new(model))),
        }
    }

    /// All methods whose vectors every track should have, and by name models that cannot be used. A model that runs on
    /// the weights of another is made only where it is named.
    pub(crate) fn all(folder: &Path) -> (Vec<Self>, Vec<(String, InstalledError)>) {
        let mut methods: Vec<_> = EXTRACTORS.iter().map(Self::BuiltIn).collect();
        let mut problems = Vec::new();
        for (name, model) in installed_models(folder) {
            match model {
                Ok(model) if model.spec.weights.shared_with.is_some() => {}
                Ok(model) => methods.push(Self::Model(Box::new(model))),
                Err(problem) => problems.push((name, problem)),
            }
        }
        (methods, problems)
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::BuiltIn(row) => row.name,
            Self::Model(model) => &model.spec.name,
        }
    }

    pub(crate) fn is_model(&self) -> bool {
        matches!(self, Self::Model(_))
    }

    /// How many values its vectors have.
    #[cfg(feature = "parquet")]
    pub(crate) fn dimension(&self) -> usize {
        match self {
            Self::BuiltIn(row) => row.dimension,
            Self::Model(model) => model.spec.output.dimension,
        }
    }

    /// The space of its vectors.
    pub(crate) fn space(&self) -> SpaceId {
        match self {
            Self::BuiltIn(row) => row.space(),
            Self::Model(model) => model.space(),
        }
    }
}
