//! `indexer service print`: the units, for people who read before they install, or install in another way.

use indexer::playlist::format::location;
use serde_json::json;

use super::{NO_TIMER, folder::UnitFolder, units::Unit, wanted::ServicePlan};
use crate::cli::{
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json, shown},
};

pub fn show(plan: &ServicePlan, folder: &UnitFolder, session: &CommandContext) -> anyhow::Result<Outcome> {
    if session.config.json {
        let unit = |unit: &Unit| json!({"name": unit.name, "path": location(&folder.path(unit.name)), "text": unit.text});
        print_json(&json!({"units": plan.units.iter().map(unit).collect::<Vec<_>>()}))?;
        return Ok(Outcome::Done);
    }
    let header = |unit: &Unit| format!("# {}\n{}", shown(&folder.path(unit.name)), unit.text);
    print(plan.units.iter().map(header).collect::<Vec<_>>().join("\n").trim_end())?;
    if !plan.refreshes() {
        print(&format!("\n# No timer: {NO_TIMER}"))?;
    }
    Ok(Outcome::Done)
}
