//! One home for one test: configuration, store and music in a temporary folder that is also the working directory.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use indexer::testing::OpenStore;
use serde_json::Value;
use tempfile::TempDir;

const CLIPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clips");

/// A user with nothing but a folder `music`.
pub(crate) struct TestEnv {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a call of the program ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; minus the number of the signal that killed it.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl TestEnv {
    /// With an empty music folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("itest-").tempdir().unwrap();
        fs::create_dir(folder.path().join("music")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// With the repository's clips in it.
    pub(crate) fn with_clips() -> Self {
        let env = Self::new();
        for clip in clips() {
            fs::copy(&clip, env.path("music").join(clip.file_name().unwrap())).unwrap();
        }
        env
    }

    /// Sets a variable for every call from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// An absolute path without links: the folder, or what lies in it.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("data/indexer")
    }

    /// What the library holds now.
    pub(crate) fn view(&self) -> OpenStore {
        OpenStore::open(&self.store()).unwrap().expect("there is a store")
    }

    /// A command that sees nothing of the tester's own home and settings.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path(""));
        for (name, folder) in [("CONFIG", "config"), ("DATA", "data"), ("CACHE", "cache"), ("STATE", "state")]
        {
            command.env(format!("XDG_{name}_HOME"), self.path(folder));
        }
        // The engine is the tests' choice, not that of the machine.
        match std::env::var_os("INDEXER_TEST_ONNXRUNTIME") {
            Some(library) => {
                command.env("INDEXER_INFERENCE_ENGINE", "onnxruntime");
                command.env("INDEXER_INFERENCE_RUNTIME", library);
            }
            None => drop(command.env("INDEXER_INFERENCE_ENGINE", "tract")),
        }
        // Whether there is an ffmpeg is, too.
        command.env("INDEXER_DECODER_FFMPEG", "off");
        command.envs(self.variables.iter().cloned());
        command.current_dir(self.path("")).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// `indexer`, with the words of `line` as its arguments; relative paths start in this home.
    pub(crate) fn indexer(&self, line: &str) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_indexer"));
        command.args(line.split_whitespace());
        command
    }

    pub(crate) fn start(&self, line: &str) -> Child {
        self.indexer(line).spawn().unwrap()
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        Output::of(self.indexer(line))
    }

    /// The object of a call that must succeed.
    pub(crate) fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        assert_eq!(output.status, 0, "{line}: {output:?}");
        output.json()
    }

    /// `path → kind` of every failure on record, paths relative to the music folder.
    pub(crate) fn failures(&self) -> BTreeMap<String, String> {
        let music = format!("{}/", self.path("music").display());
        let errors = self.json("errors");
        let row = |row: &Value| {
            let path = row["path"].as_str().unwrap();
            (path.strip_prefix(&music).unwrap_or(path).to_owned(), row["kind"].as_str().unwrap().to_owned())
        };
        errors["failures"].as_array().unwrap().iter().map(row).collect()
    }
}

impl Output {
    pub(crate) fn of(mut command: Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// The last line of stdout, which `--json` promises to be an object.
    pub(crate) fn json(&self) -> Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status: code(output.status), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or_default())
}

/// The repository's clips, in the order of their names.
pub(crate) fn clips() -> Vec<PathBuf> {
    let files = fs::read_dir(CLIPS).unwrap().map(|entry| entry.unwrap().path());
    let mut clips: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind != "py")).collect();
    clips.sort();
    clips
}

/// Whether tests are to take as long as their promises say, not as long as one waits.
pub(crate) fn is_long() -> bool {
    std::env::var_os("INDEXER_TEST_LONG").is_some_and(|set| set == "1")
}

/// One of the repository's clips.
pub(crate) fn clip(name: &str) -> Vec<u8> {
    fs::read(Path::new(CLIPS).join(name)).unwrap()
}

/// A checkpoint of a miniature of CNN14, `legacy` or `zip`.
pub(crate) fn checkpoint(format: &str) -> PathBuf {
    Path::new(CLIPS).with_file_name("golden/cnn14").join(format!("cnn14_mini_{format}.pth"))
}

/// Every file under `folder` with its bytes and the time of its last change.
pub(crate) fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.symlink_metadata() {
                Ok(found) if found.is_dir() => folders.push(path),
                Ok(found) => {
                    let bytes = fs::read(&path).unwrap_or_default();
                    files.insert(path, (bytes, found.modified().unwrap()));
                }
                Err(_) => {}
            }
        }
    }
    files
}

/// The counts of `names` in a summary.
pub(crate) fn counts<const N: usize>(summary: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| summary[name].as_u64().unwrap_or_else(|| panic!("{name} in {summary}")))
}
