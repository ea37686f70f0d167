//! A list of files: a path on each line, or zero bytes between them, as `find -print0` writes it.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf, absolute};
use std::{fs, io};

use super::error::EmbedError;
use crate::digest::{Digest, Hasher};

/// How a first line begins that says in which folder of a library the files lie. No absolute path begins so.
pub(super) const ROOT: &str = "# root ";

/// What is analysed together.
#[derive(Debug, PartialEq)]
pub(super) struct FileList {
    /// Absolute, each once, in the order of the list.
    pub files: Vec<PathBuf>,
    /// The folder of a library in which they lie.
    pub root: Option<PathBuf>,
}

impl FileList {
    /// Reads a list; `-` is stdin. Paths may be relative to the working folder. A `root` that is given counts before that of
    /// the list.
    /// Errors: it cannot be read, or names no file.
    pub(super) fn read(path: &Path, root: Option<&Path>) -> Result<Self, EmbedError> {
        let unread = |source| EmbedError::List { path: path.to_owned(), source };
        let bytes = match path.as_os_str() == "-" {
            true => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
            false => fs::read(path),
        };
        let list = Self::parse(&bytes.map_err(unread)?, root).map_err(unread)?;
        if list.files.is_empty() { Err(EmbedError::EmptyList(path.to_owned())) } else { Ok(list) }
    }

    fn parse(bytes: &[u8], root: Option<&Path>) -> io::Result<Self> {
        let separator = if bytes.contains(&0) { 0 } else { b'\n' };
        let mut lines = bytes.split(|byte| *byte == separator).filter(|line| !line.is_empty()).peekable();
        let said = lines.next_if(|line| line.starts_with(ROOT.as_bytes()));
        let said = said.map(|line| Path::new(OsStr::from_bytes(&line[ROOT.len()..])));
        let mut seen = HashSet::new();
        let paths = lines.map(|line| absolute(OsStr::from_bytes(line)));
        let mut files = paths.collect::<io::Result<Vec<_>>>()?;
        files.retain(|path| seen.insert(path.clone()));
        Ok(Self { files, root: root.or(said).map(absolute).transpose()? })
    }

    /// Names the list: a shard says of which one it is.
    pub(super) fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        let root = self.root.as_deref().unwrap_or(Path::new(""));
        for path in [root].into_iter().chain(self.files.iter().map(PathBuf::as_path)) {
            hasher.field(path.as_os_str().as_bytes());
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> FileList {
        FileList::parse(bytes, None).unwrap()
    }

    fn paths(paths: &[&[u8]]) -> Vec<PathBuf> {
        paths.iter().map(|path| OsStr::from_bytes(path).into()).collect()
    }

    #[test]
    fn a_list_has_a_path_on_each_line_or_zero_bytes_between() {
        let expected = paths(&[b"/m/a.mp3", b"/m/odd \xff.mp3"]);
        assert_eq!(list(b"/m/a.mp3\n/m/odd \xff.mp3\n").files, expected);
        assert_eq!(list(b"/m/a.mp3\n\n/m/odd \xff.mp3\n/m/a.mp3").files, expected);
        assert_eq!(list(b"/m/a\nb.mp3\0/m/c.mp3\0").files, paths(&[b"/m/a\nb.mp3", b"/m/c.mp3"]));
        assert_eq!(list(b"a.mp3").files, [absolute("a.mp3").unwrap()]);
        assert!(list(b"\n\n").files.is_empty());
    }

    #[test]
    fn a_list_says_its_root_and_the_call_overrules_it() {
        let text = b"# root /m\n/m/a.mp3\n";
        assert_eq!(list(text).root.as_deref(), Some(Path::new("/m")));
        let given = FileList::parse(text, Some(Path::new("/n"))).unwrap();
        assert_eq!((given.root.as_deref(), given.files.len()), (Some(Path::new("/n")), 1));
        assert_eq!(list(b"/m/a.mp3\n").root, None);
    }

    #[test]
    fn lists_of_other_files_or_roots_have_other_names() {
        let lists: [&[u8]; 4] = [b"/m/a\n/m/b", b"/m/a", b"/m/b\n/m/a", b"# root /m\n/m/a\n/m/b"];
        let digests: HashSet<_> = lists.iter().map(|text| list(text).digest()).collect();
        assert_eq!(digests.len(), lists.len());
        assert_eq!(list(b"/m/a\n/m/b").digest(), list(b"/m/a\0/m/b\0").digest());
    }
}
