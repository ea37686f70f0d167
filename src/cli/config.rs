//! `indexer config`: the settings in force.

use clap::{Args, Subcommand};

use indexer::location;
use serde_json::json;

use super::ui::print::{print, print_json, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// Show or check the settings in force
#[derive(Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: ConfigAction,
}

#[derive(Subcommand)]
enum ConfigAction {
    /// Print the settings in force: file, environment and flags together
    Show,
    /// Print where the configuration is read from
    Path,
    /// Check that the configuration is valid
    Check,
}

impl ConfigCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let path = shown(&context.config_path);
        let json = context.config.json;
        match self.action {
            ConfigAction::Show if json => print_json(&json!({"config": context.config}))?,
            ConfigAction::Show => print(toml::to_string(&context.config)?.trim_end())?,
            ConfigAction::Path if json => print_json(&json!({"path": location(&context.config_path)}))?,
            ConfigAction::Path => print(&path)?,
            // Its form was checked when it was read; this checks its meaning.
            ConfigAction::Check => {
                context.index().check()?;
                if json {
                    print_json(&json!({"path": location(&context.config_path), "valid": true}))?;
                } else {
                    let there = context.config_path.exists();
                    let note = if there { "is valid" } else { "is not there: the defaults hold" };
                    print(&format!("{path} {note}"))?;
                }
            }
        }
        Ok(ExitStatus::Done)
    }
}
