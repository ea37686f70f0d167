//! `indexer model verify`: whether installed models are still what was installed.

use std::{collections::HashMap, path::PathBuf};

use clap::Args;
use indexer::model::{Installed, InstalledError, install::installed::installed_models};
use serde_json::json;

use crate::cli::{
    session::CommandContext,
    ui::outcome::{Outcome, complain, print, print_json},
};

/// Check that installed models are what was installed
#[derive(Args)]
pub struct Verify {
    /// The model [default: every installed one]
    name: Option<String>,
}

impl Verify {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.models_folder();
        let models = match self.name {
            Some(name) => vec![(name.clone(), Ok(Installed::find(&name, &folder)?))],
            None => installed_models(&folder),
        };
        // Some share their weights, which are long.
        let mut seen: HashMap<PathBuf, Option<String>> = HashMap::new();
        let mut reason = |found: Result<Installed, InstalledError>| match found {
            Ok(model) => {
                let check = || model.verify().err().map(|error| format!("{:#}", anyhow::Error::new(error)));
                seen.entry(model.onnx.clone()).or_insert_with(check).clone()
            }
            Err(error) => Some(format!("{:#}", anyhow::Error::new(error))),
        };
        let found: Vec<_> = models.into_iter().map(|(name, found)| (name, reason(found))).collect();
        if session.config.json {
            let row = |(name, bad): &(String, Option<String>)| json!({"name": name, "ok": bad.is_none(), "reason": bad});
            print_json(&json!({"models": found.iter().map(row).collect::<Vec<_>>()}))?;
        } else if found.is_empty() && !session.config.silent {
            print("no model is installed: `indexer model list` says how one is got")?;
        }
        for (name, reason) in &found {
            match reason {
                Some(reason) => complain(&format!("{name}: {reason}")),
                None if session.config.json || session.config.silent => {}
                None => print(&format!("{name}: ok"))?,
            }
        }
        let is_good = found.iter().all(|(_, reason)| reason.is_none());
        Ok(if is_good { Outcome::Done } else { Outcome::Failed })
    }
}
