//! Lines on stdout and stderr: nothing printed moves or misleads a terminal.

use std::{
    io::{self, Write},
    path::Path,
};

pub(crate) use indexer::{counted, one_line};

use indexer::user_folders;
use serde_json::Value;

/// Prints text to stdout. A reader that has closed the pipe is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Prints the one object of `--json`.
pub(crate) fn print_json(value: &Value) -> io::Result<()> {
    print(&value.to_string())
}

/// Prints a line to stderr. That nobody can read it ends nothing.
pub(crate) fn print_to_stderr(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}

/// Logs an error and prints it to stderr, on one line.
pub(crate) fn complain(message: &str) {
    tracing::error!("{message}");
    print_to_stderr(&format!("indexer: {}", one_line(message)));
}

/// A path on one line, whatever its name holds.
pub(crate) fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

/// The same, with `~` for the user's home.
pub(crate) fn home(path: &Path) -> String {
    let home = user_folders::home().filter(|home| home.parent().is_some());
    match home.as_ref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest == Path::new("") => "~".to_owned(),
        Some(rest) => format!("~/{}", shown(rest)),
        None => shown(path),
    }
}

/// Prints bytes to stdout as they are. A reader that has closed the pipe is no error.
pub(crate) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
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
