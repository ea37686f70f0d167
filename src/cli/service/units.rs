//! What the units say: their templates lie beside this file.

use std::path::{Path, PathBuf};

use indexer::fs::user_folders;

use super::quoting::{absolute, quoted, word};
use crate::cli::{Global, ui::outcome::Usage};

/// The first line of whatever `install` writes; nothing else is replaced or removed.
pub const MARK: &str = "# Written by indexer service install";
/// All names that units of ours have.
pub const NAMES: [&str; 3] = [DAEMON, REFRESH, TIMER];
pub const DAEMON: &str = "indexer.service";
pub const REFRESH: &str = "indexer-refresh.service";
pub const TIMER: &str = "indexer-refresh.timer";

/// What needs a user namespace, and keeps a unit from starting where there is none.
pub const NAMESPACES: &str = include_str!("namespaces.conf");

/// A file for systemd.
pub struct Unit {
    pub name: &'static str,
    pub text: String,
}

/// What one service runs, and what it may touch.
pub struct Service<'a> {
    pub program: &'a Path,
    /// Arguments after the name of the command, as words of a unit file.
    pub flags: Vec<String>,
    pub reads: &'a [PathBuf],
    pub writes: Vec<PathBuf>,
    pub has_namespaces: bool,
}

impl Unit {
    pub fn daemon(service: &Service) -> Result<Self, Usage> {
        Self::service(DAEMON, include_str!("indexer.service"), service)
    }

    pub fn refresh(service: &Service) -> Result<Self, Usage> {
        Self::service(REFRESH, include_str!("indexer-refresh.service"), service)
    }

    pub fn timer(at: &str) -> Self {
        Self { name: TIMER, text: include_str!("indexer-refresh.timer").replace("{at}", at) }
    }

    fn service(name: &'static str, template: &str, service: &Service) -> Result<Self, Usage> {
        let flags: String = service.flags.iter().map(|flag| format!(" {flag}")).collect();
        let text = template
            .replace("{environment}\n", &environment()?)
            .replace("{sandbox}", sandbox(service)?.trim_end())
            .replace("{program}", &word(":", service.program)?)
            .replace("{flags}", &flags);
        Ok(Self { name, text })
    }
}

/// The flags of every command that a service is to have, too, as words of a unit file.
pub fn flags(global: &Global) -> Result<Vec<String>, Usage> {
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

/// A flag and its value.
pub fn flag(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), quoted(value)]
}

/// Where this call finds its settings and its store, the service must, too.
fn environment() -> Result<String, Usage> {
    let mut lines = String::new();
    for (name, path) in user_folders::moved() {
        lines += &format!("Environment={}\n", word(&format!("{name}="), &path)?);
    }
    Ok(lines)
}

fn sandbox(service: &Service) -> Result<String, Usage> {
    let mut paths = Vec::new();
    // Of one path with both, systemd would only let it be read.
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
