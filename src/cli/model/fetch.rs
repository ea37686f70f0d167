//! `indexer model fetch`: gets a published model and installs it.

use indexer::{Error, FetchError, ModelFolder};
use indicatif::DecimalBytes;
use serde_json::json;

use super::list::{as_json, place, show_installed};
use super::transfer::TransferBar;
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus, cli::ui::print::print_json};

pub(super) fn fetch(
    name: &str,
    models: &ModelFolder,
    context: &CommandContext,
) -> anyhow::Result<ExitStatus> {
    if let Some(model) = models.verified(name) {
        return context.report(
            || json!({"model": as_json(&model)}),
            || format!("{} is installed and verified already: {}", model.name, place(&model)),
        );
    }
    let (spec, host) = models.source(name)?;
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
    show_installed(&models.install(&spec, download)?, context)
}
