//! `indexer config`: the settings in force.

use clap::{Args, Subcommand};
use indexer::playlist::format::location;
use serde_json::json;

use super::{
    args::listing::Listing,
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json, shown},
};

/// Show or check the settings in force
#[derive(Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the settings in force: file, environment and flags together
    Show,
    /// Print where the configuration is read from
    Path,
    /// Say whether the configuration is valid
    Check,
}

impl ConfigCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let path = shown(&session.config_path);
        let json = session.config.json;
        match self.action {
            Action::Show if json => print_json(&json!({"config": session.config}))?,
            Action::Show => print(toml::to_string(&session.config)?.trim_end())?,
            Action::Path if json => print_json(&json!({"path": location(&session.config_path)}))?,
            Action::Path => print(&path)?,
            // Whoever comes here has a configuration that was understood; now what it means.
            Action::Check => {
                session.rules().check()?;
                super::methods::methods(&session.config.scan.method, session)?;
                super::methods::space(&session.config.cluster.method, session)?.ok();
                Listing::default().check(&session.config.cluster)?;
                super::cluster::how(None, &session.config.cluster)?;
                if json {
                    print_json(&json!({"path": location(&session.config_path), "valid": true}))?;
                } else {
                    let there = session.config_path.exists();
                    let note = if there { "is valid" } else { "is not there: the defaults hold" };
                    print(&format!("{path} {note}"))?;
                }
            }
        }
        Ok(Outcome::Done)
    }
}
