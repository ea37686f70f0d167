//! `indexer scan`: one pass over the library.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use clap::Args;
use indexer::{
    app::{
        Event, Progress, ScanReport, ScanRequest, Why,
        scan::{
            self,
            prepare::{Prepared, prepare},
        },
        watch::{DaemonState, HandOverError, HandedScan, Running, hand_over},
    },
    library::Roots,
    playlist::format::location,
    priority::Priority,
    store::{Library, StoreError, View},
};
use serde_json::{Value, json};

use super::{
    methods::{inference, methods},
    session::CommandContext,
    ui::outcome::{Outcome, complain, print, print_json, shown},
};

/// Walk the library once and index what is new or changed
#[derive(Args)]
pub struct ScanCommand {
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

impl ScanCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let config = &session.config.scan;
        let method = self.method.unwrap_or_else(|| config.method.clone());
        let (methods, unusable) = methods(&method, session)?;
        let request = ScanRequest {
            paths: self.paths,
            configured: session.config.library.roots.clone(),
            marked: vec![],
            verify: HashSet::new(),
            rules: session.rules(),
            methods,
            unusable,
            retry_failed: self.retry_failed || config.retry_failed,
            accept_missing: self.accept_missing,
        };
        if self.dry_run {
            return dry_run(&request, session);
        }
        let report = pass(&request, &method, session)?;
        if session.config.json {
            print_json(&json!(report))?;
        } else if !session.config.silent {
            print(&as_text(&report))?;
        }
        Ok(outcome(&report))
    }
}

/// One whole pass; `method` is the list that the request's methods come from. A daemon alone writes its store: where
/// there is one, it does the work, and leaves it to this process when it ends before.
pub fn pass(request: &ScanRequest, method: &str, session: &CommandContext) -> anyhow::Result<ScanReport> {
    let store = session.config.store_folder();
    let Some(running) = Running::find(&store) else {
        return own_pass(request, session);
    };
    // A mistake is told here, where it was made.
    let known: Vec<_> = View::open(&store)?.roots()?.into_keys().collect();
    Roots::join(&known, &request.paths)?;
    let paths = request.paths.iter().map(|path| Ok(std::path::absolute(path)?.into_os_string()));
    let scan = HandedScan {
        paths: paths.collect::<std::io::Result<_>>()?,
        method: method.to_owned(),
        retry_failed: request.retry_failed,
        accept_missing: request.accept_missing,
    };
    let bars = session.bars();
    let mut begun = false;
    let mut show = |state: &DaemonState| bars.follow(state, &mut begun);
    let report = session.interruptible(|stop| hand_over(&store, &scan, &running, stop, &mut show));
    bars.event(Event::End);
    match report {
        Err(HandOverError::Gone) => own_pass(request, session),
        report => {
            let report = report?;
            report.broken.iter().for_each(tell_broken);
            Ok(report)
        }
    }
}

/// A pass by this process, with its bars. The store is made only when the request has been understood.
fn own_pass(request: &ScanRequest, session: &CommandContext) -> anyhow::Result<ScanReport> {
    let folder = session.config.store_folder();
    let prepared = prepare(request, view_if_any(&folder)?.as_ref())?;
    let library = Library::open(&folder)?;
    let inference = inference(&request.methods, session, Priority::Equal)?;
    let manners = if inference.is_some() { Priority::Yielding } else { Priority::Equal };
    let workforce = session.workforce(inference, manners);
    let bars = session.bars();
    let pass = |stop: &_| scan::pass(request, prepared, &library, &workforce, &bars, stop);
    let report = ScanReport::from(&session.interruptible(pass)?);
    report.broken.iter().for_each(tell_broken);
    Ok(report)
}

fn tell_broken((model, reason): (&String, &String)) {
    complain(&format!("{model} cannot be run: {reason}"));
}

/// The store as it is, where there is one.
pub fn view_if_any(folder: &Path) -> Result<Option<View>, StoreError> {
    match View::open(folder) {
        Err(StoreError::Missing(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// The exit code's meaning for a pass.
pub fn outcome(report: &ScanReport) -> Outcome {
    if report.interrupted {
        Outcome::Interrupted
    } else if !report.broken.is_empty() {
        Outcome::Failed
    } else if report.failed > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    }
}

fn dry_run(request: &ScanRequest, session: &CommandContext) -> anyhow::Result<Outcome> {
    let prepared = prepare(request, view_if_any(&session.config.store_folder())?.as_ref())?;
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
    let unavailable = prepared.unavailable().into_iter();
    let unavailable = unavailable
        .map(|unavailable| ("unavailable", format!("{}: {}", shown(&unavailable.path), unavailable.reason)));
    let errors = survey.errors.iter();
    let unread = errors.map(|error| ("unread", format!("{}: {}", shown(&error.path), error.reason)));
    let rows = opened.chain(renamed).chain(missing).chain(unavailable).chain(unread);
    let lines: String = rows.map(|(what, place)| format!("{what:12}{place}\n")).collect();
    format!("{lines}{} found, {} unchanged, {} to open", plan.found, plan.unchanged, plan.tasks.len())
}

fn why(why: &Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Changed => "changed",
        Why::Retry => "retry",
        Why::Audit => "check",
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
        "unavailable": prepared.unavailable().iter().map(|unavailable| reason(&unavailable.path, &unavailable.reason)).collect::<Vec<_>>(),
        "unreadable": survey.errors.iter().map(|e| reason(&e.path, &e.reason)).collect::<Vec<_>>(),
        "failed_known": plan.failed_known,
    })
}

/// One line for people; what did not happen is left out.
pub fn as_text(report: &ScanReport) -> String {
    let mut parts = vec![
        format!("{} files found", report.found),
        format!("{} opened", report.opened),
        format!("{} decoded", report.decoded),
    ];
    let counts = [
        (report.renamed, "renamed"),
        (report.missing, "missing"),
        (report.partial, "partial"),
        (report.failed, "failed (see `indexer errors`)"),
        (report.failed_known, "failed before"),
    ];
    parts.extend(counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    let end = if report.interrupted { "; interrupted, the rest is left for the next scan" } else { "" };
    format!("{} in {:.1} s{end}", parts.join(", "), report.seconds)
}
