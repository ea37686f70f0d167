//! Surroundings that root must not see through: files without permission, folders that cannot be written.

use std::{path::Path, process::Command};

use super::environment::{Output, TestEnv};

/// `indexer` as a user who may do nothing special: root gives its capabilities away for it (setpriv).
pub(crate) fn without_privileges(env: &TestEnv, line: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return env.indexer(line);
    }
    let mut command = env.command("setpriv");
    command.args(["--bounding-set=-all", "--inh-caps=-all", "--", env!("CARGO_BIN_EXE_indexer")]);
    command.args(line.split_whitespace());
    command
}

/// `indexer` where `folders` are mounted read-only, in a namespace of its own. None where the machine
/// refuses namespaces and the tester knows it.
fn with_read_only(env: &TestEnv, folders: &[&Path], line: &str) -> Option<Command> {
    if are_refused() {
        return None;
    }
    const SCRIPT: &str = r#"
        while [ "$1" != -- ]; do
            mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
            shift
        done
        shift
        exec "$@""#;
    let mut command = env.command("unshare");
    command.args(["-Urm", "sh", "-c", SCRIPT, "sh"]).args(folders);
    command.args(["--", env!("CARGO_BIN_EXE_indexer")]).args(line.split_whitespace());
    Some(command)
}

/// A shell script that may mount, with the program as its first argument.
pub(crate) fn in_namespace(env: &TestEnv, script: &str) -> Option<Command> {
    let mut command = env.command("unshare");
    command.args(["-Urm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_indexer")]);
    (!are_refused()).then_some(command)
}

fn are_refused() -> bool {
    std::env::var_os("INDEXER_TEST_NO_NAMESPACES").is_some_and(|set| set == "1")
}

/// Runs `line` where `folders` are read-only; none where namespaces are refused and that is known.
pub(crate) fn run_read_only(env: &TestEnv, folders: &[&Path], line: &str) -> Option<Output> {
    let output = Output::of(with_read_only(env, folders, line)?);
    let refused = output.status == 99 || output.stderr.contains("unshare failed");
    assert!(!refused, "no namespaces here (INDEXER_TEST_NO_NAMESPACES=1 does without): {output:?}");
    Some(output)
}
