//! The text of the units, from the templates beside this file.

use std::path::{Path, PathBuf};

use indexer::user_folders;

use super::quoting::{absolute, quoted, word};
use crate::{cli::args::global::Global, cli::ui::exit::Usage};

/// The first line of whatever `install` writes; nothing else is replaced or removed.
pub(super) const MARK: &str = "# Written by indexer service install";
/// The names of all units that `install` may write.
pub(super) const NAMES: [&str; 3] = [DAEMON, REFRESH, TIMER];
pub(super) const DAEMON: &str = "indexer.service";
pub(super) const REFRESH: &str = "indexer-refresh.service";
pub(super) const TIMER: &str = "indexer-refresh.timer";

/// The settings that need a user namespace: without one, a unit that has them does not start.
pub(super) const NAMESPACES: &str = include_str!("namespaces.conf");

/// A unit file for systemd.
pub(super) struct Unit {
    pub name: &'static str,
    pub text: String,
}

/// What a service runs, and which paths it may read and write.
pub(super) struct Service<'a> {
    pub program: &'a Path,
    /// Arguments after the name of the command, as words of a unit file.
    pub flags: Vec<String>,
    pub reads: &'a [PathBuf],
    pub writes: Vec<PathBuf>,
    pub has_namespaces: bool,
}

impl Unit {
    pub(super) fn timer(at: &str) -> Self {
        Self { name: TIMER, text: include_str!("indexer-refresh.timer").replace("{at}", at) }
    }

    /// `name` is [`DAEMON`] or [`REFRESH`].
    pub(super) fn service(name: &'static str, service: &Service) -> Result<Self, Usage> {
        let daemon = include_str!("indexer.service");
        let template = if name == DAEMON { daemon } else { include_str!("indexer-refresh.service") };
        let flags: String = service.flags.iter().map(|flag| format!(" {flag}")).collect();
        let text = template
            .replace("{environment}\n", &environment()?)
            .replace("{sandbox}", sandbox(service)?.trim_end())
            .replace("{program}", &word(":", service.program)?)
            .replace("{flags}", &flags);
        Ok(Self { name, text })
    }
}

/// The global flags of this call that its services get, too, as words of a unit file.
pub(super) fn flags(global: &Global) -> Result<Vec<String>, Usage> {
    let mut words = Vec::new();
    for (flag, path) in
        [("--config", &global.config), ("--store", &global.store), ("--logfile", &global.logfile)]
    {
        if let Some(path) = path {
            words.extend([flag.to_owned(), word("", &absolute(path))?]);
        }
    }
    if let Some(jobs) = global.jobs {
        words.extend(["--jobs".to_owned(), jobs.to_string()]);
    }
    words.extend(global.debug.then(|| "--debug".to_owned()));
    Ok(words)
}

pub(super) fn flag(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), quoted(value)]
}

/// What leads the service to the same settings and store as this call.
fn environment() -> Result<String, Usage> {
    let line =
        |(name, path): (&str, PathBuf)| Ok(format!("Environment={}\n", word(&format!("{name}="), &path)?));
    user_folders::moved().map(line).collect()
}

fn sandbox(service: &Service) -> Result<String, Usage> {
    let mut paths = Vec::new();
    // A path that had both would be read-only.
    for path in service.reads.iter().filter(|path| !service.writes.contains(path)) {
        paths.push(format!("ReadOnlyPaths={}", word("-", path)?));
    }
    for path in &service.writes {
        paths.push(format!("ReadWritePaths={}", word("-", path)?));
    }
    let is_temporary = |path: &Path| path.starts_with("/tmp") || path.starts_with("/var/tmp");
    let touched = service.reads.iter().chain(&service.writes).map(PathBuf::as_path);
    let hides = touched.chain([service.program]).any(is_temporary);
    let tmp = if hides { "# No PrivateTmp: it would hide what is used." } else { "PrivateTmp=yes" };
    let text = include_str!("sandbox.conf").replace("{paths}", &paths.join("\n")).replace("{tmp}", tmp);
    Ok(if service.has_namespaces { format!("{text}\n{NAMESPACES}") } else { text })
}
