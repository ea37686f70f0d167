//! `indexer model remove`: removes what was installed or fetched.

use clap::Args;

use serde_json::json;

use crate::cli::ui::print::{print, print_json};
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Remove an installed model, or what has been fetched of it
#[derive(Args)]
pub(super) struct RemoveModel {
    /// The model
    name: String,
}

impl RemoveModel {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let name = &self.name;
        let sharing = context.index().models().remove(name)?;
        if context.config.json {
            print_json(&json!({"removed": name, "sharing": sharing}))?;
        } else if !context.config.silent {
            let with = match &sharing[..] {
                [] => String::new(),
                names => format!(", and with it {}, which ran on its weights", names.join(", ")),
            };
            print(&format!("removed {name}{with}"))?;
        }
        Ok(ExitStatus::Done)
    }
}
