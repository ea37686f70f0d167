//! How a command ended: exit codes, error lines, and what `--json` promises.

use std::{
    any::Any,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

pub use indexer::text::one_line;
use indexer::{
    app::{ClusterRunError, HistoryError, IndexError, PublishError, ScanError, watch::HandOverError},
    config::{Config, ConfigError},
    library::{RootError, RulesError},
    model::{FetchError, ImportError, InstalledError, SpecError},
    store::StoreError,
};
use serde_json::{Value, json};

/// Done, one way or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Done, but this call tried and failed some files.
    SomeFailed,
    /// Not all could be done; what is wrong has been said.
    Failed,
    Interrupted,
}

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const INTERRUPTED: u8 = 130;

/// What the user asked for makes no sense: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Prints text on stdout. A reader that has gone away is no error.
pub fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A path on one line, whatever its name holds.
pub fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

/// Things with their number; a thing is called by one word.
pub fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Prints the one object of `--json`.
pub fn print_json(value: &Value) -> io::Result<()> {
    print(&value.to_string())
}

/// Turns the end of a command into lines and an exit code.
pub fn report(outcome: Result<anyhow::Result<Outcome>, Box<dyn Any + Send>>, json: bool) -> ExitCode {
    let error = match outcome {
        Ok(Ok(Outcome::Done)) => return ExitCode::SUCCESS,
        Ok(Ok(Outcome::SomeFailed)) => return ExitCode::from(3),
        Ok(Ok(Outcome::Failed)) => return ExitCode::from(FAILED),
        Ok(Ok(Outcome::Interrupted)) => return ExitCode::from(INTERRUPTED),
        Ok(Err(error)) => error,
        Err(_) => {
            anyhow::anyhow!("something impossible happened: run again with --debug and report what it says")
        }
    };
    let (kind, code) = classify(&error);
    fail(kind, &format!("{error:#}"), code, json)
}

/// Says one line of what is wrong.
pub fn complain(message: &str) {
    tracing::error!("{message}");
    tell(&format!("indexer: {}", one_line(message)));
}

/// A line on stderr. Whoever read it may have gone away: that ends nothing.
pub fn tell(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}

fn fail(kind: &str, message: &str, code: u8, json: bool) -> ExitCode {
    complain(message);
    if json {
        // Nothing more can be done for a reader that has gone away.
        drop(print_json(&json!({"error": {"kind": kind, "message": message}})));
    }
    ExitCode::from(code)
}

fn classify(error: &anyhow::Error) -> (&'static str, u8) {
    use HandOverError::{Interrupted, Withdrawn};
    if matches!(error.downcast_ref(), Some(Interrupted(_) | Withdrawn(_))) {
        ("interrupted", INTERRUPTED)
    } else if error.is::<Usage>() || matches!(error.downcast_ref(), Some(ScanError::NoRoots)) {
        ("usage", USAGE)
    } else if is_of_config(error) {
        ("config", USAGE)
    } else if is_unknown_model(error) || history(error).is_some_and(HistoryError::is_usage) {
        ("usage", USAGE)
    } else if error.is::<InstalledError>() || error.is::<ImportError>() || error.is::<FetchError>() {
        ("model", FAILED)
    } else if is_of_folder(error) {
        ("folder", FAILED)
    } else if is_of_store(error) {
        ("store", FAILED)
    } else {
        ("failed", FAILED)
    }
}

fn is_of_config(error: &anyhow::Error) -> bool {
    error.is::<ConfigError>()
        || error.is::<RulesError>()
        || matches!(error.downcast_ref(), Some(ScanError::Rules(_)))
}

/// A name that no model has, or none can have.
fn is_unknown_model(error: &anyhow::Error) -> bool {
    use InstalledError::Spec;
    matches!(error.downcast_ref(), Some(Spec(SpecError::Unknown(_))))
        || matches!(error.downcast_ref(), Some(ImportError::Name(_)))
}

/// A wrong turn in the history of a set.
fn history(error: &anyhow::Error) -> Option<&HistoryError> {
    match error.downcast_ref() {
        Some(ClusterRunError::History(error)) => Some(error),
        _ => error.downcast_ref(),
    }
}

fn is_of_folder(error: &anyhow::Error) -> bool {
    error.is::<RootError>()
        || matches!(error.downcast_ref(), Some(ScanError::Root(_)))
        || matches!(error.downcast_ref(), Some(ClusterRunError::Root(_)))
}

fn is_of_store(error: &anyhow::Error) -> bool {
    use ClusterRunError::{Publish, Store};
    error.is::<StoreError>()
        || matches!(error.downcast_ref(), Some(ScanError::Store(_) | ScanError::Index(IndexError::Store(_))))
        || matches!(error.downcast_ref(), Some(Store(_) | Publish(PublishError::Store(_))))
        || matches!(history(error), Some(HistoryError::Store(_)))
}

/// What clap has to say: help and version are results, the rest is an error of usage.
pub fn usage_error(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) };
    }
    if std::env::args_os().any(|arg| arg == "--json") || Config::asks_for_json(None) {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        return fail("usage", line.trim_start_matches("error: "), USAGE, true);
    }
    drop(error.print());
    ExitCode::from(USAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_moves_the_terminal() {
        assert_eq!(shown(Path::new("/a\nb\u{1b}[2J é")), "/a\\nb\\u{1b}[2J é");
        assert_eq!(one_line("\u{202e}3pm.exe\u{200b}"), "\\u{202e}3pm.exe\\u{200b}");
    }
}
