//! `indexer run`: the report's whole program in one command.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
};

use clap::Args;
use indexer::app::{ScanRequest, cluster};
use serde_json::json;

use super::{
    cluster::{self as grouping, Grouping},
    methods::method,
    scan,
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json},
};

/// Scan a folder, then cluster it
#[derive(Args)]
pub struct RunCommand {
    /// The folder that holds the music
    #[arg(long, value_name = "DIR")]
    path: PathBuf,
    #[command(flatten)]
    grouping: Grouping,
}

impl RunCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let name = self.grouping.method(session).to_owned();
        let methods = vec![method(&name, session)?];
        let group = self.grouping.request(Some(self.path.clone()), session)?;
        let request = ScanRequest {
            paths: vec![self.path],
            configured: vec![],
            marked: vec![],
            verify: HashSet::new(),
            rules: session.rules(),
            methods,
            unusable: BTreeMap::new(),
            retry_failed: session.config.scan.retry_failed,
            accept_missing: false,
        };
        let scanned = scan::pass(&request, &name, session)?;
        if !(session.config.json || session.config.silent) {
            print(&scan::as_text(&scanned))?;
        }
        if scanned.interrupted || !scanned.broken.is_empty() {
            if session.config.json {
                print_json(&json!(scanned))?;
            }
            return Ok(scan::outcome(&scanned));
        }
        let clustered = cluster(&group, &session.config.store_folder(), &session.bars())?;
        let mut json = json!(scanned);
        json["cluster"] = grouping::as_json(&clustered);
        grouping::show(&clustered, group.explain.as_ref(), session, json)?;
        Ok(scan::outcome(&scanned))
    }
}
