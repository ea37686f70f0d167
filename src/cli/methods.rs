//! What `--method` names: the vectors that scans make, the space that is clustered.

use std::{collections::BTreeMap, sync::Arc};

use indexer::{
    app::Inference,
    config::Config,
    extract::{EXTRACTORS, Method},
    model::{Engine, EngineError, InstalledError, MODELS, SpecError},
    playlist::format::location,
    priority::Priority,
    space::SpaceId,
    store::View,
};

use serde_json::{Value, json};

use super::{
    session::CommandContext,
    ui::outcome::{Usage, one_line},
};

/// The methods that a `--method` of scan names, each once, and installed models that cannot be used, with the reason.
pub fn methods(
    list: &str,
    session: &CommandContext,
) -> anyhow::Result<(Vec<Method>, BTreeMap<String, String>)> {
    let mut unusable = BTreeMap::new();
    let mut methods = match list {
        "all" => {
            let (methods, problems) = Method::all(&session.config.models_folder());
            let reason = |problem| format!("{:#}", anyhow::Error::from(problem));
            unusable.extend(problems.into_iter().map(|(name, problem)| (name, reason(problem))));
            methods
        }
        "none" => vec![],
        list => list.split(',').map(|name| find(name.trim(), session)).collect::<Result<_, _>>()?,
    };
    methods.sort_by(|a, b| a.name().cmp(b.name()));
    methods.dedup_by(|a, b| a.name() == b.name());
    Ok((methods, unusable))
}

/// As [`methods`]; a method that is not here any more is one of those that cannot be used.
pub fn usable(list: &str, session: &CommandContext) -> (Vec<Method>, BTreeMap<String, String>) {
    let (mut found, mut unusable) = (Vec::new(), BTreeMap::new());
    for name in list.split(',').map(str::trim) {
        match methods(name, session) {
            Ok((methods, problems)) => {
                found.extend(methods);
                unusable.extend(problems);
            }
            Err(error) => drop(unusable.insert(name.to_owned(), format!("{error:#}"))),
        }
    }
    found.sort_by(|a, b| a.name().cmp(b.name()));
    found.dedup_by(|a, b| a.name() == b.name());
    (found, unusable)
}

/// The one method that `run` makes and groups by.
pub fn method(name: &str, session: &CommandContext) -> anyhow::Result<Method> {
    is_one(name)?;
    find(name, session)
}

fn is_one(name: &str) -> Result<(), Usage> {
    if name.contains(',') || ["all", "none"].contains(&name) {
        return Err(Usage(format!("--method {name}: one method is needed here")));
    }
    Ok(())
}

fn find(name: &str, session: &CommandContext) -> anyhow::Result<Method> {
    Method::find(name, &session.config.models_folder()).map_err(|error| refusal(name, error))
}

fn refusal(name: &str, error: InstalledError) -> anyhow::Error {
    match error {
        InstalledError::Spec(SpecError::Unknown(_)) => {
            let models = MODELS.iter().map(|(name, _)| *name);
            let names = EXTRACTORS.iter().map(|row| row.name).chain(models).collect::<Vec<_>>().join(", ");
            Usage(format!("unknown method `{name}`: choose from {names}, or a model of your own")).into()
        }
        error => error.into(),
    }
}

/// The space that a `--method` of cluster names: as scans fill it now, or how that begins.
pub fn space(name: &str, session: &CommandContext) -> anyhow::Result<Result<SpaceId, String>> {
    is_one(name)?;
    match Method::find(name, &session.config.models_folder()) {
        Ok(method) => Ok(Ok(method.space())),
        // What was filled before the model went away can still be clustered.
        Err(error @ InstalledError::NotInstalled { .. }) => Ok(Err(error.to_string())),
        Err(error) if is_stored(name, session) => Ok(Err(error.to_string())),
        Err(error) => Err(refusal(name, error)),
    }
}

/// Whether the store has vectors of a method that is not known any more.
fn is_stored(name: &str, session: &CommandContext) -> bool {
    let spaces = View::open(&session.config.store_folder()).and_then(|view| view.spaces());
    spaces.unwrap_or_default().iter().any(|record| record.space.name == name)
}

/// What runs the models among `methods`; none where there is none.
pub fn inference(
    methods: &[Method],
    session: &CommandContext,
    manners: Priority,
) -> anyhow::Result<Option<Arc<Inference>>> {
    if !methods.iter().any(Method::is_model) {
        return Ok(None);
    }
    let inference = Inference::start(&session.config.inference, &data_folders(session), manners)?;
    Ok(Some(Arc::new(inference)))
}

/// The engine that runs models here, or why there is none.
pub fn engine(session: &CommandContext) -> Result<&'static Engine, EngineError> {
    Engine::start(&session.config.inference, &data_folders(session))
}

/// The engine in words.
pub fn engine_text(engine: &Result<&Engine, EngineError>) -> String {
    one_line(&engine.as_ref().map_or_else(ToString::to_string, ToString::to_string))
}

/// The engine as `--json` shows it.
pub fn engine_json(engine: &Result<&Engine, EngineError>) -> Value {
    match engine {
        Ok(engine) => json!({
            "name": engine.name(),
            "version": engine.version(),
            "library": engine.library().map(location),
            "reason": engine.reason(),
        }),
        Err(error) => json!({"name": Value::Null, "reason": error.to_string()}),
    }
}

/// Where an ONNX Runtime may have been put.
fn data_folders(session: &CommandContext) -> Vec<std::path::PathBuf> {
    let mut folders = vec![session.config.store_folder(), Config::default_store()];
    folders.dedup();
    folders
}
