//! The one file of `--output`, which never replaces somebody else's.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fs::output::{self, OutputRefusal, StagedOutput};

/// The value of the key `generator`, which marks our own JSON.
pub(crate) const GENERATOR: &str = "indexer";
/// How our own JSON begins.
const BEGINNING: &str = "{\n  \"generator\": \"indexer\"";

/// Why `--output` was not written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("{} is not a playlist JSON of this program: choose another --output, or replace it with --force", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} is there already: choose another --output, or replace it with --force", path.display())]
    Exists { path: PathBuf },
    #[error("{} is a folder or a device: choose another --output", path.display())]
    NoFile { path: PathBuf },
    #[error("cannot write {}: choose an --output in a folder that exists and is writable", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl From<OutputRefusal> for OutputError {
    fn from(refusal: OutputRefusal) -> Self {
        match refusal {
            OutputRefusal::NotOurs(path) => Self::NotOurs { path },
            OutputRefusal::NoFile(path) => Self::NoFile { path },
            OutputRefusal::Write(path, source) => Self::Write { path, source },
        }
    }
}

/// Refuses a path where something lies that [`stage()`] does not replace.
/// Errors: [`OutputError::NotOurs`], or, even with `force`, [`OutputError::NoFile`].
pub(crate) fn check(path: &Path, force: bool) -> Result<(), OutputError> {
    Ok(output::check(path, force, is_ours)?)
}

/// Writes `bytes` next to `path`; none if an equal file is there. Another file is replaced only if it is a JSON object of ours,
/// or with `force`.
pub(crate) fn stage(path: &Path, bytes: &[u8], force: bool) -> Result<Option<StagedOutput>, OutputError> {
    Ok(output::stage(path, bytes, force, is_ours)?)
}

/// Gives the file its name, if there is one.
/// Errors: the disk fails, or somebody else has put a file there. What was there is there again.
pub(crate) fn place(staged: Option<StagedOutput>) -> Result<(), OutputError> {
    staged.map(StagedOutput::place).transpose()?;
    Ok(())
}

/// Whether a file is JSON of ours. Only the one value is kept in memory, and a file that begins as ours do is
/// not read further.
fn is_ours(path: &Path) -> bool {
    #[derive(Deserialize)]
    struct Ours {
        generator: String,
    }
    let Ok(mut file) = File::open(path).map(BufReader::new) else { return false };
    if file.fill_buf().is_ok_and(|bytes| bytes.starts_with(BEGINNING.as_bytes())) {
        return true;
    }
    // serde would accept a list as the object.
    let is_object = file.fill_buf().is_ok_and(|bytes| bytes.trim_ascii_start().starts_with(b"{"));
    is_object && serde_json::from_reader(file).is_ok_and(|Ours { generator }| generator == GENERATOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// Whether it had to be written.
    fn write(path: &Path, bytes: &[u8], force: bool) -> Result<bool, OutputError> {
        let output = stage(path, bytes, force)?;
        let is_staged = output.is_some();
        place(output).map(|()| is_staged)
    }

    const OURS: &str = r#"{"playlists": [1, {"x": null}], "generator": "indexer"}"#;

    #[test]
    fn only_our_own_json_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.json");
        let cases = [
            (OURS, true),
            ("", false),
            ("text", false),
            (r#"["indexer"]"#, false),
            (r#"{"generator": "other"}"#, false),
            (r#"{"playlists": []}"#, false),
            (r#"{"generator": "indexer""#, false),
        ];
        for (present, is_ours) in cases {
            fs::write(&path, present).unwrap();
            assert_eq!(check(&path, false).is_ok(), is_ours, "{present}");
            assert_eq!(write(&path, b"new", false).is_ok(), is_ours, "{present}");
            assert_eq!(fs::read_to_string(&path).unwrap(), if is_ours { "new" } else { present });
            assert!(write(&path, b"forced", true).unwrap());
            assert_eq!(fs::read_to_string(&path).unwrap(), "forced");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_is_made_and_an_equal_one_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.json");
        assert!(write(&path, OURS.as_bytes(), false).unwrap());
        let before = path.metadata().unwrap().modified().unwrap();
        assert!(!write(&path, OURS.as_bytes(), false).unwrap());
        assert_eq!(path.metadata().unwrap().modified().unwrap(), before);
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&target, OURS).unwrap();
        symlink(&target, &link).unwrap();
        assert!(matches!(write(&link, b"new", false), Err(OutputError::NotOurs { .. })));
        assert!(write(&link, b"new", true).unwrap());
        assert!(link.symlink_metadata().unwrap().is_file());
        assert_eq!(fs::read_to_string(&target).unwrap(), OURS);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let error = write(Path::new("/nowhere/p.json"), b"", false).unwrap_err();
        let OutputError::Write { source, .. } = &error else { panic!("{error}") };
        assert_eq!(source.to_string(), "No such file or directory (os error 2)");
        assert!(error.to_string().starts_with("cannot write /nowhere/p.json"));
    }

    #[test]
    fn no_force_replaces_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("/dev/null", &link).unwrap();
        for path in [folder.path(), Path::new("/dev/null"), &link] {
            for force in [false, true] {
                let refused = write(path, b"", force).unwrap_err();
                assert!(matches!(refused, OutputError::NoFile { .. }), "{}: {refused}", path.display());
            }
        }
        assert!(link.is_symlink());
    }

    #[test]
    fn what_is_staged_and_not_placed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.json");
        drop(stage(&path, b"new", false).unwrap());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}
