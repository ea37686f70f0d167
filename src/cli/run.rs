//! `indexer run`: the original report's whole program in one command.

use std::path::PathBuf;

use clap::Args;
use indexer::ScanOptions;
use serde_json::json;

use super::ui::print::{print, print_json, print_to_stderr};
use super::ui::summary::{self, show};
use super::{args::grouping::Grouping, context::CommandContext, scan, ui::exit::ExitStatus};

/// Scan a folder, then cluster it
#[derive(Args)]
pub(super) struct RunCommand {
    /// The folder that holds the music
    #[arg(long, value_name = "DIR")]
    path: PathBuf,
    #[command(flatten)]
    grouping: Grouping,
}

impl RunCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (index, request) = self.grouping.request(Some(self.path.clone()), context.config.clone())?;
        let options = ScanOptions {
            paths: vec![self.path],
            method: request.method.methods().join(","),
            ..index.scan_options()
        };
        let scanned = scan::pass(&index, &options, context)?;
        let text = scan::as_text(&scanned);
        tracing::info!("{text}");
        match (context.config.json || context.config.silent, request.targets.returns_document) {
            (true, _) => {}
            (false, true) => print_to_stderr(&text),
            (false, false) => print(&text)?,
        }
        if scanned.interrupted || !scanned.broken.is_empty() {
            if context.config.json {
                print_json(&json!(scanned))?;
            }
            return Ok(scan::exit_status(&scanned));
        }
        let clustered = index.cluster(&request, &context.bars())?;
        let mut json = json!(scanned);
        json["cluster"] = summary::as_json(&clustered);
        show(&clustered, request.explain.as_ref(), &request.targets, context, json)?;
        Ok(scan::exit_status(&scanned))
    }
}
