//! Paths as another machine sees them: `--path-map FROM=TO`.

use std::path::{Path, PathBuf};
use std::{ffi::OsStr, fmt, os::unix::ffi::OsStrExt};

/// What lies in one folder here lies in another one there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    from: PathBuf,
    to: PathBuf,
}

/// All mappings, the longest FROM first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathMap(Vec<Mapping>);

/// A mapping that is not valid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathMapError {
    #[error(
        "--path-map {0}: give an absolute path and what to write for it as FROM=TO, as in `/home/me/Music=/srv/music`"
    )]
    NoPaths(String),
    #[error("--path-map sends {} to two places: give it once", .0.display())]
    Twice(PathBuf),
}

impl PathMap {
    /// Reads mappings of the form FROM=TO. FROM is absolute; TO may be relative or nothing, and so are the paths then. The
    /// first `=/` divides them, so FROM may hold a `=`; without one the last `=` does.
    ///
    /// # Errors
    /// Names the first text that is no mapping, or a FROM with two different TOs.
    pub fn parse<S: AsRef<OsStr>>(texts: &[S]) -> Result<Self, PathMapError> {
        let mut mappings: Vec<Mapping> = Vec::new();
        for text in texts.iter().map(AsRef::as_ref) {
            let mapping = Mapping::parse(text)
                .ok_or_else(|| PathMapError::NoPaths(text.to_string_lossy().into_owned()))?;
            match mappings.iter().find(|known| known.from == mapping.from) {
                Some(known) if *known == mapping => {}
                Some(_) => return Err(PathMapError::Twice(mapping.from)),
                None => mappings.push(mapping),
            }
        }
        mappings.sort_by_key(|mapping| std::cmp::Reverse(mapping.from.components().count()));
        Ok(Self(mappings))
    }

    /// There are no mappings.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where another machine finds the file at `path`; none if it is not under any FROM.
    pub(crate) fn map(&self, path: &Path) -> Option<PathBuf> {
        self.0.iter().find_map(|Mapping { from, to }| {
            let rest = path.strip_prefix(from).ok()?;
            // Joining with an empty path would add a slash.
            let mapped = if rest == Path::new("") { to.clone() } else { to.join(rest) };
            Some(mapped).filter(|mapped| *mapped != Path::new(""))
        })
    }

    /// The mappings whose FROM contains none of these paths.
    pub(crate) fn unused<'a>(&self, paths: impl Iterator<Item = &'a Path>) -> Vec<&Mapping> {
        let mut unused: Vec<_> = self.0.iter().collect();
        for path in paths {
            unused.retain(|mapping| !path.starts_with(&mapping.from));
            if unused.is_empty() {
                break;
            }
        }
        unused
    }
}

impl Mapping {
    fn parse(text: &OsStr) -> Option<Self> {
        let bytes = text.as_bytes();
        let before_root = bytes.windows(2).position(|pair| pair == b"=/");
        let divide = before_root.or_else(|| bytes.iter().rposition(|byte| *byte == b'='))?;
        let path = |bytes| Path::new(OsStr::from_bytes(bytes)).to_owned();
        let (from, to) = (path(&bytes[..divide]), path(&bytes[divide + 1..]));
        from.is_absolute().then_some(Self { from, to })
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.from.display(), self.to.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(texts: &[&str], path: &str) -> Option<String> {
        let mapped = PathMap::parse(texts).unwrap().map(Path::new(path))?;
        Some(mapped.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_is_under_from_is_found_under_to() {
        let map = ["/music=/srv/m", "/music/live=/live", "/a=b/=/c/", "/=/all"];
        for (path, expected) in [
            ("/music/x.mp3", "/srv/m/x.mp3"),
            ("/music/live/x.mp3", "/live/x.mp3"),
            ("/music/lively/x.mp3", "/srv/m/lively/x.mp3"),
            ("/musical/x.mp3", "/all/musical/x.mp3"),
            ("/a=b/x.mp3", "/c/x.mp3"),
            ("/music", "/srv/m"),
        ] {
            assert_eq!(mapped(&map, path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(mapped(&map[..3], "/musical/x.mp3"), None);
        assert_eq!(mapped(&["/music=/"], "/music/x.mp3").unwrap(), "/x.mp3");
        assert_eq!(mapped(&[], "/music/x.mp3"), None);
    }

    #[test]
    fn to_may_be_nothing_or_a_relative_folder() {
        let map = ["/srv/music=", "/srv/a=b=", "/card=Music/here", "/up=../m", "/c=d=e"];
        for (path, expected) in [
            ("/srv/music/Artist/song.mp3", Some("Artist/song.mp3")),
            ("/srv/a=b/song.mp3", Some("song.mp3")),
            ("/card/song.mp3", Some("Music/here/song.mp3")),
            ("/up/song.mp3", Some("../m/song.mp3")),
            ("/c=d/song.mp3", Some("e/song.mp3")),
            ("/srv/music", None),
        ] {
            assert_eq!(mapped(&map, path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn any_order_of_the_mappings_means_the_same() {
        for map in [["/m=/1", "/m/a=/2"], ["/m/a=/2", "/m=/1"]] {
            assert_eq!(mapped(&map, "/m/a/x").unwrap(), "/2/x");
        }
    }

    #[test]
    fn what_is_not_utf8_is_mapped_by_its_bytes() {
        let map = PathMap::parse(&[OsStr::from_bytes(b"/\xff=/\xfe")]).unwrap();
        let path = map.map(Path::new(OsStr::from_bytes(b"/\xff/\xfd"))).unwrap();
        assert_eq!(path.as_os_str().as_bytes(), b"/\xfe/\xfd");
    }

    #[test]
    fn nonsense_is_refused_in_one_line() {
        for text in ["", "=", "/music", "=/srv", "music=/srv", "./music=/srv", "music=", "=srv"] {
            let error = PathMap::parse(&["/fine=/x", text]).unwrap_err();
            assert_eq!(error, PathMapError::NoPaths(text.to_owned()));
            assert!(!error.to_string().contains('\n'));
        }
        let twice = PathMap::parse(&["/music=/a", "/music/=/b"]).unwrap_err();
        assert_eq!(twice, PathMapError::Twice("/music/".into()));
        assert!(PathMap::parse(&["/music=/a", "/music/=/a/"]).is_ok());
    }

    #[test]
    fn a_from_that_contains_no_song_is_unused() {
        let map = PathMap::parse(&["/music=/a", "/music/live=/b", "/musi=/c"]).unwrap();
        let paths = ["/music/x.mp3", "/music/live/y.mp3"];
        let idle = |n| {
            map.unused(paths[..n].iter().map(Path::new)).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(idle(2), ["/musi=/c"]);
        assert_eq!(idle(1), ["/music/live=/b", "/musi=/c"]);
    }
}
