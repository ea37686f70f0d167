//! The folder where a user's units lie, and what of it is ours.

use std::{
    fs,
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use indexer::fs::{atomic, user_folders};

use super::units::{MARK, NAMES, Unit};
use crate::cli::ui::outcome::shown;

/// `$XDG_CONFIG_HOME/systemd/user`.
pub struct UnitFolder(PathBuf);

/// What lies where a unit belongs.
#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    Ours(String),
    Foreign,
}

impl UnitFolder {
    pub fn usual() -> Self {
        Self(user_folders::config().join("systemd/user"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of the units that `install` has written.
    pub fn ours(&self) -> Vec<&'static str> {
        NAMES.into_iter().filter(|name| matches!(self.look(name), Found::Ours(_))).collect()
    }

    /// Writes all units or, where one would replace a file of somebody else, none; says whether anything is new.
    pub fn write(&self, units: &[Unit]) -> anyhow::Result<bool> {
        let found: Vec<_> = units.iter().map(|unit| self.look(unit.name)).collect();
        if let Some(n) = found.iter().position(|found| *found == Found::Foreign) {
            let path = self.path(units[n].name);
            bail!("{} is not of `indexer service install`: move it away first", shown(&path));
        }
        let mut is_new = false;
        for (unit, found) in units.iter().zip(found) {
            if found != Found::Ours(unit.text.clone()) {
                let path = self.path(unit.name);
                write(&path, &unit.text).with_context(|| format!("{} cannot be written", shown(&path)))?;
                is_new = true;
            }
        }
        Ok(is_new)
    }

    pub fn remove(&self, name: &str) -> anyhow::Result<()> {
        let path = self.path(name);
        fs::remove_file(&path).with_context(|| format!("{} cannot be removed", shown(&path)))
    }

    fn look(&self, name: &str) -> Found {
        let path = self.path(name);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
            // A link is how systemd masks a unit, and how people keep theirs elsewhere.
            Ok(there) if !there.is_file() => return Found::Foreign,
            _ => {}
        }
        match fs::read_to_string(path) {
            Ok(text) if text.lines().next() == Some(MARK) => Found::Ours(text),
            _ => Found::Foreign,
        }
    }
}

/// Makes a folder that only its owner may enter, where there is none.
pub fn private(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("the folder {} cannot be made", shown(folder)))
}

/// Makes a folder as everybody's umask says, where there is none.
pub fn open(folder: &Path) -> anyhow::Result<()> {
    match fs::create_dir(folder) {
        Err(_) if folder.is_dir() => Ok(()),
        made => made.with_context(|| format!("the folder {} cannot be made", shown(folder))),
    }
}

/// A file that is there whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    atomic::replace(path, text.as_bytes(), 0o644)
}
