//! What is reached of systemd: the folder of the user's units, the service manager, and what sandbox it can set up.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use clap::ValueEnum;
use indexer::user_folders;

use super::units::{MARK, NAMES, NAMESPACES, Unit};
use crate::cli::ui::print::shown;

/// `$XDG_CONFIG_HOME/systemd/user`.
pub(super) struct UnitFolder(PathBuf);

/// What lies where a unit belongs.
#[derive(PartialEq, Eq)]
enum UnitState {
    Absent,
    /// Written by `install`, with this text.
    Ours(String),
    Foreign,
}

impl UnitFolder {
    pub(super) fn usual() -> Self {
        Self(user_folders::config().join("systemd/user"))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of the units that `install` has written.
    pub(super) fn ours(&self) -> Vec<&'static str> {
        NAMES.into_iter().filter(|name| matches!(self.look(name), UnitState::Ours(_))).collect()
    }

    /// Writes all units or, if one would replace a file that is not ours, none; returns whether any has changed.
    pub(super) fn write(&self, units: &[Unit]) -> anyhow::Result<bool> {
        let found: Vec<_> = units.iter().map(|unit| self.look(unit.name)).collect();
        if let Some(n) = found.iter().position(|found| *found == UnitState::Foreign) {
            let path = self.path(units[n].name);
            bail!("{} was not written by `indexer service install`: move it away first", shown(&path));
        }
        let mut has_changed = false;
        for (unit, found) in units.iter().zip(found) {
            if found != UnitState::Ours(unit.text.clone()) {
                let path = self.path(unit.name);
                write(&path, &unit.text).with_context(|| format!("{} cannot be written", shown(&path)))?;
                has_changed = true;
            }
        }
        Ok(has_changed)
    }

    pub(super) fn remove(&self, name: &str) -> anyhow::Result<()> {
        let path = self.path(name);
        fs::remove_file(&path).with_context(|| format!("{} cannot be removed", shown(&path)))
    }

    fn look(&self, name: &str) -> UnitState {
        let path = self.path(name);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return UnitState::Absent,
            // A link is how systemd masks a unit, and how people keep theirs elsewhere.
            Ok(there) if !there.is_file() => return UnitState::Foreign,
            _ => {}
        }
        match fs::read_to_string(path) {
            Ok(text) if text.lines().next() == Some(MARK) => UnitState::Ours(text),
            _ => UnitState::Foreign,
        }
    }
}

/// A file that is there whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    let mut file =
        builder.prefix(".indexer-").permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Runs `systemctl --user`.
/// Errors: what systemctl complains of, in one line.
pub(super) fn systemctl(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("systemctl").arg("--user").args(arguments).output().map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            "there is no systemctl here".to_owned()
        } else {
            format!("systemctl cannot be run: {error}")
        }
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // It also reports what it did before it failed.
    let is_reason =
        |line: &&str| !["", "Created", "Removed"].contains(&line.split(' ').next().unwrap_or_default());
    let line = said.lines().find(is_reason).unwrap_or("systemctl failed");
    Err(line.trim().trim_end_matches('.').to_owned())
}

/// The exit statuses of a service that was refused its user namespace, capabilities or mounts: systemd.exec(5).
const REFUSED: [i32; 3] = [217, 218, 226];

/// How much of a service's sandbox is set up.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sandbox {
    Full,
    Basic,
}

impl Sandbox {
    /// How much of a sandbox the service manager can set up, tried with a service that does nothing.
    pub(super) fn possible() -> Self {
        let settings = NAMESPACES.lines().filter(|line| !line.starts_with('#') && line.contains('='));
        let mut command = Command::new("systemd-run");
        command.args(["--user", "--wait", "--collect", "--quiet", "--property=ProtectSystem=strict"]);
        command.args(settings.map(|line| format!("--property={line}"))).arg("true");
        match command.output() {
            Ok(output) if output.status.code().is_some_and(|code| REFUSED.contains(&code)) => Self::Basic,
            // A manager that cannot be asked, such as that of a user who is not logged in, is assumed to be able.
            _ => Self::Full,
        }
    }
}
