//! Where the program lies that a service runs.

use std::{env, path::PathBuf};

use anyhow::{Context, bail};

/// The name under which this program is found after an upgrade, too.
pub fn program() -> anyhow::Result<PathBuf> {
    let this = env::current_exe().context("the file of this program cannot be found")?;
    if !this.exists() {
        bail!("the file of this program has been replaced: call the new one");
    }
    // Package managers keep a link in PATH while the folder that it names changes with the version.
    let folders = env::var_os("PATH").unwrap_or_default();
    let names = env::split_paths(&folders).filter(|folder| folder.is_absolute());
    let mut names = names.map(|folder| folder.join(env!("CARGO_PKG_NAME")));
    Ok(names.find(|name| name.canonicalize().is_ok_and(|file| file == this)).unwrap_or(this))
}
