//! Paths as unit files spell them.

use std::path::{Component, Path, PathBuf};

use crate::{cli::ui::exit::Usage, cli::ui::print::shown};

/// A path, after the text `before`, as one word of a unit file.
///
/// `$` needs no quoting: it means nothing in paths and environments, nor in a command whose first word begins with a
/// colon.
pub(super) fn word(before: &str, path: &Path) -> Result<String, Usage> {
    let sayable = |text: &&str| !text.chars().any(char::is_control);
    let is_normal = !path.components().any(|part| part == Component::ParentDir);
    let text = path.to_str().filter(sayable).filter(|_| is_normal && path.is_absolute());
    let text = text.ok_or_else(|| {
        let path = shown(path);
        Usage(format!(
            "{path} cannot stand in a unit: it takes absolute paths in UTF-8, without control characters"
        ))
    })?;
    Ok(quoted(&format!("{before}{text}")))
}

/// Text as one word of a unit file.
pub(super) fn quoted(text: &str) -> String {
    // Specifiers such as %h are expanded inside quotes, too.
    let text = text.replace('%', "%%");
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@:,=~%".contains(c);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
}

/// The absolute path, without `..`, and with the links that it was typed with.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if path.components().any(|part| part == Component::ParentDir) { resolved(&path) } else { path }
}

/// The real path of what is there, and below it the names of what is not.
fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    use super::*;

    #[test]
    fn paths_are_spelt_as_systemd_reads_them() {
        for (path, spelt) in [
            ("/home/me/Music", "/home/me/Music"),
            ("/home/me/Müsik/été", "/home/me/Müsik/été"),
            ("/my music", "\"/my music\""),
            ("/100%", "/100%%"),
            ("/a $HOME ${b}", "\"/a $HOME ${b}\""),
            ("/it's", "\"/it's\""),
            ("/the \"best\"", r#""/the \"best\"""#),
            (r"/back\slash", r#""/back\\slash""#),
            (r"/ends with \", r#""/ends with \\""#),
            ("/a;b #c", "\"/a;b #c\""),
        ] {
            assert_eq!(word("", Path::new(path)).unwrap(), spelt);
        }
        assert_eq!(word(":", Path::new("/my bin")).unwrap(), "\":/my bin\"");
    }

    #[test]
    fn what_no_unit_can_say_is_refused_in_one_line() {
        for path in [&b"/latin-\xE9"[..], b"/two\nlines", b"/tab\t", b"relative", b"/up/../down"] {
            let message = word("", Path::new(OsStr::from_bytes(path))).unwrap_err().to_string();
            assert!(message.contains("cannot stand in a unit") && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn dots_are_resolved_and_links_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        std::fs::create_dir(home.join("real")).unwrap();
        std::os::unix::fs::symlink("real", home.join("link")).unwrap();
        for (path, settled) in
            [("link", "link"), ("link/../real", "real"), ("real/../new/store", "new/store")]
        {
            assert_eq!(absolute(&home.join(path)), home.join(settled), "{path}");
        }
    }
}
