//! What a process does that runs models: it starts an engine, loads models, and computes one window at a time.

use std::{collections::HashMap, io};

use super::protocol::{InferenceReply, InferenceRequest, TimedReply, path};
use crate::audio::{Tensor, worker::serve};
use crate::confinement::MayStart;
use crate::model::run::backend::{EngineReport, FaultCause, InferenceBackend, InferenceFault, LocalBackend};
use crate::model::{Engine, InferenceSettings, Installed};
use crate::{text::chain, time::own_cpu_seconds};

/// If the machine runs out of memory, this process goes before those that hold the user's work (`proc_pid_oom_score_adj(5)`).
const OOM_SCORE: &str = "500";

/// Runs a process for models. With `memory`, its address space has that many bytes, and it is confined; what drives a GPU
/// needs devices, files and no end of addresses.
///
/// # Errors
/// See `audio::worker::serve`.
pub fn serve_models(memory: Option<u64>) -> io::Result<()> {
    drop(std::fs::write("/proc/self/oom_score_adj", OOM_SCORE));
    let mut models = ServedModels::default();
    serve(memory, memory.map(|_| MayStart::Nothing), |request: InferenceRequest<Tensor>, parent| {
        let reply = match request {
            InferenceRequest::Start(settings, folders) => {
                InferenceReply::Started(models.start(&settings, folders))
            }
            InferenceRequest::Load(files) => InferenceReply::Loaded(models.load(files.installed())),
            InferenceRequest::Run(name, input) => {
                #[cfg(feature = "testing")]
                planted_fault(&name, &input);
                let mut warnings = Vec::new();
                InferenceReply::Predicted(models.run(&name, &input, &mut warnings), warnings)
            }
        };
        parent.send(&TimedReply { reply, cpu_seconds: own_cpu_seconds() });
    })
}

/// The models of this process, which begin when it is told how.
#[derive(Default)]
struct ServedModels {
    backend: Option<LocalBackend>,
    models: HashMap<String, Installed>,
}

impl ServedModels {
    fn start(&mut self, settings: &str, folders: Vec<Vec<u8>>) -> Result<EngineReport, String> {
        let settings: InferenceSettings =
            serde_json::from_str(settings).map_err(|error| error.to_string())?;
        let folders: Vec<_> = folders.into_iter().map(path).collect();
        let engine = Engine::start(&settings, &folders).map_err(|error| chain(&error))?;
        let backend = self.backend.insert(LocalBackend::new(settings, engine));
        backend.engine().map_err(|error| chain(&error))
    }

    fn load(&mut self, model: Option<Installed>) -> Result<(), InferenceFault> {
        let (Some(backend), Some(model)) = (&mut self.backend, model) else { return Err(unknown()) };
        backend.load(&model)?;
        self.models.insert(model.spec.name.clone(), model);
        Ok(())
    }

    fn run(
        &mut self,
        name: &str,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<crate::model::Prediction, InferenceFault> {
        let (Some(backend), Some(model)) = (&mut self.backend, self.models.get(name)) else {
            return Err(unknown());
        };
        backend.run(model, input, warnings)
    }
}

/// The parent asks in the order of its needs.
fn unknown() -> InferenceFault {
    InferenceFault { cause: FaultCause::Model, reason: "its process does not know it".to_owned() }
}

/// Lets a test break the process: `INDEXER_TEST_MODEL_FAULT=abort@mini`, at windows that are louder than
/// `INDEXER_TEST_MODEL_FAULT_ABOVE`.
#[cfg(feature = "testing")]
fn planted_fault(name: &str, input: &Tensor) {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let fault = variable("INDEXER_TEST_MODEL_FAULT");
    let Some((kind, model)) = fault.split_once('@') else { return };
    let above = variable("INDEXER_TEST_MODEL_FAULT_ABOVE").parse().unwrap_or(f32::MIN);
    if model != name || !input.values.iter().any(|value| *value > above) {
        return;
    }
    match kind {
        "abort" => std::process::abort(),
        "panic" => panic!("as the test asked"),
        "hang" => loop {
            std::thread::park();
        },
        "memory" => drop(std::hint::black_box(vec![1_u8; 1 << 46])),
        "escape" => {
            let (song, listener) = (variable("INDEXER_TEST_SONG"), variable("INDEXER_TEST_LISTENER"));
            panic!("succeeded: {:?}", crate::confinement::escape::escape(song.as_ref(), &listener));
        }
        _ => {}
    }
}
