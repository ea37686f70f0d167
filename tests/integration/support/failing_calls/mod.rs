//! A disk whose calls fail, under the whole program.

use std::{path::PathBuf, process::Command};

use super::environment::TestEnv;

/// Builds the library that fails calls.
pub(crate) fn preloaded(env: &TestEnv) -> PathBuf {
    let library = env.path("failing.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/support/failing_calls/preloaded.rs");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(compiler)
        .args(["--edition=2024", "--crate-type=cdylib", "-O", "-o"])
        .args([library.as_os_str(), source.as_ref()])
        .output()
        .expect("the compiler that built this test");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

/// What fails, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailingCall {
    pub number: u64,
    pub errno: i32,
    /// The calls behind it, too.
    pub for_good: bool,
}

impl FailingCall {
    /// `indexer` with it.
    pub(crate) fn run(self, env: &TestEnv, library: &PathBuf, line: &str) -> Command {
        let mut command = env.indexer(line);
        command.env("LD_PRELOAD", library).env("FAILING_TOLD", env.path("told"));
        command.env("FAILING_CALL", self.number.to_string()).env("FAILING_ERRNO", self.errno.to_string());
        if self.for_good {
            command.env("FAILING_FOR_GOOD", "1");
        }
        command
    }
}
