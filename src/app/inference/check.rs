//! Runs a model that is to be installed in a process of its own: it may crash or hang.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{process::InferenceProcess, shared::Shared};
use crate::audio::Tensor;
use crate::model::install::first_run::Trial;
use crate::model::run::backend::InferenceBackend;
use crate::model::{EngineError, InferenceSettings, Installed};

/// A model may take so long to load and to compute a window, and longer the more bytes it has.
const LIMIT: Duration = Duration::from_secs(60);
const LEAST_BYTES_A_SECOND: u64 = 2_000_000;

/// Starts a process for a model of so many bytes.
pub(crate) fn trial(
    settings: &InferenceSettings,
    folders: &[PathBuf],
    weights: u64,
) -> Result<Trial, EngineError> {
    let mut process = InferenceProcess::new(settings, folders, weights, Arc::new(Shared::default()));
    process.limit = process.limit.min(LIMIT + Duration::from_secs(weights / LEAST_BYTES_A_SECOND));
    let engine = process.engine()?;
    let run = move |model: &Installed, input: &Tensor| {
        process.run(model, input, &mut Vec::new()).map_err(|fault| fault.reason)
    };
    Ok(Trial { engine, run: Box::new(run) })
}
