//! Which files of a folder are wanted, and which folders in it are entered.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::discarded::{FolderNames, closed_by};
use super::excluded::{RulesError, gitignore};

/// Which files are wanted. The gitignore lines of a folder's `.indexerignore` and `.ndignore` count besides, and what closes a folder.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Without a dot; compared in any case.
    pub extensions: Vec<String>,
    /// Gitignore patterns, relative to the root.
    pub ignore: Vec<String>,
    /// Folders below the root that are not entered.
    pub discarded: FolderNames,
    /// Also enter folders and list files whose names begin with a dot.
    pub hidden: bool,
    /// Also follow links, even out of the root.
    pub follow_links: bool,
    /// An album that is one file is divided into songs by its cue sheet.
    pub cue: bool,
}

impl Rules {
    /// Checks the patterns without walking.
    pub(crate) fn check(&self) -> Result<(), RulesError> {
        gitignore(Path::new("/"), &self.ignore)?;
        match self.discarded.misplaced() {
            Some(name) => Err(RulesError {
                pattern: name.to_owned(),
                reason: "`discarded` takes names of folders, `ignore` takes paths".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Whether a file of this name counts as audio: by its extension, unless it is the temporary name of a file that is still being
    /// written. Most of those have another extension or a dot in front.
    pub(crate) fn wants(&self, path: &Path) -> bool {
        !is_temporary(path) && self.extensions.iter().any(|wanted| has_extension(path, wanted))
    }

    /// Whether a file of this name is a cue sheet that counts.
    pub(crate) fn is_sheet(&self, path: &Path) -> bool {
        self.cue && !is_temporary(path) && has_extension(path, "cue")
    }

    /// Whether files and folders of this name are skipped.
    pub(crate) fn hides(&self, name: &OsStr) -> bool {
        !self.hidden && name.as_bytes().starts_with(b".")
    }

    /// The folder on the way from `root` to `scope` that is not entered, with the reason.
    pub(super) fn closed(&self, root: &Path, scope: &Path) -> Option<(PathBuf, String)> {
        let way: Vec<_> = scope.ancestors().take_while(|folder| folder.starts_with(root)).collect();
        way.into_iter().rev().find_map(|folder| {
            let is_discarded =
                folder != root && self.discarded.contain(folder.file_name()?) && folder.is_dir();
            let reason = match (is_discarded, closed_by(folder)) {
                (true, _) => "its name is among those that are `discarded`".to_owned(),
                (false, marker) => format!("{} closes it", marker?),
            };
            Some((folder.to_owned(), reason))
        })
    }
}

fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    name.starts_with(b".#") || name.starts_with(b".syncthing.")
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_pattern_is_named() {
        let error = rules(&["{a,b"], &[]).check().unwrap_err();
        assert_eq!(error.pattern, "{a,b");
        let error = rules(&[], &["a/b"]).check().unwrap_err();
        assert!(error.to_string().contains("`a/b` is not valid"), "{error}");
    }

    fn rules(ignore: &[&str], discarded: &[&str]) -> Rules {
        Rules {
            extensions: vec![],
            ignore: ignore.iter().map(|&pattern| pattern.to_owned()).collect(),
            discarded: FolderNames::new(discarded),
            hidden: false,
            follow_links: false,
            cue: true,
        }
    }
}
