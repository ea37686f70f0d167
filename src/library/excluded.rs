//! Patterns that leave files out, matched without looking at the disk.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Gitignore patterns, relative to the root under which a file lies.
#[derive(Clone, Debug)]
pub struct Excluded(Gitignore);

impl Default for Excluded {
    fn default() -> Self {
        Self(Gitignore::empty())
    }
}

impl Excluded {
    /// Parses the patterns; an error names the first one that is not valid.
    pub fn parse(patterns: &[String]) -> Result<Self, RulesError> {
        gitignore(Path::new(""), patterns).map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a pattern matches a file or a folder above it in its root. `path` is relative to the root.
    pub fn matches(&self, path: &Path) -> bool {
        path.is_relative() && self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// Gitignore patterns relative to `root`. In a list there are no comments: `#recycle/` is a pattern.
pub(super) fn gitignore(root: &Path, patterns: &[String]) -> Result<Gitignore, RulesError> {
    let mut builder = GitignoreBuilder::new(root);
    let failed = |pattern: &str, error: ignore::Error| RulesError {
        pattern: pattern.to_owned(),
        reason: error.to_string(),
    };
    for pattern in patterns {
        let line = if pattern.starts_with('#') { format!("\\{pattern}") } else { pattern.clone() };
        builder.add_line(None, &line).map_err(|error| failed(pattern, error))?;
    }
    builder.build().map_err(|error| failed(&patterns.join(", "), error))
}

/// An ignore pattern that is not valid.
#[derive(Debug, thiserror::Error)]
#[error("the ignore pattern `{pattern}` is not valid: {reason}")]
pub struct RulesError {
    pub pattern: String,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_gitignore_seen_from_the_root() {
        let patterns = |text: &[&str]| text.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        for (lines, path, is_out) in [
            (&["*.wav"] as &[&str], "a/b.wav", true),
            (&["*.wav"], "a/b.mp3", false),
            (&["Podcasts/"], "x/Podcasts/a/b.mp3", true),
            (&["/Podcasts"], "x/Podcasts/a.mp3", false),
            (&["/Podcasts"], "Podcasts/a.mp3", true),
            (&["Live/*.mp3"], "Live/a.mp3", true),
            (&["**/Live/*.mp3"], "x/Live/a.mp3", true),
            (&["*", "!Jazz", "!Jazz/**"], "Jazz/a.mp3", false),
            (&["*.wav"], "/a/b.wav", false),
            (&["#recycle/"], "x/#recycle/a/b.mp3", true),
            (&["#1 Hits.mp3"], "#1 Hits.mp3", true),
            (&["\\#recycle/"], "#recycle/b.mp3", true),
            (&["*", "!#1/", "!#1/**"], "#1/b.mp3", false),
            (&[], "a", false),
        ] {
            let excluded = Excluded::parse(&patterns(lines)).unwrap();
            assert_eq!(excluded.matches(Path::new(path)), is_out, "{lines:?} {path}");
        }
        let error = Excluded::parse(&patterns(&["ok", "a{b"])).unwrap_err();
        assert_eq!(error.pattern, "a{b");
    }
}
