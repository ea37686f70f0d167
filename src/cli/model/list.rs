//! `indexer model list`: which models there are, and which of them are here.

use std::path::Path;

use clap::Args;
use indexer::{
    model::{
        Installed, InstalledError, ModelSpec, fetch,
        install::installed::{how_to_install, known_models},
    },
    playlist::format::location,
};
use indicatif::DecimalBytes;
use serde_json::{Value, json};

use crate::cli::{
    methods::{engine, engine_json, engine_text},
    session::CommandContext,
    ui::outcome::{Outcome, one_line, print, print_json},
};

/// List all models: what they are, whether they are installed, how they are got
#[derive(Args)]
pub struct ListModels {}

impl ListModels {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.models_folder();
        let models = known_models(&folder);
        let engine = engine(session);
        if session.config.json {
            let rows = models.iter().map(|(name, found)| as_json(name, found.as_ref(), &folder));
            let rows = rows.collect::<Vec<_>>();
            print_json(
                &json!({"folder": location(&folder), "models": rows, "engine": engine_json(&engine)}),
            )?;
        } else {
            let width = models.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
            let row = |(name, found): &(String, _)| as_text(name, Result::as_ref(found), width, &folder);
            print(&models.iter().map(row).collect::<Vec<_>>().join("\n"))?;
            print(&format!("{:width$}  {}", "engine", engine_text(&engine)))?;
        }
        Ok(Outcome::Done)
    }
}

type Found<'a> = Result<&'a Installed, &'a InstalledError>;

/// The words for what became of a model, in JSON and for people.
fn state(found: Found) -> (&'static str, &'static str) {
    match found {
        Ok(model) if model.spec.weights.verified => ("verified", "installed, verified"),
        Ok(_) => ("unverified", "installed, not verified"),
        Err(InstalledError::NotInstalled { .. }) => ("absent", "not installed"),
        Err(_) => ("unusable", "cannot be used"),
    }
}

/// What is known of a model, installed or not.
fn spec(name: &str, found: Found, folder: &Path) -> Option<ModelSpec> {
    found.map_or_else(|_| ModelSpec::find(name, folder).ok(), |model| Some(model.spec.clone()))
}

/// How a model is got, or why it cannot be used.
fn reason(found: Found, spec: Option<&ModelSpec>) -> Option<String> {
    match (found.err()?, spec) {
        (InstalledError::NotInstalled { .. }, Some(spec)) => Some(how_to_install(spec)),
        (error, _) => Some(one_line(&format!("{error}"))),
    }
}

/// One model for programs.
pub fn as_json(name: &str, found: Found, folder: &Path) -> Value {
    let spec = spec(name, found, folder);
    let part = spec.as_ref().and_then(|spec| fetch::pending(folder, &spec.name));
    json!({
        "name": name,
        "state": state(found).0,
        "reason": reason(found, spec.as_ref()),
        "file": found.ok().map(|model| location(&model.onnx)),
        "dimension": spec.as_ref().map(|spec| spec.output.dimension),
        "window": spec.as_ref().map(|spec| spec.window),
        "max_windows": spec.as_ref().map(|spec| spec.max_windows),
        "licence": spec.as_ref().map(|spec| spec.weights.licence.clone()),
        "size": spec.as_ref().and_then(|spec| spec.weights.size),
        "pending": part,
    })
}

/// One model for people: what it is, and below it what is to be done.
fn as_text(name: &str, found: Found, width: usize, folder: &Path) -> String {
    let spec = spec(name, found, folder);
    let mut line = format!("{name:width$}  {:23}", state(found).1);
    if let Some(spec) = &spec {
        let licence = one_line(&spec.weights.licence);
        line += &format!("  {:>5} values, {}; {licence}", spec.output.dimension, spec.windows_text());
    }
    if let Some(reason) = reason(found, spec.as_ref()) {
        line += &format!("\n{:width$}  {reason}", "");
        let size = spec.and_then(|spec| spec.weights.size).map(DecimalBytes);
        line += &match (size, fetch::pending(folder, name).map(DecimalBytes)) {
            (Some(size), Some(here)) => format!(" ({here} of {size} are here)"),
            (Some(size), None) => format!(" ({size})"),
            (None, _) => String::new(),
        };
    }
    line
}
