//! `indexer library`: the folders of the library.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use indexer::{LibraryRoot, RemovedRoot, location};
use serde_json::{Value, json};

use super::context::CommandContext;
use super::ui::print::{counted, home, one_line, shown};
use super::ui::table::{Column, TextTable};
use super::ui::{exit::ExitStatus, screen::Screen, text::Text};

#[derive(Subcommand)]
pub(super) enum LibraryCommand {
    /// List the folders of the library, and whether `cluster` uses them
    List,
    /// Take a folder out of the library, also one that is gone from the disk
    ///
    /// Its files are forgotten. Songs that lie elsewhere too stay; all others are kept until `indexer store prune`, so that
    /// nothing is decoded again if the folder is scanned again.
    Remove {
        /// One of the folders that `library list` shows
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

impl LibraryCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match self {
            Self::List => {
                let roots = context.index().library_roots()?;
                context.answer(
                    || json!({"roots": roots.iter().map(as_json).collect::<Vec<_>>()}),
                    || as_text(&roots, &Screen::stdout()),
                )
            }
            Self::Remove { folder } => {
                let removed = context.index().remove_root(&folder)?;
                context.report(|| removed_as_json(&removed), || removed_as_text(&removed))
            }
        }
    }
}

fn as_json(root: &LibraryRoot) -> Value {
    json!({
        "path": location(&root.path),
        "state": match (&root.unavailable, root.scanned) {
            (Some(_), _) => "unavailable",
            (None, Some(_)) => "present",
            (None, None) => "unscanned",
        },
        "reason": root.unavailable,
        "files": root.files,
        "missing": root.missing,
        "songs": root.songs,
        "scanned": root.scanned.map(|moment| moment.to_string()),
        "clustered": root.clustered.iter().map(|folder| location(folder)).collect::<Vec<_>>(),
    })
}

fn as_text(roots: &[LibraryRoot], screen: &Screen) -> String {
    if roots.is_empty() {
        return "no folder yet: `indexer scan DIR` makes DIR part of the library".to_owned();
    }
    let mut table = TextTable::new(&[Column::Name, Column::Right, Column::Right]);
    for root in roots {
        let name = Text::bold(home(&root.path));
        let (files, songs) = (counted(root.files, "file"), counted(root.songs, "song"));
        table.row([name, files.into(), songs.into(), state(root).into()]);
    }
    table.text(screen)
}

/// When a folder was walked, and what is not as it should be.
fn state(root: &LibraryRoot) -> String {
    let scanned =
        root.scanned.map_or("never scanned".to_owned(), |moment| format!("scanned {}", moment.local()));
    let mut parts = vec![scanned];
    parts.extend((root.missing > 0).then(|| format!("{} missing", root.missing)));
    parts.extend(root.unavailable.as_ref().map(|reason| format!("unavailable: {}", one_line(reason))));
    match root.clustered.as_slice() {
        [] => parts.push("not clustered: not among the `roots` of the configuration".to_owned()),
        [whole] if *whole == root.path => {}
        some => {
            let some: Vec<_> = some.iter().map(|folder| home(folder)).collect();
            parts.push(format!("of it only {} clustered", some.join(", ")));
        }
    }
    parts.join("; ")
}

fn removed_as_json(removed: &RemovedRoot) -> Value {
    json!({
        "path": location(&removed.path),
        "files": removed.files,
        "elsewhere": removed.elsewhere,
        "kept": removed.kept,
        "configured": removed.is_configured,
    })
}

fn removed_as_text(removed: &RemovedRoot) -> String {
    let RemovedRoot { path, files, elsewhere, kept, is_configured } = removed;
    let elsewhere = match elsewhere {
        0 => String::new(),
        1 => "; 1 song lies elsewhere too and stays".to_owned(),
        songs => format!("; {songs} songs lie elsewhere too and stay"),
    };
    let kept = match kept {
        0 => String::new(),
        1 => "; 1 song is kept until `indexer store prune`".to_owned(),
        songs => format!("; {songs} songs are kept until `indexer store prune`"),
    };
    let configured = match is_configured {
        false => "",
        true => "; the configuration names it: take it out of `roots` there, or the next scan brings it back",
    };
    let files = counted(*files, "file");
    format!(
        "{} is no part of the library any more: {files} forgotten{elsewhere}{kept}{configured}",
        shown(path)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_folder_is_told_in_one_line() {
        let removed = |elsewhere, kept, is_configured| {
            removed_as_text(&RemovedRoot { path: "/m".into(), files: 3, elsewhere, kept, is_configured })
        };
        assert_eq!(removed(0, 0, false), "/m is no part of the library any more: 3 files forgotten");
        let all = removed(1, 2, true);
        for part in [
            "1 song lies elsewhere too and stays",
            "2 songs are kept until `indexer store prune`",
            "take it out of `roots`",
        ] {
            assert!(all.contains(part), "{all}");
        }
    }

    #[test]
    fn a_folder_that_is_not_clustered_says_so() {
        let root = |clustered: &[&str]| LibraryRoot {
            path: "/m".into(),
            clustered: clustered.iter().map(PathBuf::from).collect(),
            ..LibraryRoot::default()
        };
        for (clustered, text) in [
            (&["/m"][..], "never scanned"),
            (&["/m/a", "/m/b"], "never scanned; of it only /m/a, /m/b clustered"),
            (&[], "never scanned; not clustered: not among the `roots` of the configuration"),
        ] {
            assert_eq!(state(&root(clustered)), text);
        }
    }
}
