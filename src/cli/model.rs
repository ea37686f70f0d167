//! `indexer model`: the models on this machine.

mod fetch;
mod import;
mod list;
mod transfer;
mod verify;

use clap::{Args, Subcommand};
use indexer::model::{Installed, InstalledError, fetch as download, install::installed::remove};
use serde_json::json;

use super::{
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json, shown},
};

/// List, fetch, import, verify and remove models
#[derive(Args)]
pub struct ModelCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(list::ListModels),
    Fetch(fetch::Fetch),
    Import(import::Import),
    Verify(verify::Verify),
    /// Remove an installed model, or what has been fetched of it
    Remove {
        /// The model
        name: String,
    },
}

impl ModelCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Fetch(fetch) => fetch.run(session),
            Action::Import(import) => import.run(session),
            Action::Verify(verify) => verify.run(session),
            Action::Remove { name } => forget(&name, session),
        }
    }
}

fn forget(name: &str, session: &CommandContext) -> anyhow::Result<Outcome> {
    let folder = session.config.models_folder();
    let was_fetched = download::discard_pending(&folder, name)?;
    let sharing = match remove(name, &folder) {
        Err(InstalledError::NotInstalled { .. }) if was_fetched => vec![],
        removed => removed?,
    };
    if session.config.json {
        print_json(&json!({"removed": name, "sharing": sharing}))?;
    } else if !session.config.silent {
        let with = match &sharing[..] {
            [] => String::new(),
            names => format!(", and with it {}, which ran on its weights", names.join(", ")),
        };
        print(&format!("removed {name}{with}"))?;
    }
    Ok(Outcome::Done)
}

/// The end of whatever installs a model.
fn installed(model: &Installed, session: &CommandContext) -> anyhow::Result<Outcome> {
    let name = &model.spec.name;
    if session.config.json {
        print_json(&json!({"model": list::as_json(name, Ok(model), &session.config.models_folder())}))?;
    } else if !session.config.silent {
        let verified = if model.spec.weights.verified { "verified" } else { "not verified" };
        let place = shown(&model.onnx);
        print(&format!("{name} is installed, {verified}: {place}; `indexer scan` fills its space"))?;
    }
    Ok(Outcome::Done)
}
