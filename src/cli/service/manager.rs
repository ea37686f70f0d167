//! The user's service manager, as `systemctl --user` reaches it.

use std::{io, process::Command};

/// Runs `systemctl --user`; what is wrong is said in one line.
pub fn systemctl(arguments: &[&str]) -> Result<(), String> {
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
    // What it has done before it failed is told, too.
    let is_reason =
        |line: &&str| !["", "Created", "Removed"].contains(&line.split(' ').next().unwrap_or_default());
    let line = said.lines().find(is_reason).unwrap_or("systemctl failed");
    Err(line.trim().trim_end_matches('.').to_owned())
}
