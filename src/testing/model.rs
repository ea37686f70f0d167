//! One model and one session, as the bench of CNN14 needs them.

use std::{error::Error, path::Path};

use super::{decode, sound::Refused};
use crate::audio::{Decoder, Decoding, Finish, Produced, Resampler, SampleConsumer, Tensor};
use crate::model::convert::onnx::{Attribute, DimensionSize, Graph};
use crate::model::install::import::import_file;
use crate::model::{Engine, InferenceSettings, Inputs, Installed, ModelSession, ModelSpec};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a network takes of one window.
pub struct ModelInput(Tensor);

/// Installs `checkpoint` as the weights of the model of this name, which comes with the program.
///
/// # Errors
/// There is no such model, or the checkpoint is of another.
pub fn import_model(checkpoint: &Path, name: &str, models: &Path) -> Result<()> {
    let spec = ModelSpec::built_in(name).ok_or("no such model")?;
    import_file(checkpoint, &spec, name, models, true, None)?;
    Ok(())
}

/// An ONNX file whose network takes `waveform` (batch, 16 000) and gives `vector` (batch, `width`), a random projection of
/// it, and `scores` (batch, 12) of that. `noise` is added to the first weights, which are about one.
///
/// # Errors
/// None are known: it is written to memory.
pub fn projection(width: usize, noise: f32) -> Result<Vec<u8>> {
    use DimensionSize::{Any, Fixed};
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        3.5 * ((seed >> 8) as f32 / (1 << 24) as f32 - 0.5)
    };
    let mut graph = Graph::default();
    graph.input("waveform", &[Any("batch"), Fixed(16_000)]);
    let first: Vec<f32> = (0..16_000 * width).map(|_| random() + noise * random()).collect();
    graph.weight("first", &[16_000, width], &first)?;
    let second: Vec<f32> = (0..width * 12).map(|_| random()).collect();
    graph.weight("second", &[width, 12], &second)?;
    let none: &[(&str, Attribute<'_>)] = &[];
    graph.node("MatMul", &["waveform", "first"], "vector", none);
    graph.node("MatMul", &["vector", "second"], "logits", none);
    graph.node("Sigmoid", &["logits"], "scores", none);
    graph.output("vector", &[Any("batch"), Fixed(width)]);
    graph.output("scores", &[Any("batch"), Fixed(12)]);
    Ok(graph.finish("projection"))
}

/// Decodes a file and makes the inputs of its windows.
///
/// # Errors
/// The model is not installed; the file is no audio, too broken, too short or silent.
pub fn model_inputs(name: &str, models: &Path, file: &Path, sink: &mut dyn FnMut(ModelInput)) -> Result<()> {
    let mut inputs = Inputs::new(&Installed::find(name, models)?.spec);
    let emit = &mut |produced| {
        if let Produced::Window(input) = produced {
            sink(ModelInput(input));
        }
    };
    loop {
        let rate = Decoder::open(file, None, &Decoding::default()).map_err(Refused::from)?.rate;
        let mut resampler = Resampler::new(rate, inputs.rate());
        decode(file, &mut |block| resampler.push(block, &mut |samples| inputs.push(samples, emit)))?;
        resampler.finish(&mut |samples| inputs.push(samples, emit));
        if inputs.finish(emit)? == Finish::Done {
            return Ok(());
        }
    }
}

/// A session of an installed model, and the engine that computes it.
pub struct BareInference {
    settings: InferenceSettings,
    model: Installed,
    engine: &'static Engine,
    session: Option<ModelSession>,
}

impl BareInference {
    /// Starts the engine, called as in `inference.engine`; the model is loaded by the first input.
    ///
    /// # Errors
    /// There is no such engine, or the model is not installed.
    pub fn start(name: &str, models: &Path, engine: &str) -> Result<Self> {
        let settings: InferenceSettings = serde_json::from_value(serde_json::json!({"engine": engine}))?;
        let model = Installed::find(name, models)?;
        let engine = Engine::start(&settings, &[])?;
        Ok(Self { settings, model, engine, session: None })
    }

    /// Name and version.
    pub fn engine(&self) -> String {
        self.engine.to_string()
    }

    /// Computes one window and drops what comes of it.
    ///
    /// # Errors
    /// The model cannot be loaded, or the engine fails.
    pub fn run(&mut self, input: &ModelInput) -> Result<()> {
        if self.session.is_none() {
            self.session = Some(ModelSession::open(&self.model, &self.settings, self.engine)?);
        }
        if let Some(session) = &mut self.session {
            session.run(&input.0)?;
        }
        Ok(())
    }
}
