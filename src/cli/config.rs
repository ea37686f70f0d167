//! `indexer config`: the settings in force.

use clap::Subcommand;
use indexer::{Config, Index, location};
use serde_json::json;

use super::context::CommandContext;
use super::ui::exit::ExitStatus;
use super::ui::print::{print, print_json, shown};

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the settings in force: file, environment and flags together
    Show,
    /// Print where the configuration is read from
    Path,
    /// Check that the configuration is valid
    Check,
}

impl ConfigCommand {
    /// `config` is what is in force for any command.
    pub(super) fn run(self, config: &Config, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let path = &context.config_path;
        match self {
            Self::Show if config.json => print_json(&json!({"config": config}))?,
            Self::Show => print(toml::to_string(config)?.trim_end())?,
            Self::Path => return context.answer(|| json!({"path": location(path)}), || shown(path)),
            // Its form was checked when it was read; this checks its meaning.
            Self::Check => {
                Index::open(config).check()?;
                let note = if path.exists() { "is valid" } else { "is not there: the defaults hold" };
                return context.answer(
                    || json!({"path": location(path), "valid": true}),
                    || format!("{} {note}", shown(path)),
                );
            }
        }
        Ok(ExitStatus::Done)
    }
}
