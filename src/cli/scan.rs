//! `indexer scan`: one pass over the library.

use std::path::{Path, PathBuf};

use clap::Args;
use indexer::{
    app::{
        ScanRequest, ScanSummary, Why,
        scan::{self, Prepared},
    },
    playlist::format::location,
    store::{Library, StoreError, View},
};
use serde_json::{Value, json};

use super::{
    methods::{inference, methods},
    outcome::{Outcome, complain, print, print_json, shown},
    session::Session,
};

/// Walk the library once and index what is new or changed
#[derive(Args)]
pub struct Scan {
    /// Folders to scan; they become part of the library [default: all of it]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Vectors to make: a comma-separated list, `all`, or `none` for names and tags only
    #[arg(long, value_name = "LIST")]
    method: Option<String>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Try files again that have failed for good
    #[arg(long)]
    retry_failed: bool,
    /// Believe that files that are not there are gone, however many
    #[arg(long)]
    accept_missing: bool,
}

impl Scan {
    pub fn run(self, session: &Session) -> anyhow::Result<Outcome> {
        let config = &session.config.scan;
        let (methods, unusable) = methods(self.method.as_deref().unwrap_or(&config.method), session)?;
        let request = ScanRequest {
            paths: self.paths,
            configured: session.config.library.roots.clone(),
            rules: session.rules(),
            methods,
            unusable,
            retry_failed: self.retry_failed || config.retry_failed,
            accept_missing: self.accept_missing,
        };
        if self.dry_run {
            return dry_run(&request, session);
        }
        let summary = pass(&request, session)?;
        if session.config.json {
            print_json(&as_json(&summary))?;
        } else if !session.config.silent {
            print(&as_text(&summary))?;
        }
        Ok(outcome(&summary))
    }
}

/// One whole pass with its bars. The store is made only when the request has been understood.
pub fn pass(request: &ScanRequest, session: &Session) -> anyhow::Result<ScanSummary> {
    let folder = session.config.store_folder();
    let prepared = scan::prepare(request, view_if_any(&folder)?.as_ref())?;
    let library = Library::open(&folder)?;
    let workforce = session.workforce(inference(&request.methods, session)?);
    let bars = session.bars();
    let pass = |stop: &_| scan::pass(request, prepared, &library, &workforce, &bars, stop);
    let summary = session.interruptible(pass)?;
    for (model, reason) in &summary.broken {
        complain(&format!("{model} cannot be run: {reason}"));
    }
    Ok(summary)
}

/// The store as it is, where there is one.
pub fn view_if_any(folder: &Path) -> Result<Option<View>, StoreError> {
    match View::open(folder) {
        Err(StoreError::Missing(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// The exit code's meaning for a pass.
pub fn outcome(summary: &ScanSummary) -> Outcome {
    if summary.interrupted {
        Outcome::Interrupted
    } else if !summary.broken.is_empty() {
        Outcome::Failed
    } else if !summary.tally.failed.is_empty() {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    }
}

fn dry_run(request: &ScanRequest, session: &Session) -> anyhow::Result<Outcome> {
    let prepared = scan::prepare(request, view_if_any(&session.config.store_folder())?.as_ref())?;
    if session.config.json {
        print_json(&plan_as_json(&prepared))?;
    } else {
        print(&plan_as_text(&prepared))?;
    }
    Ok(Outcome::Done)
}

/// A line for everything that would be done or is not as it should be.
fn plan_as_text(prepared: &Prepared) -> String {
    let Prepared { plan, survey, .. } = prepared;
    let opened = plan.tasks.iter().map(|task| (why(&task.why), shown(&task.file.path)));
    let renamed = plan.renamed.iter();
    let renamed = renamed.map(|(old, new)| ("renamed", format!("{} -> {}", shown(old), shown(&new.path))));
    let missing = prepared.missing().into_iter().map(|path| ("missing", shown(path)));
    let away = prepared.away().into_iter();
    let away = away.map(|away| ("away", format!("{}: {}", shown(&away.path), away.reason)));
    let errors = survey.errors.iter();
    let unread = errors.map(|error| ("unread", format!("{}: {}", shown(&error.path), error.reason)));
    let rows = opened.chain(renamed).chain(missing).chain(away).chain(unread);
    let lines: String = rows.map(|(what, place)| format!("{what:8}{place}\n")).collect();
    format!("{lines}{} found, {} unchanged, {} to open", plan.found, plan.unchanged, plan.tasks.len())
}

fn why(why: &Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Changed => "changed",
        Why::Retry => "retry",
        Why::BackFill(_) => "fill",
    }
}

fn plan_as_json(prepared: &Prepared) -> Value {
    let Prepared { plan, survey, .. } = prepared;
    let reason = |path: &Path, reason: &str| json!({"path": location(path), "reason": reason});
    json!({
        "found": plan.found,
        "unchanged": plan.unchanged,
        "open": plan.tasks.iter().map(|task| location(&task.file.path)).collect::<Vec<_>>(),
        "renamed": plan.renamed.iter().map(|(_, new)| location(&new.path)).collect::<Vec<_>>(),
        "missing": prepared.missing().into_iter().map(location).collect::<Vec<_>>(),
        "away": prepared.away().iter().map(|away| reason(&away.path, &away.reason)).collect::<Vec<_>>(),
        "unreadable": survey.errors.iter().map(|e| reason(&e.path, &e.reason)).collect::<Vec<_>>(),
        "failed_known": plan.failed_known,
    })
}

/// The object that SPEC promises for scan and run.
pub fn as_json(summary: &ScanSummary) -> Value {
    let tally = &summary.tally;
    json!({
        "roots": summary.scope.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "found": summary.found,
        "unchanged": summary.unchanged,
        "opened": tally.opened,
        "renamed": summary.renamed,
        "decoded": tally.decoded,
        "stored": tally.stored,
        "failed": tally.failed.len(),
        "failed_known": tally.failed_known,
        "partial": tally.partial,
        "missing": summary.missing,
        "broken": summary.broken,
        "seconds": summary.seconds,
    })
}

/// One line for people; what did not happen is left out.
pub fn as_text(summary: &ScanSummary) -> String {
    let tally = &summary.tally;
    let mut parts = vec![
        format!("{} files found", summary.found),
        format!("{} opened", tally.opened),
        format!("{} decoded", tally.decoded),
    ];
    let counts = [
        (summary.renamed, "renamed"),
        (summary.missing, "missing"),
        (tally.partial, "partial"),
        (tally.failed.len() as u64, "failed (see `indexer errors`)"),
        (tally.failed_known, "failed before"),
    ];
    parts.extend(counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    let end = if summary.interrupted { "; interrupted, the rest is left for the next scan" } else { "" };
    format!("{} in {:.1} s{end}", parts.join(", "), summary.seconds)
}
