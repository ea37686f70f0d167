//! Steps that give files their names, and can be taken back until all of them are done.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempPath;

use super::atomic::Staged;

/// A step that was taken. What it has displaced lies under a hidden name, and goes with this.
pub(crate) struct Placed {
    path: PathBuf,
    before: Before,
}

enum Before {
    /// Nothing was there.
    Nothing,
    File(TempPath),
    /// A file that is gone: this filesystem exchanges none.
    Gone,
}

impl Placed {
    /// Gives a file the name `path`, which no other may have.
    pub(crate) fn create(staged: Staged, path: &Path) -> io::Result<Self> {
        staged.create(path)?;
        Ok(Self { path: path.to_owned(), before: Before::Nothing })
    }

    /// Gives a file the name `path`, in place of the file that has it.
    pub(crate) fn replace(staged: Staged, path: &Path) -> io::Result<Self> {
        let before = match renameat_with(CWD, staged.path(), CWD, path, RenameFlags::EXCHANGE) {
            Ok(()) => {
                let hidden = staged.into_path();
                if hidden.symlink_metadata()?.is_dir() {
                    // Somebody has put it there meanwhile.
                    renameat_with(CWD, &*hidden, CWD, path, RenameFlags::EXCHANGE)?;
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                Before::File(hidden)
            }
            // It has gone, or this is a filesystem that cannot do it.
            Err(_) => {
                staged.replace(path)?;
                Before::Gone
            }
        };
        Ok(Self { path: path.to_owned(), before })
    }

    /// Removes the file at `path`; `hidden` is an empty one in the same folder.
    pub(crate) fn remove(hidden: Staged, path: &Path) -> io::Result<Self> {
        let hidden = hidden.into_path();
        fs::rename(path, &hidden)?;
        Ok(Self { path: path.to_owned(), before: Before::File(hidden) })
    }

    /// Makes it as it was before, as far as that can be done.
    pub(crate) fn take_back(self) -> io::Result<()> {
        match self.before {
            Before::Nothing => fs::remove_file(self.path),
            Before::File(hidden) => hidden.persist(self.path).map_err(|error| error.error),
            Before::Gone => Ok(()),
        }
    }
}

/// Takes steps back, the last one first. Nothing can be done about one that fails.
pub(crate) fn take_back(steps: Vec<Placed>) {
    for step in steps.into_iter().rev() {
        drop(step.take_back());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let staged = |text: &str| Staged::new(folder.path(), text.as_bytes()).unwrap();
        let all = || {
            let read = |entry: io::Result<fs::DirEntry>| fs::read_to_string(entry.unwrap().path()).unwrap();
            let mut texts: Vec<_> = fs::read_dir(&folder).unwrap().map(read).collect();
            texts.sort();
            texts
        };
        fs::write(path("old"), "old").unwrap();
        fs::write(path("other"), "other").unwrap();
        for is_taken_back in [true, false] {
            let steps = vec![
                Placed::create(staged("created"), &path("created")).unwrap(),
                Placed::replace(staged("new"), &path("old")).unwrap(),
                Placed::remove(staged(""), &path("other")).unwrap(),
            ];
            assert_eq!(fs::read_to_string(path("old")).unwrap(), "new");
            assert!(path("created").exists() && !path("other").exists());
            if is_taken_back {
                take_back(steps);
                assert_eq!(all(), ["old", "other"]);
            } else {
                drop(steps);
                assert_eq!(all(), ["created", "new"]);
            }
        }
    }

    #[test]
    fn a_folder_that_was_put_there_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("theirs"), "").unwrap();
        let staged = Staged::new(folder.path(), b"ours").unwrap();
        assert!(Placed::replace(staged, &path).is_err());
        assert!(path.join("theirs").exists());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
