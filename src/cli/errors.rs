//! `indexer errors`: the files that failed, by what is wrong with them and what can be done, and those that are kept in part.

mod partial;

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use indexer::{FailureKind, FailureRecord, location};
use serde_json::{Value, json};

use super::context::CommandContext;
use super::ui::exit::{ExitStatus, Usage};
use super::ui::print::{counted, one_line, shown};

use self::partial::PartialFile;

/// List the files that failed or are damaged, by what is wrong, and what to do about it
#[derive(Args)]
pub(super) struct ErrorsCommand {
    /// Only files of this kind
    // `cli::help` says which there are.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
}

impl ErrorsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let shown = self.kind.as_deref().map(parse).transpose()?;
        let index = context.index();
        let mut files = by_file(index.failures(&context.bars())?);
        files.retain(|file| shown.is_none_or(|shown| shown == Shown::Kind(file.kind)));
        let is_asked = !matches!(shown, Some(Shown::Kind(_)));
        let partial = if is_asked { index.partial_files()? } else { vec![] };
        context.answer(|| as_json(&files, &partial), || as_text(&files, &partial))
    }
}

/// A kind as `--kind` takes it, which a shell need not quote.
fn word(kind: FailureKind) -> String {
    kind.name().replace(' ', "-")
}

/// Every kind that `--kind` takes, and what it means.
pub(super) fn kinds() -> impl Iterator<Item = (String, &'static str)> {
    let failures = FailureKind::ALL.iter().map(|kind| (word(*kind), meaning(*kind)));
    failures.chain([(partial::WORD.to_owned(), partial::MEANING)])
}

/// What is listed, where that is not everything.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Kind(FailureKind),
    Partial,
}

fn parse(text: &str) -> Result<Shown, Usage> {
    let wanted = text.trim().to_lowercase().replace([' ', '_'], "-");
    if wanted == partial::WORD {
        return Ok(Shown::Partial);
    }
    FailureKind::ALL.into_iter().find(|kind| word(*kind) == wanted).map(Shown::Kind).ok_or_else(|| {
        let words = kinds().map(|(word, _)| word).collect::<Vec<_>>().join(", ");
        Usage(format!("unknown kind `{}`: choose from {words}", one_line(text)))
    })
}

/// What a kind of failure means.
fn meaning(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Empty => "the file has no bytes",
        FailureKind::NotAudio => "nothing in the file is audio",
        FailureKind::Truncated => "less than half of what the file declares is there",
        FailureKind::Unsupported => "the program cannot decode this format",
        FailureKind::NoSamples => "the file holds no sound",
        FailureKind::TooShort => "there is too little sound to compare",
        FailureKind::Silence => "nothing can be heard",
        FailureKind::TimedOut => "decoding stood still",
        FailureKind::OutOfMemory => "decoding needed too much memory",
        FailureKind::Crashed => "decoding ended in a crash",
        FailureKind::Unreadable => "the system does not give the file",
    }
}

/// What can be done about a kind of failure.
fn advice(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Empty | FailureKind::Truncated => {
            "copy or download again; a changed file is tried again"
        }
        FailureKind::NotAudio => "rename or remove, or exclude in an .indexerignore file",
        FailureKind::Unsupported => "install ffmpeg where a line says so; else convert, as to flac",
        FailureKind::NoSamples => "replace or remove",
        FailureKind::TooShort | FailureKind::Silence => {
            "nothing: such files come into no playlist; or exclude in .indexerignore"
        }
        FailureKind::TimedOut => "check the disk and `scan --retry-failed`; or raise worker.stall_seconds",
        FailureKind::OutOfMemory => "raise worker.memory_mib, then `indexer scan --retry-failed`",
        FailureKind::Crashed => "re-encode or remove; the rest of the library is not affected",
        FailureKind::Unreadable => "check permissions and disk; each scan tries again",
    }
}

/// A file that failed in one way, in all spaces or in some.
#[derive(Debug, PartialEq)]
struct FailedFile {
    path: PathBuf,
    kind: FailureKind,
    reason: String,
    /// None: it failed before any space was asked.
    spaces: Vec<String>,
    first: String,
    last: String,
    tries: u32,
    is_final: bool,
}

/// Puts what failed in the same way in several spaces together: a file is listed once for each kind of failure, in the
/// order of kinds, then of paths.
fn by_file(failures: Vec<(PathBuf, String, FailureRecord)>) -> Vec<FailedFile> {
    let mut files: BTreeMap<(usize, PathBuf), FailedFile> = BTreeMap::new();
    for (path, space, record) in failures {
        let (kind, first, last) = (record.failure.kind, record.first.to_string(), record.last.to_string());
        let rank = FailureKind::ALL.iter().position(|other| *other == kind).unwrap_or_default();
        let file = files.entry((rank, path.clone())).or_insert_with(|| FailedFile {
            path,
            kind,
            reason: record.failure.reason,
            spaces: vec![],
            first: first.clone(),
            last: last.clone(),
            tries: record.tries,
            is_final: record.failure.is_final,
        });
        file.spaces.extend(Some(space).filter(|space| !space.is_empty()));
        // Times in UTC are in the order of their text.
        (file.first, file.last) = (first.min(file.first.clone()), last.max(file.last.clone()));
        file.tries = file.tries.max(record.tries);
        file.is_final &= record.failure.is_final;
    }
    files.into_values().collect()
}

fn as_json(files: &[FailedFile], partial: &[PartialFile]) -> Value {
    let row = |file: &FailedFile| {
        json!({
            "path": location(&file.path),
            "spaces": file.spaces,
            "kind": file.kind.name(),
            "reason": file.reason,
            "first": file.first,
            "last": file.last,
            "tries": file.tries,
            "final": file.is_final,
        })
    };
    let kind = |files: &[FailedFile]| {
        let kind = files[0].kind;
        json!({"kind": kind.name(), "files": files.len(), "meaning": meaning(kind), "advice": advice(kind)})
    };
    json!({
        "failures": files.iter().map(row).collect::<Vec<_>>(),
        "kinds": files.chunk_by(|a, b| a.kind == b.kind).map(kind).collect::<Vec<_>>(),
        "partial": partial::as_json(partial),
    })
}

fn as_text(files: &[FailedFile], partial: &[PartialFile]) -> String {
    let kinds = files.chunk_by(|a, b| a.kind == b.kind).map(kind_as_text);
    let sections: Vec<_> = kinds.chain(partial::as_text(partial)).collect();
    if sections.is_empty() { "no failures".to_owned() } else { sections.join("\n\n") }
}

fn kind_as_text(files: &[FailedFile]) -> String {
    let kind = files[0].kind;
    let head = format!("{}: {}, {}", kind.name(), counted(files.len(), "file"), meaning(kind));
    let mut lines = vec![head, format!("  to do: {}", advice(kind))];
    for file in files {
        let spaces = match &file.spaces[..] {
            [] => String::new(),
            spaces => format!(" (in {})", spaces.join(", ")),
        };
        lines.push(format!("    {}: {}{spaces}", shown(&file.path), one_line(&file.reason)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use indexer::{Failure, Moment};

    fn failure(path: &str, space: &str, kind: FailureKind, tries: u32) -> (PathBuf, String, FailureRecord) {
        let moment = |second| Moment::from_second(second).unwrap();
        let record = FailureRecord {
            failure: Failure { kind, reason: "has 0.1 s".to_owned(), is_final: true },
            decoder: String::new(),
            first: moment(i64::from(tries)),
            last: moment(i64::from(tries) + 10),
            tries,
        };
        (path.into(), space.to_owned(), record)
    }

    #[test]
    fn a_file_is_listed_once_with_its_spaces() {
        let files = by_file(vec![
            failure("/b", "cnn14", FailureKind::TooShort, 2),
            failure("/b", "mfcc", FailureKind::TooShort, 1),
            failure("/c", "", FailureKind::Empty, 1),
        ]);
        let rows: Vec<_> = files.iter().map(|file| (file.path.to_str().unwrap(), &file.spaces[..])).collect();
        let both = ["cnn14".to_owned(), "mfcc".to_owned()];
        assert_eq!(rows, [("/c", &[] as &[String]), ("/b", &both)]);
        let short = &files[1];
        let times = ("1970-01-01T00:00:01Z", "1970-01-01T00:00:12Z", 2);
        assert_eq!((short.first.as_str(), short.last.as_str(), short.tries), times);
        assert_eq!(
            as_text(&files, &[]),
            "empty: 1 file, the file has no bytes\n  to do: copy or download again; a changed file is tried \
             again\n    /c: has 0.1 s\n\ntoo short: 1 file, there is too little sound to compare\n  to do: \
             nothing: such files come into no playlist; or exclude in .indexerignore\n    /b: has 0.1 s (in \
             cnn14, mfcc)"
        );
        assert_eq!(as_text(&[], &[]), "no failures");
    }

    #[test]
    fn every_kind_can_be_typed_and_says_what_to_do_in_one_row() {
        for kind in FailureKind::ALL {
            assert_eq!(parse(&word(kind)).unwrap(), Shown::Kind(kind));
            assert_eq!(parse(&kind.name().to_uppercase()).unwrap(), Shown::Kind(kind));
            assert!(advice(kind).len() <= 71 && meaning(kind).len() <= 52, "{kind:?}");
        }
        assert_eq!(parse("Partial").unwrap(), Shown::Partial);
        assert!(parse("odd").unwrap_err().to_string().contains("choose from empty, not-audio"));
    }
}
