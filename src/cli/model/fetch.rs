//! `indexer model fetch`: gets a published model and installs it.

use clap::Args;

use indexer::{Error, FetchError, ModelInfo};
use indicatif::DecimalBytes;
use serde_json::json;

use super::list::{as_json, show_installed};
use super::transfer::TransferBar;
use crate::cli::ui::print::{print, print_json, shown};
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Fetch a published model, verify and install it; continues where an earlier call stopped
#[derive(Args)]
pub(super) struct FetchModel {
    /// The model
    name: String,
}

impl FetchModel {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let models = context.index().models();
        if let Some(model) = models.verified(&self.name) {
            show_present(&model, context)?;
            return Ok(ExitStatus::Done);
        }
        let (spec, host) = models.source(&self.name)?;
        let mut transfer = TransferBar::new(&spec, context);
        transfer.say(&format!(
            "fetching {}: {} from {host}; licence: {}",
            spec.name,
            DecimalBytes(spec.weights.size.unwrap_or_default()),
            spec.weights.licence
        ));
        let download =
            context.interruptible(|stop| models.fetch(&spec, stop, &mut |event| transfer.event(&event)));
        transfer.end();
        let download = match download {
            Err(Error::Fetch(error @ FetchError::Stopped { at, size, .. })) => {
                transfer.say(&error.to_string());
                if context.config.json {
                    print_json(&json!({"interrupted": spec.name, "bytes": at, "size": size}))?;
                }
                return Ok(ExitStatus::Interrupted);
            }
            other => other?,
        };
        transfer.say("verified: it is the published file");
        show_installed(&models.install(&spec, download)?, context)?;
        Ok(ExitStatus::Done)
    }
}

fn show_present(model: &ModelInfo, context: &CommandContext) -> std::io::Result<()> {
    if context.config.json {
        return print_json(&json!({"model": as_json(model)}));
    }
    let place = model.file.as_deref().map(shown).unwrap_or_default();
    if context.config.silent {
        return Ok(());
    }
    print(&format!("{} is installed and verified already: {place}", model.name))
}
