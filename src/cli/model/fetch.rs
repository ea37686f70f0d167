//! `indexer model fetch`: gets a published model and installs it.

use clap::Args;
use indexer::model::{
    FetchError, Installed, ModelSpec,
    fetch::{fetch_weights, origin},
    install::{import::import_file, installed::InstalledError},
};
use indicatif::DecimalBytes;
use serde_json::json;

use super::{list, transfer::TransferBar};
use crate::cli::{
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json, shown},
};

/// Fetch a published model, verify and install it; goes on where an earlier call ended
#[derive(Args)]
pub struct Fetch {
    /// The model
    name: String,
}

impl Fetch {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.models_folder();
        let spec = ModelSpec::find(&self.name, &folder).map_err(InstalledError::from)?;
        // Who wants a model that runs on another's weights wants those.
        let spec = match &spec.weights.shared_with {
            Some(owner) => ModelSpec::find(owner, &folder).map_err(InstalledError::from)?,
            None => spec,
        };
        if let Some(model) = Installed::find(&self.name, &folder).ok().filter(is_good) {
            return already(&model, session);
        }
        let host = origin(&spec)?;
        let mut transfer = TransferBar::new(&spec, session);
        transfer.say(&format!(
            "fetching {}: {} from {host}; licence: {}",
            spec.name,
            DecimalBytes(spec.weights.size.unwrap_or_default()),
            spec.weights.licence
        ));
        let download = session
            .interruptible(|stop| fetch_weights(&spec, &folder, stop, &mut |event| transfer.event(&event)));
        transfer.end();
        let download = match download {
            Err(error @ FetchError::Stopped { at, size, .. }) => {
                transfer.say(&error.to_string());
                if session.config.json {
                    print_json(&json!({"interrupted": spec.name, "bytes": at, "size": size}))?;
                }
                return Ok(Outcome::Interrupted);
            }
            other => other?,
        };
        transfer.say("verified: it is the published file");
        let model = import_file(&download.path, &spec, &spec.name, &folder, false)?;
        // The weights are installed; a file that cannot be removed costs room only, and the next call says so.
        if let Err(error) = download.discard() {
            tracing::warn!("the fetched file stays: {error}");
        }
        super::installed(&model, session)
    }
}

fn is_good(model: &Installed) -> bool {
    model.spec.weights.verified && model.verify().is_ok()
}

fn already(model: &Installed, session: &CommandContext) -> anyhow::Result<Outcome> {
    let name = &model.spec.name;
    if session.config.json {
        print_json(&json!({"model": list::as_json(name, Ok(model), &session.config.models_folder())}))?;
    } else if !session.config.silent {
        print(&format!("{name} is installed and verified already: {}", shown(&model.onnx)))?;
    }
    Ok(Outcome::Done)
}
