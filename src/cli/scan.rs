//! `indexer scan`: one pass over the library.

use std::path::{Path, PathBuf};

use clap::Args;
use indexer::{Config, Index, ScanOptions, ScanPlan, ScanReport, Why, location};
use serde_json::{Value, json};

use super::args::overrule;
use super::ui::print::{complain, counted, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// Walk the library once and index what is new or changed
#[derive(Args)]
pub(super) struct ScanCommand {
    /// Folders to scan; they become part of the library [default: the whole library]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Vectors to make: methods separated by commas, `all`, or `none` for names and tags only
    #[arg(long, short, value_name = "LIST")]
    method: Option<String>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Try files again that have failed for good
    #[arg(long)]
    retry_failed: bool,
    /// Accept that files that are not there are gone, however many they are
    #[arg(long)]
    accept_missing: bool,
    /// Read the tags of all files again, also where size and times are as before; nothing known is decoded again
    #[arg(long)]
    reread: bool,
    /// Decode again what another version of a decoder has decoded, and HE-AAC that was heard without ffmpeg
    #[arg(long)]
    redecode: bool,
}

impl ScanCommand {
    /// Lays what is given over the settings.
    pub(super) fn overrule(&self, config: &mut Config) {
        overrule(&mut config.scan.method, self.method.clone());
        config.scan.retry_failed |= self.retry_failed;
    }

    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        self.overrule(&mut config);
        let index = Index::open(&config);
        let Self { paths, accept_missing, reread, redecode, .. } = self;
        let options = ScanOptions { paths, accept_missing, reread, redecode, ..index.scan_options() };
        if self.dry_run {
            let plan = index.plan_scan(&options)?;
            return context.answer(|| plan_as_json(&plan), || plan_as_text(&plan));
        }
        let report = pass(&index, &options, context)?;
        context.report(|| json!(report), || as_text(&report))?;
        Ok(exit_status(&report))
    }
}

/// One whole pass. Until it begins to write, Ctrl-C ends the process at once.
pub(super) fn pass(
    index: &Index,
    options: &ScanOptions,
    context: &CommandContext,
) -> anyhow::Result<ScanReport> {
    let (scan, bars) = (index.scan(options)?, context.bars());
    let report = context.interruptible(|stop| scan.run(&bars, stop))?;
    for (model, reason) in &report.broken {
        complain(&format!("{model} cannot be run: {reason}"));
    }
    Ok(report)
}

/// What the exit code of a pass says.
pub(super) fn exit_status(report: &ScanReport) -> ExitStatus {
    if report.interrupted {
        ExitStatus::Interrupted
    } else if !report.broken.is_empty() {
        ExitStatus::Failed
    } else if report.failed > 0 {
        ExitStatus::SomeFailed
    } else {
        ExitStatus::Done
    }
}

/// A line for everything that would be done or is not as it should be.
fn plan_as_text(plan: &ScanPlan) -> String {
    let opened = plan.open.iter().map(|(why, path)| (word(why), shown(path)));
    let renamed = plan.renamed.iter();
    let renamed = renamed.map(|(old, new)| ("renamed", format!("{} -> {}", shown(old), shown(new))));
    let missing = plan.missing.iter().map(|path| ("missing", shown(path)));
    let because = |path: &Path, reason: &str| format!("{}: {reason}", shown(path));
    let unavailable = plan.unavailable.iter();
    let unavailable = unavailable.map(|folder| ("unavailable", because(&folder.path, &folder.reason)));
    let unreadable = plan.unreadable.iter().map(|(path, reason)| ("unread", because(path, reason)));
    let closed = plan.closed.iter().map(|(path, reason)| ("closed", because(path, reason)));
    let rows = opened.chain(renamed).chain(missing).chain(unavailable).chain(unreadable).chain(closed);
    let lines: String = rows.map(|(what, text)| format!("{what:12}{text}\n")).collect();
    let links = match plan.links {
        0 => String::new(),
        count => format!(", {} not followed: follow_links = true", counted(count as usize, "link")),
    };
    format!("{lines}{} found, {} unchanged, {} to open{links}", plan.found, plan.unchanged, plan.open.len())
}

/// Why a file is opened, in a word.
fn word(why: &Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Changed => "changed",
        Why::Retry => "retry",
        Why::Audit => "check",
        Why::BackFill(_) => "fill",
        Why::Measure(_) => "measure",
        Why::Redecode(_) => "decode",
    }
}

fn plan_as_json(plan: &ScanPlan) -> Value {
    let because = |path: &Path, reason: &str| json!({"path": location(path), "reason": reason});
    let unavailable = plan.unavailable.iter().map(|folder| because(&folder.path, &folder.reason));
    json!({
        "found": plan.found,
        "unchanged": plan.unchanged,
        "open": plan.open.iter().map(|(_, path)| location(path)).collect::<Vec<_>>(),
        "renamed": plan.renamed.iter().map(|(_, new)| location(new)).collect::<Vec<_>>(),
        "missing": plan.missing.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "unavailable": unavailable.collect::<Vec<_>>(),
        "unreadable": plan.unreadable.iter().map(|(path, reason)| because(path, reason)).collect::<Vec<_>>(),
        "closed": plan.closed.iter().map(|(path, reason)| because(path, reason)).collect::<Vec<_>>(),
        "failed_known": plan.failed_known,
        "links": plan.links,
    })
}

/// One line for people; counts of 0 are left out.
pub(super) fn as_text(report: &ScanReport) -> String {
    let mut parts = vec![format!("{} found", counted(report.found as usize, "file"))];
    let is_of_links = report.found + report.opened == 0 && report.links > 0;
    if !is_of_links {
        parts.extend([format!("{} opened", report.opened), format!("{} decoded", report.decoded)]);
    }
    let counts = [
        (report.renamed, "renamed"),
        (report.missing, "missing"),
        (report.partial, "partial"),
        (report.failed, "failed (see `indexer errors`)"),
        (report.failed_known, "failed before"),
    ];
    parts.extend(counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    let links = counted(report.links as usize, "link");
    if is_of_links {
        // What to do is all that matters here.
        return format!("{}, {links} not followed: follow_links = true", parts.join(", "));
    }
    parts.extend((report.links > 0).then(|| format!("{links} not followed (follow_links = true)")));
    let end = if report.interrupted { "; interrupted, the rest is left for the next scan" } else { "" };
    format!("{} in {:.1} s{end}", parts.join(", "), report.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_are_not_followed_are_told_and_are_all_that_is_told_where_there_is_nothing_else() {
        let report = |found, opened, missing, links| {
            as_text(&ScanReport { found, opened, missing, links, ..ScanReport::default() })
        };
        assert_eq!(report(0, 0, 0, 300), "0 files found, 300 links not followed: follow_links = true");
        assert_eq!(report(0, 0, 2, 1), "0 files found, 2 missing, 1 link not followed: follow_links = true");
        assert_eq!(
            report(5, 1, 0, 2),
            "5 files found, 1 opened, 0 decoded, 2 links not followed (follow_links = true) in 0.0 s"
        );
        assert_eq!(report(0, 0, 0, 0), "0 files found, 0 opened, 0 decoded in 0.0 s");
    }
}
