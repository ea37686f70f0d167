//! A loaded model: from the input of one window to its vector and scores.

use std::borrow::Cow;

use ort::ep::{CPU, CUDA, CoreML, ExecutionProvider, ExecutionProviderDispatch, OpenVINO};
use ort::{session::Session as OrtSession, session::builder::GraphOptimizationLevel, value::TensorRef};
use serde::{Deserialize, Serialize};

use super::engine::Engine;
use super::rows::Rows;
use super::settings::{InferenceSettings, Provider};
use crate::audio::Tensor;
use crate::model::install::installed::{Installed, InstalledError};
use crate::model::spec::{Axis, ModelSpec};

/// A model that cannot be loaded or used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error(
        "{engine} does not support {provider}: remove it from inference.providers, or set inference.runtime to a library that supports it"
    )]
    NoProvider { provider: &'static str, engine: String },
    #[error(
        "{engine} cannot load {model}: it may use an operator that only the other engine supports (inference.engine)"
    )]
    Load { engine: &'static str, model: String, source: ort::Error },
    #[error("{engine} cannot compute {model}")]
    Run { engine: &'static str, model: String, source: ort::Error },
    #[error("a window of {found} {axis} is too short for {model}, which needs {needed}")]
    TooShort { model: String, axis: String, found: usize, needed: usize },
    #[error("{model} gives {found} as {output} where {wanted} are needed: it belongs to another model")]
    Misfit { model: String, output: String, found: String, wanted: String },
    #[error(
        "{model} gives values that are not numbers (NaN) as {output}: its file or its description, {model}.toml, is wrong"
    )]
    NotFinite { model: String, output: String },
    #[error(
        "{model} gives scores from {least:.2} to {greatest:.2}, and not from 0 to 1: set `scores_are = \"logits\"` in {model}.toml if that is what they are"
    )]
    NotScores { model: String, least: f32, greatest: f32 },
}

/// The output of a network for one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Prediction {
    /// As many values as the model's dimension.
    pub embedding: Vec<f32>,
    /// One per class, 0 to 1; empty if the model has no classes.
    pub scores: Vec<f32>,
}

/// A loaded model.
pub(crate) struct ModelSession {
    inner: OrtSession,
    model: Installed,
    settings: InferenceSettings,
    engine: &'static Engine,
    /// Whether something other than the CPU computes.
    accelerated: bool,
    warning: Option<String>,
}

impl ModelSession {
    /// Loads a model after checking that its files are those that were installed. If a provider does not start, the CPU
    /// computes instead ([`ModelSession::take_warning`]).
    pub(crate) fn open(
        model: &Installed,
        settings: &InferenceSettings,
        engine: &'static Engine,
    ) -> Result<Self, SessionError> {
        model.verify()?;
        let providers = providers(settings, engine)?;
        let accelerated = !providers.is_empty();
        let failed =
            |source| SessionError::Load { engine: engine.name, model: model.spec.name.clone(), source };
        let mut warning = None;
        let inner = match load(model, settings, engine, &providers) {
            Err(error) if accelerated => {
                warning = Some(fallback(settings, &error));
                load(model, settings, engine, &[])
            }
            loaded => loaded,
        };
        let accelerated = accelerated && warning.is_none();
        let (model, settings, inner) = (model.clone(), settings.clone(), inner.map_err(failed)?);
        Ok(Self { inner, model, settings, engine, accelerated, warning })
    }

    /// Computes one window, on the CPU if a provider fails; of an output's axis of frames the mean is taken.
    pub(crate) fn run(&mut self, input: &Tensor) -> Result<Prediction, SessionError> {
        check_length(&self.model.spec, input)?;
        match self.compute(input) {
            Err(SessionError::Run { source, .. }) if self.accelerated => {
                self.warning = Some(fallback(&self.settings, &source));
                self.accelerated = false;
                let (engine, model) = (self.engine.name, self.model.spec.name.clone());
                let failed = |source| SessionError::Run { engine, model, source };
                self.inner = load(&self.model, &self.settings, self.engine, &[]).map_err(failed)?;
                self.compute(input)
            }
            computed => computed,
        }
    }

    fn compute(&mut self, input: &Tensor) -> Result<Prediction, SessionError> {
        let (spec, out) = (&self.model.spec, &self.model.spec.output);
        let failed =
            |source| SessionError::Run { engine: self.engine.name, model: spec.name.clone(), source };
        let input = as_batch(input, spec);
        let value = TensorRef::from_array_view((input.shape.as_slice(), input.values.as_slice()));
        let outputs = self.inner.run(ort::inputs![spec.input.name.as_str() => value.map_err(failed)?]);
        let outputs = outputs.map_err(failed)?;
        let misfit = |output: &str, found, wanted| {
            let (model, output, wanted) = (spec.name.clone(), output.to_owned(), format!("{wanted} numbers"));
            SessionError::Misfit { model, output, found, wanted }
        };
        let names = out.embedding.all();
        let rows = |name: &str, axes: &[Axis], along, wanted| {
            let found = outputs.get(name).ok_or_else(|| misfit(name, "nothing".to_owned(), wanted))?;
            let (shape, values) = found.try_extract_tensor::<f32>().map_err(failed)?;
            if values.iter().any(|value| !value.is_finite()) {
                return Err(SessionError::NotFinite { model: spec.name.clone(), output: name.to_owned() });
            }
            // Of several tensors each has a part of the vector.
            let is_part = along == Axis::Dimension && names.len() > 1;
            let rows = Rows::of(shape, values, axes, along).filter(|rows| is_part || rows.width() == wanted);
            rows.ok_or_else(|| misfit(name, format!("{shape}"), wanted))
        };
        let mut embedding = Vec::new();
        for name in names {
            embedding.extend(rows(name, &out.axes, Axis::Dimension, out.dimension)?.mean());
        }
        if embedding.len() != out.dimension {
            let found = format!("{} numbers", embedding.len());
            return Err(misfit(&names.join(" and "), found, out.dimension));
        }
        let Some(name) = &out.scores else { return Ok(Prediction { embedding, scores: Vec::new() }) };
        let scores = rows(name, &out.scores_axes, Axis::Classes, out.classes)?;
        let scores = scores.scores(out.scores_are, out.activation, out.scores_pooling);
        let scores = scores.map_err(|(least, greatest)| SessionError::NotScores {
            model: spec.name.clone(),
            least,
            greatest,
        })?;
        Ok(Prediction { embedding, scores })
    }

    /// That a provider has failed and the CPU computes instead; returned once.
    pub(crate) fn take_warning(&mut self) -> Option<String> {
        self.warning.take()
    }
}

/// The providers of the settings except the CPU, which always comes last.
fn providers(
    settings: &InferenceSettings,
    engine: &Engine,
) -> Result<Vec<ExecutionProviderDispatch>, SessionError> {
    let mut found = Vec::new();
    for provider in &settings.providers {
        let (name, dispatch, is_available) = match provider {
            Provider::Cpu => continue,
            Provider::Cuda => ("cuda", CUDA::default().build(), CUDA::is_available()),
            Provider::OpenVino => ("openvino", OpenVINO::default().build(), OpenVINO::is_available()),
            Provider::CoreMl => ("coreml", CoreML::default().build(), CoreML::is_available()),
        };
        // tract returns an error here.
        if !is_available.unwrap_or_default() {
            return Err(SessionError::NoProvider { provider: name, engine: engine.to_string() });
        }
        found.push(dispatch.error_on_failure());
    }
    Ok(found)
}

fn load(
    model: &Installed,
    settings: &InferenceSettings,
    engine: &Engine,
    providers: &[ExecutionProviderDispatch],
) -> ort::Result<OrtSession> {
    let builder = OrtSession::builder(&engine.environment)?;
    let mut builder = builder.with_optimization_level(GraphOptimizationLevel::All)?;
    // tract has none of these settings. The arena stays on: without it the heap fragments and grows threefold.
    if engine.library.is_some() {
        let providers = [providers, &[CPU::default().with_arena_allocator(true).build()]].concat();
        builder = builder
            .with_execution_providers(providers)?
            .with_intra_threads(settings.threads())?
            .with_inter_threads(1)?
            // The workers need the cores while there is nothing to compute.
            .with_intra_op_spinning(false)?
            // Windows of short tracks differ in length.
            .with_memory_pattern(false)?;
    }
    // The engines look for the weights beside the graph, but only if its path has a folder.
    let path = std::path::absolute(&model.onnx).map_err(ort::Error::wrap)?;
    builder.commit_from_file(path)
}

fn fallback(settings: &InferenceSettings, error: &ort::Error) -> String {
    let names: Vec<_> =
        settings.providers.iter().map(|provider| format!("{provider:?}").to_lowercase()).collect();
    let reason = error.message().lines().next().unwrap_or_default();
    format!("inference.providers = {}: failed, and the CPU computes instead ({reason})", names.join(", "))
}

/// A window as often as the network takes windows at once, so that each row of its outputs is the window's.
fn as_batch<'a>(input: &'a Tensor, spec: &ModelSpec) -> Cow<'a, Tensor> {
    match spec.input.batch.filter(|batch| *batch > 1) {
        None => Cow::Borrowed(input),
        Some(batch) => {
            let mut shape = input.shape.clone();
            shape[0] = batch;
            Cow::Owned(Tensor { shape, values: input.values.repeat(batch) })
        }
    }
}

/// A network does not report that a window is too short for it: its output is garbage (CNN14 below 32 frames).
fn check_length(spec: &ModelSpec, input: &Tensor) -> Result<(), SessionError> {
    let (axis, needed) = spec.input_length(spec.shortest_input());
    let place = spec.input.axes.iter().position(|at| *at == axis);
    let found = place.and_then(|place| input.shape.get(place)).copied().unwrap_or_default();
    if found >= needed {
        return Ok(());
    }
    Err(SessionError::TooShort { model: spec.name.clone(), axis: axis.name(), found, needed })
}

#[cfg(test)]
mod tests;
