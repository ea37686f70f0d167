//! Folders as lists of about equal size, each of which is a shard's.

use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::error::EmbedError;
use super::list::ROOT;
use crate::app::scan::request::ScanError;
use crate::app::scan::survey::Survey;
use crate::fs::atomic::{Staged, sync};
use crate::library::{FoundFile, Roots, Rules};

/// What is divided.
#[derive(Clone, Debug)]
pub struct ListsRequest {
    /// The folders whose music is divided.
    pub folders: Vec<PathBuf>,
    /// Where the lists are written: a folder that is empty or not there.
    pub to: PathBuf,
    /// The music of a list has about so many bytes.
    pub bytes: u64,
}

/// What was divided.
#[derive(Clone, Debug, Default)]
pub struct ListsSummary {
    /// The lists, in the order of their files.
    pub lists: Vec<PathBuf>,
    /// Files in all of them.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// Walks the folders by the rules of a scan and writes the lists. Files of one folder follow each other, so that albums stay
/// together where they can.
/// Errors: a folder that is not there or holds no music; a place that is not empty or not writable.
pub(crate) fn write_lists(request: &ListsRequest, rules: &Rules) -> Result<ListsSummary, EmbedError> {
    let ListsRequest { folders, to, bytes } = request;
    let unwritten = |source| EmbedError::Write { path: to.clone(), source };
    let roots = Roots::join(&[], folders).map_err(ScanError::from)?;
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(EmbedError::ListsThere(to.clone()));
    }
    let survey = Survey::take(&roots, &Default::default(), rules, false)?;
    let (mut summary, mut texts) = (ListsSummary::default(), Vec::new());
    for root in &roots.all {
        let mut files: Vec<_> = survey.found.iter().filter(|file| file.path.starts_with(root)).collect();
        // Songs of an album in one file are one file here.
        files.dedup_by_key(|file| file.audio().to_owned());
        summary.files += files.len() as u64;
        summary.bytes += files.iter().map(|file| file.stamp.size).sum::<u64>();
        texts.extend(divided(&files, *bytes).into_iter().map(|part| text(root, part)));
    }
    if texts.is_empty() {
        return Err(EmbedError::NoMusic(folders.first().cloned().unwrap_or_default()));
    }
    DirBuilder::new().recursive(true).create(to).map_err(unwritten)?;
    let digits = texts.len().to_string().len().max(4);
    for (number, text) in texts.iter().enumerate() {
        let path = to.join(format!("{:0digits$}.list", number + 1));
        Staged::new(to, text).and_then(|staged| staged.create(&path)).map_err(unwritten)?;
        summary.lists.push(path);
    }
    sync(to).map_err(unwritten)?;
    Ok(summary)
}

/// Parts of about so many bytes, each of one file at least.
fn divided<'a>(files: &'a [&'a FoundFile], bytes: u64) -> Vec<&'a [&'a FoundFile]> {
    let all: u64 = files.iter().map(|file| file.stamp.size).sum();
    let parts = all.div_ceil(bytes.max(1)).max(1);
    // Equal parts: a last one that is small would leave a machine idle.
    let each = all.div_ceil(parts);
    let mut before = 0;
    files
        .chunk_by(|file, _| {
            let part = before / each.max(1);
            before += file.stamp.size;
            before / each.max(1) == part
        })
        .collect()
}

/// A list: its root, then a path on each line; with zero bytes between them where a path has a line break.
fn text(root: &Path, files: &[&FoundFile]) -> Vec<u8> {
    let paths: Vec<_> = files.iter().map(|file| file.audio().as_os_str().as_bytes()).collect();
    let root = [ROOT.as_bytes(), root.as_os_str().as_bytes()].concat();
    let has_breaks = paths.iter().any(|path| path.contains(&b'\n')) || root.contains(&b'\n');
    let separator = if has_breaks { 0 } else { b'\n' };
    let mut text = Vec::new();
    for line in [root.as_slice()].into_iter().chain(paths) {
        text.extend_from_slice(line);
        text.push(separator);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileStamp;

    fn file(number: usize, size: u64) -> FoundFile {
        let stamp = FileStamp { size, mtime: 0, ctime: None, inode: None };
        FoundFile { path: format!("/m/{number:03}.mp3").into(), stamp, device: 0, section: None }
    }

    #[test]
    fn parts_are_of_about_equal_size_and_hold_every_file_once() {
        for (sizes, bytes, expected) in [
            (vec![10; 10], 25, vec![3, 2, 3, 2]),
            (vec![10; 10], 100, vec![10]),
            (vec![10; 10], 1000, vec![10]),
            (vec![100, 1, 1, 1, 1], 10, vec![1, 4]),
            (vec![0; 5], 10, vec![5]),
            (vec![], 10, vec![]),
        ] {
            let files: Vec<_> = sizes.iter().enumerate().map(|(number, size)| file(number, *size)).collect();
            let files: Vec<_> = files.iter().collect();
            let parts = divided(&files, bytes);
            assert_eq!(parts.concat(), files, "{sizes:?}");
            assert_eq!(
                parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
                expected,
                "{sizes:?} {bytes}"
            );
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        use super::super::list::FileList;
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.mp3", "line\nbreak.mp3"] {
            let found = FoundFile { path: Path::new("/m").join(name), ..file(0, 1) };
            let path = folder.path().join("l");
            fs::write(&path, text(Path::new("/m"), &[&found])).unwrap();
            let list = FileList::read(&path, None).unwrap();
            assert_eq!((list.root.as_deref(), list.files), (Some(Path::new("/m")), vec![found.path]));
        }
    }
}
