//! `indexer config`: the settings in force.

use std::ffi::OsString;

use clap::Subcommand;
use indexer::{Config, Index, location};
use serde_json::json;

use super::ui::exit::{ExitStatus, Usage};
use super::ui::print::{print, print_json, shown};
use super::{Command, context::CommandContext, parse_environment};

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
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (config, path) = (&in_force(&context.config)?, &context.config_path);
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

/// The settings with what the environment sets for flags of commands: `INDEXER_N` is a flag of `cluster`, which overrules
/// `[cluster] n`. Each command is parsed without any words of its own, so that this is what it would be given.
fn in_force(config: &Config) -> anyhow::Result<Config> {
    let mut config = config.clone();
    for name in ["scan", "watch", "cluster"] {
        let (cli, matches) = parse_environment(name).map_err(|error| {
            let text = error.to_string();
            Usage(text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())
        })?;
        match cli.command {
            Command::Scan(scan) => scan.overrule(&mut config),
            Command::Watch(watch) => watch.overrule(&mut config),
            Command::Cluster(cluster) => {
                cluster.grouping.overrule(&mut config);
                let given = matches.subcommand().and_then(|(_, inside)| inside.get_many("path_map"));
                let texts = given.into_iter().flatten().map(|text: &OsString| text.to_string_lossy().into());
                config.cluster.path_map.extend(texts);
            }
            _ => {}
        }
    }
    Ok(config)
}
