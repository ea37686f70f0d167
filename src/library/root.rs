//! Which folders are the library: absolute as typed; folders with the same real path, or inside one another, are one.

use std::path::{Component, Path, PathBuf};

/// A folder that cannot be a root.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    #[error("{} is not a folder: name the folder that holds the music", .0.display())]
    NotAFolder(PathBuf),
    #[error("cannot use {} (check that the folder exists and is readable)", path.display())]
    Unreachable { path: PathBuf, source: std::io::Error },
}

/// A folder that is no root of the library.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum NotARoot {
    #[error(
        "{} is a part of {}: to leave it out, put an empty .indexerignore into it, or ignore = [\"/{}/\"] under [library] of \
         the configuration", path.display(), root.display(), part.display()
    )]
    Part { path: PathBuf, root: PathBuf, part: PathBuf },
    #[error("{} is no folder of the library: `indexer library list` shows them", .0.display())]
    Unknown(PathBuf),
}

/// The roots of a store and the part of them that one call is about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Roots {
    /// All roots, none inside another.
    pub all: Vec<PathBuf>,
    /// What this call walks: each is a root or lies under one, spelled as the root is.
    pub scope: Vec<PathBuf>,
}

impl Roots {
    /// Joins the store's roots with the folders that a call names; with none named, the scope is all of them.
    /// Errors: a named folder that is absent, unreadable or no folder. Known roots may be absent.
    pub(crate) fn join(known: &[PathBuf], named: &[PathBuf]) -> Result<Self, RootError> {
        let mut roots = Self { all: known.to_vec(), scope: Vec::new() };
        for path in named {
            let typed = absolute(path)?;
            if !typed.exists() && roots.holding(&typed).is_some() {
                // A known folder that is not there now is unavailable, and no mistake.
                roots.scope.push(typed);
                continue;
            }
            let real = real_folder(&typed)?;
            let scope = roots.spelled_as_known(&real).unwrap_or_else(|| typed.clone());
            if !roots.all.iter().any(|root| scope.starts_with(root)) {
                roots.all.retain(|root| !is_inside(root, &typed, &real));
                roots.all.push(typed);
            }
            roots.scope.push(scope);
        }
        if named.is_empty() {
            roots.scope.clone_from(&roots.all);
        }
        roots.normalise();
        Ok(roots)
    }

    /// Known roots, with only some of their files and folders in scope.
    pub(crate) fn around(known: Vec<PathBuf>, marked: Vec<PathBuf>) -> Self {
        let mut roots = Self { all: known, scope: marked };
        roots.normalise();
        roots
    }

    /// The folders of the configuration as the store's roots spell them, with the roots that lie inside them; none where the
    /// configuration names none. A folder that is neither there nor known has no files.
    pub(crate) fn among(known: &[PathBuf], configured: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let mut among = Self::default();
        for folder in configured {
            let Ok(joined) = Self::join(known, std::slice::from_ref(folder)) else { continue };
            among.scope.extend(known.iter().filter(|root| !joined.all.contains(root)).cloned());
            among.scope.extend(joined.scope);
        }
        among.normalise();
        (!configured.is_empty()).then_some(among.scope)
    }

    /// The root that is meant by `path`, which need not be there any more.
    /// Errors: there is none.
    pub(crate) fn meant<'a>(known: &'a [PathBuf], path: &Path) -> Result<&'a Path, NotARoot> {
        let typed = absolute(path).unwrap_or_else(|_| path.to_owned());
        let real = typed.canonicalize().unwrap_or_else(|_| typed.clone());
        let is_meant =
            |root: &&PathBuf| **root == typed || root.canonicalize().is_ok_and(|root| root == real);
        if let Some(root) = known.iter().find(is_meant) {
            return Ok(root);
        }
        let inside = known.iter().find_map(|root| {
            let below = |path: &Path, root: &Path| path.strip_prefix(root).ok().map(Path::to_owned);
            let part = below(&typed, root).or_else(|| below(&real, &root.canonicalize().ok()?))?;
            Some((root, part))
        });
        Err(match inside {
            Some((root, part)) => NotARoot::Part { path: typed, root: root.clone(), part },
            None => NotARoot::Unknown(typed),
        })
    }

    /// Sorts both lists; nothing stays twice, and nothing in the scope inside another part of it.
    fn normalise(&mut self) {
        self.all.sort();
        self.scope.sort();
        // Whatever lies inside a path follows it in this order.
        self.scope.dedup_by(|path, outer| path.starts_with(outer));
    }

    /// `real` spelled as a path under the known root that really holds it.
    fn spelled_as_known(&self, real: &Path) -> Option<PathBuf> {
        self.all.iter().find_map(|root| {
            let inside = real.strip_prefix(root.canonicalize().ok()?).ok()?;
            Some(if inside.as_os_str().is_empty() { root.clone() } else { root.join(inside) })
        })
    }

    /// The root that holds `path`.
    pub(crate) fn holding(&self, path: &Path) -> Option<&Path> {
        self.all.iter().find(|root| path.starts_with(root)).map(PathBuf::as_path)
    }
}

fn is_inside(root: &Path, typed: &Path, real: &Path) -> bool {
    root.starts_with(typed) || root.canonicalize().is_ok_and(|root| root.starts_with(real))
}

/// Absolute as typed: links stay, `.` and `..` go.
fn absolute(path: &Path) -> Result<PathBuf, RootError> {
    let full = std::path::absolute(path)
        .map_err(|source| RootError::Unreachable { path: path.to_owned(), source })?;
    if full.components().any(|part| part == Component::ParentDir) {
        // `a/link/..` is not `a`: only the kernel knows.
        return full.canonicalize().map_err(|source| RootError::Unreachable { path: full, source });
    }
    Ok(full.components().collect())
}

fn real_folder(path: &Path) -> Result<PathBuf, RootError> {
    let unreachable = |source| RootError::Unreachable { path: path.to_owned(), source };
    let real = path.canonicalize().map_err(unreachable)?;
    if !real.metadata().map_err(unreachable)?.is_dir() {
        return Err(RootError::NotAFolder(path.to_owned()));
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_and_linked_folders_are_one_root() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("music/rock")).unwrap();
        std::os::unix::fs::symlink(base.join("music"), base.join("link")).unwrap();
        let [music, rock, link] = ["music", "music/rock", "link"].map(|name| base.join(name));
        for (known, named, all, scope) in [
            (vec![], vec![&music, &rock], vec![&music], vec![&music]),
            (vec![&music], vec![&rock], vec![&music], vec![&rock]),
            (vec![&rock], vec![&music], vec![&music], vec![&music]),
            (vec![&music], vec![&link], vec![&music], vec![&music]),
            (vec![&link], vec![&rock], vec![&link], vec![&base.join("link/rock")]),
            (vec![&music], vec![], vec![&music], vec![&music]),
        ] {
            let owned = |paths: Vec<&PathBuf>| paths.into_iter().cloned().collect::<Vec<_>>();
            let joined = Roots::join(&owned(known), &owned(named)).unwrap();
            assert_eq!(joined, Roots { all: owned(all), scope: owned(scope) });
        }
    }

    #[test]
    fn configured_folders_are_spelled_as_the_roots_and_bring_those_inside_them() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("music/rock")).unwrap();
        std::os::unix::fs::symlink(base.join("music"), base.join("link")).unwrap();
        let [music, rock, link, gone] = ["music", "music/rock", "link", "gone"].map(|name| base.join(name));
        let owned = |paths: &[&PathBuf]| paths.iter().map(|&path| path.clone()).collect::<Vec<_>>();
        for (known, configured, among) in [
            (&[&music][..], &[][..], None),
            (&[&music], &[&link], Some(vec![&music])),
            (&[&music], &[&rock], Some(vec![&rock])),
            (&[&gone, &music], &[&gone], Some(vec![&gone])),
            (&[&music], &[&gone], Some(vec![])),
            (&[&rock], &[&link], Some(vec![&link, &rock])),
        ] {
            let found = Roots::among(&owned(known), &owned(configured));
            assert_eq!(found, among.map(|paths| owned(&paths)), "{known:?} {configured:?}");
        }
    }

    #[test]
    fn a_root_is_meant_by_any_of_its_spellings_also_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("music/rock")).unwrap();
        std::os::unix::fs::symlink(base.join("music"), base.join("link")).unwrap();
        let known = [base.join("gone"), base.join("music")];
        let meant = |path: &str| Roots::meant(&known, &base.join(path)).map(Path::to_owned);
        for (path, root) in
            [("gone/", "gone"), ("music/rock/..", "music"), ("link", "music"), ("./music", "music")]
        {
            assert_eq!(meant(path).unwrap(), base.join(root), "{path}");
        }
        for path in ["link/rock", "music/rock", "music/gone", "gone/too"] {
            let error = meant(path).unwrap_err().to_string();
            let part = path.split('/').nth(1).unwrap();
            assert!(error.contains(&format!("ignore = [\"/{part}/\"]")), "{error}");
        }
        for path in ["", "musics", "nowhere"] {
            assert!(matches!(meant(path), Err(NotARoot::Unknown(_))), "{path}");
        }
    }

    #[test]
    fn a_known_folder_may_be_unavailable() {
        let folder = PathBuf::from("/no/such/folder");
        let known = std::slice::from_ref(&folder);
        let joined = Roots::join(known, known).unwrap();
        assert_eq!(joined, Roots { all: vec![folder.clone()], scope: vec![folder] });
    }

    #[test]
    fn a_file_or_an_absent_folder_is_refused_with_its_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Roots::join(&[], &[file.path().to_owned()]).unwrap_err();
        assert!(error.to_string().contains("is not a folder"), "{error}");
        let error = Roots::join(&[], &[PathBuf::from("/no/such/folder")]).unwrap_err();
        assert!(error.to_string().starts_with("cannot use /no/such/folder"), "{error}");
    }
}
