//! `indexer model verify`: whether installed models are still what was installed.

use clap::Args;

use serde_json::json;

use crate::cli::ui::print::{complain, print, print_json};
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Check that installed models are what was installed
#[derive(Args)]
pub(super) struct VerifyModels {
    /// The model [default: every installed one]
    name: Option<String>,
}

impl VerifyModels {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let found = context.index().models().verify(self.name.as_deref())?;
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
}
