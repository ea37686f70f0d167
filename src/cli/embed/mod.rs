//! `indexer embed`: lists of files into tables, without a store, on as many machines as there are.

mod job;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use indexer::{EmbedRequest, EmbedSummary, Index, ListsRequest, ListsSummary, location};
use indicatif::DecimalBytes;
use serde_json::{Value, json};

pub(super) use self::job::JOBS;
use self::job::JobKind;
use super::args::overrule;
use super::context::CommandContext;
use super::ui::exit::{ExitStatus, Usage};
use super::ui::print::{counted, home, one_line};

/// Analyse a list of files into a table, without a store, as one of many machines
///
/// `--lists-to` divides folders into lists, `--print-job` prints what gives each list to a machine, and `indexer import` takes the
/// tables into a store. A table is written beside its name and gets it when it is whole; where it is finished already it is left
/// as it is. A file that fails is a row with its reason.
#[derive(Args)]
#[command(group = ArgGroup::new("what").args(["files_from", "lists_to", "print_job"]))]
pub(super) struct EmbedCommand {
    /// Analyse the files of LIST: a path on each line, or zero bytes between them; `-` is stdin
    #[arg(long, value_name = "LIST", requires = "to")]
    files_from: Option<PathBuf>,
    /// Write the table to FILE, as Parquet
    #[arg(long, value_name = "FILE", requires = "files_from")]
    to: Option<PathBuf>,
    /// The folder of the library in which the files lie [default: that of the list]
    #[arg(id = "embed_root", long = "root", value_name = "DIR", requires = "files_from")]
    root: Option<PathBuf>,
    /// Vectors to make: methods separated by commas, or `all`
    #[arg(long, short, value_name = "LIST")]
    method: Option<String>,
    /// Exit with 3 if a file has failed
    #[arg(long, requires = "files_from")]
    strict: bool,
    /// Write FILE again though it is finished, and replace somebody else's
    #[arg(long, requires = "files_from")]
    force: bool,
    /// Divide the music of the folders into lists in DIR, which is empty or not there
    #[arg(long, value_name = "DIR", requires = "folders")]
    lists_to: Option<PathBuf>,
    /// The music of each list has about SIZE bytes, such as 500M or 20G
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = bytes)]
    list_size: u64,
    /// The folders
    #[arg(value_name = "FOLDER", conflicts_with_all = ["files_from", "print_job"])]
    folders: Vec<PathBuf>,
    // `cli::help` says what there is.
    #[arg(long, value_name = "KIND")]
    print_job: Option<String>,
}

impl EmbedCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        if let Some(name) = &self.print_job {
            let job = JobKind::named(name)?;
            return context
                .answer(|| json!({"job": job.name, "text": job.text}), || job.text.trim_end().to_owned());
        }
        let mut config = context.config.clone();
        overrule(&mut config.scan.method, self.method);
        let index = Index::open(&config);
        if let Some(to) = self.lists_to {
            let request = ListsRequest { folders: self.folders, to, bytes: self.list_size };
            let summary = index.write_lists(&request)?;
            return context.report(|| lists_as_json(&summary), || lists_as_text(&summary));
        }
        let (Some(files_from), Some(to)) = (self.files_from, self.to) else {
            let text =
                "say what to do: --files-from LIST --to FILE, --lists-to DIR FOLDER, or --print-job KIND";
            return Err(Usage(text.to_owned()).into());
        };
        let request = EmbedRequest { files_from, to, root: self.root, force: self.force };
        let bars = context.bars();
        let summary = context.interruptible(|stop| index.embed(&request, &bars, stop))?;
        context.report(|| as_json(&summary), || as_text(&summary))?;
        Ok(if self.strict && summary.failed > 0 { ExitStatus::SomeFailed } else { ExitStatus::Done })
    }
}

fn as_json(embed: &EmbedSummary) -> Value {
    json!({
        "to": location(&embed.to),
        "was_there": embed.was_there,
        "files": embed.files,
        "tracks": embed.tracks,
        "failed": embed.failed,
        "vectors": embed.vectors,
        "bytes": embed.bytes,
        "seconds": embed.seconds,
    })
}

fn as_text(embed: &EmbedSummary) -> String {
    let file = home(&embed.to);
    if embed.was_there {
        return format!("{file} is finished already");
    }
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut text =
        format!("{}, {}", counted(number(embed.files), "file"), counted(number(embed.tracks), "track"));
    if embed.failed > 0 {
        text += &format!(", {} failed", embed.failed);
    }
    for (method, count) in &embed.vectors {
        text += &format!(", {count} in {}", one_line(method));
    }
    format!("{text} in {:.1} s: {file}, {}", embed.seconds, DecimalBytes(embed.bytes))
}

fn lists_as_json(lists: &ListsSummary) -> Value {
    let paths: Vec<_> = lists.lists.iter().map(|path| location(path)).collect();
    json!({"lists": paths, "files": lists.files, "bytes": lists.bytes})
}

fn lists_as_text(summary: &ListsSummary) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let (files, lists) = (counted(number(summary.files), "file"), counted(summary.lists.len(), "list"));
    format!("{files}, {}, in {lists}", DecimalBytes(summary.bytes))
}

/// A number of bytes: `500M`, `20G`, `1.5T`, or without a letter.
fn bytes(text: &str) -> Result<u64, &'static str> {
    let (number, unit) = match text.to_ascii_uppercase().trim_end_matches('B') {
        text if text.ends_with('K') => (text.trim_end_matches('K').to_owned(), 1e3),
        text if text.ends_with('M') => (text.trim_end_matches('M').to_owned(), 1e6),
        text if text.ends_with('G') => (text.trim_end_matches('G').to_owned(), 1e9),
        text if text.ends_with('T') => (text.trim_end_matches('T').to_owned(), 1e12),
        text => (text.to_owned(), 1.0),
    };
    let value = number.trim().parse::<f64>().map_err(|_| "a size such as 500M or 20G is expected")? * unit;
    if value >= 1.0 && value.is_finite() { Ok(value as u64) } else { Err("a size above 0 is expected") }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_written_as_people_write_them() {
        for (text, expected) in [
            ("1", Some(1)),
            ("500M", Some(500_000_000)),
            ("1.5g", Some(1_500_000_000)),
            ("2 TB", Some(2_000_000_000_000)),
            ("0", None),
            ("-1G", None),
            ("x", None),
            ("", None),
            ("nan", None),
        ] {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
    }
}
