//! The files that are kept though something of them is missing, as `indexer errors` lists them.

use std::path::PathBuf;

use indexer::location;
use serde_json::{Value, json};

use crate::cli::ui::print::{counted, one_line, shown};

/// As `--kind` takes it, beside the kinds of failures.
pub(super) const WORD: &str = "partial";
pub(super) const MEANING: &str = "the file is in the playlists, but not all of it was heard";
const ADVICE: &str = "copy or download again; a changed file is heard anew";

/// Where it is, and what is missing; nothing where an earlier version has decoded it.
pub(super) type PartialFile = (PathBuf, Option<String>);

fn reason(damage: Option<&String>) -> &str {
    damage.map_or("something of it is missing", String::as_str)
}

pub(super) fn as_json(files: &[PartialFile]) -> Value {
    let row =
        |(path, damage): &PartialFile| json!({"path": location(path), "reason": reason(damage.as_ref())});
    files.iter().map(row).collect()
}

/// The section of them; nothing where there are none.
pub(super) fn as_text(files: &[PartialFile]) -> Option<String> {
    if files.is_empty() {
        return None;
    }
    let head = format!("{WORD}: {}, {MEANING}", counted(files.len(), "file"));
    let mut lines = vec![head, format!("  to do: {ADVICE}")];
    let line =
        |(path, damage): &PartialFile| format!("    {}: {}", shown(path), one_line(reason(damage.as_ref())));
    lines.extend(files.iter().map(line));
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_is_missing_also_where_an_earlier_version_has_not_kept_it() {
        let file = |damage: Option<&str>| (PathBuf::from("/a.mp3"), damage.map(str::to_owned));
        let files = [file(Some("ends after 9.0 s of 12.0 s")), file(None)];
        assert_eq!(
            as_text(&files).unwrap(),
            "partial: 2 files, the file is in the playlists, but not all of it was heard\n  to do: copy or \
             download again; a changed file is heard anew\n    /a.mp3: ends after 9.0 s of 12.0 s\n    /a.mp3: \
             something of it is missing"
        );
        assert_eq!(as_text(&[]), None);
        assert_eq!(as_json(&files)[0]["reason"], "ends after 9.0 s of 12.0 s");
        assert!(ADVICE.len() <= 71);
    }
}
