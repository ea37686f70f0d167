//! Where the page finds the songs: their common folder, as a path and as the beginning of a link.

use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf, absolute};

use crate::fs::{output::folder_of, relative};

/// The folder that all songs lie in, and how a link to it begins.
pub(super) struct LinkBase {
    pub path: PathBuf,
    /// As seen from the page, so that both can be moved together.
    pub beside: String,
    /// From the root on, which a page elsewhere needs.
    pub whole: String,
}

impl LinkBase {
    /// `files` are absolute; there is at least one.
    pub(super) fn of<'a>(files: impl Iterator<Item = &'a Path>, page: &Path) -> Self {
        let folders = files.map(|file| file.parent().unwrap_or(file));
        let common = folders.map(Path::to_owned).reduce(|one, other| shared(&one, &other));
        let path = common.unwrap_or_else(|| PathBuf::from("/"));
        let folder = folder_of(page);
        let folder =
            folder.canonicalize().or_else(|_| absolute(folder)).unwrap_or_else(|_| folder.to_owned());
        let from_page = relative(&path.canonicalize().unwrap_or_else(|_| path.clone()), &folder);
        let beside = if from_page.is_absolute() { link(&from_page) } else { encoded(&from_page) };
        let beside = if beside.is_empty() { "./".to_owned() } else { with_slash(beside) };
        let whole = with_slash(link(&path));
        Self { path, beside, whole }
    }
}

fn shared(one: &Path, other: &Path) -> PathBuf {
    let same = one.components().zip(other.components()).take_while(|(a, b)| a == b);
    same.map(|(component, _)| component.as_os_str()).collect()
}

fn with_slash(link: String) -> String {
    if link.ends_with('/') { link } else { link + "/" }
}

fn link(path: &Path) -> String {
    format!("file://{}", encoded(path))
}

/// A path as a part of a link. A first part that is a name gets `./`, as it may hold a colon.
fn encoded(path: &Path) -> String {
    let begin = matches!(path.components().next(), Some(Component::Normal(_)));
    let mut text = if begin { "./".to_owned() } else { String::new() };
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            // Writing to a string does not fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_at_the_common_folder_as_seen_from_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("music/a #1")).unwrap();
        let page = root.join("map.html");
        let of = |files: &[&str]| {
            let files: Vec<_> = files.iter().map(|file| root.join(file)).collect();
            LinkBase::of(files.iter().map(PathBuf::as_path), &page)
        };
        let found = of(&["music/a #1/x.mp3", "music/b/y.mp3"]);
        assert_eq!((found.path, found.beside.as_str()), (root.join("music"), "./music/"));
        assert_eq!(found.whole, format!("{}music/", with_slash(link(&root))));
        assert_eq!(of(&["music/a #1/x.mp3"]).beside, "./music/a%20%231/");
        assert_eq!(of(&["x.mp3"]).beside, "./");
        let elsewhere = LinkBase::of([Path::new("/nowhere at all/x.mp3")].into_iter(), &page);
        assert!(elsewhere.beside.starts_with("../"), "{}", elsewhere.beside);
        assert_eq!(elsewhere.whole, "file:///nowhere%20at%20all/");
    }
}
