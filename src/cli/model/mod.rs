//! `indexer model`: the models on this machine.

mod compare;
mod fetch;
mod list;
mod transfer;

use std::path::PathBuf;

use clap::Subcommand;
use indexer::{ModelFolder, RemovedModel, location};
use serde_json::json;

use super::ui::print::{complain, print, print_json, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

#[derive(Subcommand)]
pub(super) enum ModelCommand {
    /// List all models: what they are, whether they are installed, how to get them
    List,
    /// Show a model's description: what it takes and gives, and what can be set
    Show {
        /// The model
        name: String,
    },
    /// Begin the description of a model of your own, or a copy of a built-in one to edit
    New {
        /// The model's name
        name: String,
    },
    /// Fetch a published model, verify and install it; continues where an earlier call stopped
    Fetch {
        /// The model
        name: String,
    },
    /// Install a model from a Python wheel, a PyTorch checkpoint or an ONNX file
    Import {
        /// The file; it stays where it is
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Which model it is, or the name to install it under [default: the built-in model that it fits]
        #[arg(long = "as", value_name = "NAME")]
        name: Option<String>,
        /// Accept a file that is not, or not known to be, the published one
        #[arg(long)]
        unverified: bool,
    },
    /// Check that installed models are what was installed
    Verify {
        /// The model [default: every installed one]
        name: Option<String>,
    },
    /// Compare two models, or a model and a file that could take its place, on songs
    ///
    /// Both analyse the same songs. Printed is how alike their vectors are, how many of the five nearest songs and of the
    /// five strongest classes stay, and what each costs. Nothing is written, and the library stays as it is.
    Compare(compare::CompareCommand),
    /// Remove an installed model, or what has been fetched of it
    Remove {
        /// The model
        name: String,
    },
}

impl ModelCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let index = context.index();
        let models = index.models();
        match self {
            Self::List => list::show(&index, context),
            Self::Show { name } => show(&name, &models, context),
            Self::New { name } => {
                let path = models.describe(&name)?;
                let file = shown(&path);
                context.report(
                    || json!({"name": name, "path": location(&path)}),
                    || format!("{file}: edit it, then `indexer model import FILE --as {name} --unverified`"),
                )
            }
            Self::Fetch { name } => fetch::fetch(&name, &models, context),
            Self::Import { file, name, unverified } => {
                list::show_installed(&models.import(&file, name.as_deref(), unverified)?, context)
            }
            Self::Verify { name } => verify(name.as_deref(), &models, context),
            Self::Compare(command) => command.run(context),
            Self::Remove { name } => {
                let RemovedModel { sharing, description } = models.remove(&name)?;
                let with = match &sharing[..] {
                    [] => String::new(),
                    names => format!(", and with it {}, which ran on its weights", names.join(", ")),
                };
                let stays = description.as_deref().map(|path| format!("; {} stays", shown(path)));
                let place = description.as_deref().map(location);
                context.report(
                    || json!({"removed": name, "sharing": sharing, "description": place}),
                    || format!("removed {name}{with}{}", stays.unwrap_or_default()),
                )
            }
        }
    }
}

/// The description of a model as it is written, below a comment that says where.
fn show(name: &str, models: &ModelFolder, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let (model, text, path) = models.show(name)?;
    let place = path.as_deref().map_or_else(|| "built in".to_owned(), shown);
    context.answer(
        || json!({"model": list::as_json(&model), "path": path.as_deref().map(location), "text": text}),
        || format!("# {place}; {}\n{}", list::state(&model), text.trim_end()),
    )
}

/// Whether installed models are still what was installed.
fn verify(name: Option<&str>, models: &ModelFolder, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let found = models.verify(name)?;
    if context.config.json {
        let row = |(name, bad): &(String, Option<String>)| json!({"name": name, "ok": bad.is_none(), "reason": bad});
        print_json(&json!({"models": found.iter().map(row).collect::<Vec<_>>()}))?;
    } else if found.is_empty() && !context.config.silent {
        print("no model is installed: `indexer model list` says how to get one")?;
    }
    for (name, reason) in &found {
        match reason {
            Some(reason) => complain(&format!("{name}: {reason}")),
            None if context.config.json || context.config.silent => {}
            None => print(&format!("{name}: ok"))?,
        }
    }
    let is_good = found.iter().all(|(_, reason)| reason.is_none());
    Ok(if is_good { ExitStatus::Done } else { ExitStatus::Failed })
}
