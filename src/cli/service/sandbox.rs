//! How much of a sandbox a service gets.

use std::process::Command;

use clap::ValueEnum;

use super::units::NAMESPACES;

/// What systemd says of a service whose user namespace, capabilities or mounts were refused: systemd.exec(5).
const REFUSED: [i32; 3] = [217, 218, 226];

/// How much of a service's sandbox is set up.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sandbox {
    Full,
    Basic,
}

impl Sandbox {
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Basic => "basic",
        }
    }

    /// How much of a sandbox a service gets here: one that does nothing is started to see.
    pub fn possible() -> Self {
        let settings = NAMESPACES.lines().filter(|line| !line.starts_with('#') && line.contains('='));
        let mut command = Command::new("systemd-run");
        command.args(["--user", "--wait", "--collect", "--quiet", "--property=ProtectSystem=strict"]);
        command.args(settings.map(|line| format!("--property={line}"))).arg("true");
        match command.output() {
            Ok(output) if output.status.code().is_some_and(|code| REFUSED.contains(&code)) => Self::Basic,
            // Who cannot be asked, such as the manager of a user who is not logged in, is taken for able.
            _ => Self::Full,
        }
    }
}
