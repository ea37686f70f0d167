//! `indexer import`: what other machines have analysed.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, error::ErrorKind, parser::ValueSource};
use indexer::{ImportSummary, ImportedSpace, location};
use serde_json::{Map, Value, json};

use super::args::grouping::{ComparisonFlags, RefreshFlags};
use super::ui::print::{counted, home, one_line, shown};
use super::{context::CommandContext, ui::exit::ExitStatus, ui::summary};

/// Take what another machine has analysed or grouped into the store
///
/// Recordings are known by what is heard in them, so their files may lie anywhere: the next scan finds those of this machine, and
/// decodes none that came in. Vectors are taken only if this program makes the same, by method and recipe. What the store has
/// stays as it is. Every file is looked at before anything is written, and a second import completes one that was ended.
///
/// With --assignment, the songs of the library are grouped as a file says, and all else is as `cluster` does it: playlists keep
/// their ids and names from run to run, and files are written. Songs that the file does not name join the group whose centre is
/// nearest.
#[derive(Args)]
pub(super) struct ImportCommand {
    /// Parquet files of tracks that `indexer export` wrote
    #[arg(required_unless_present = "assignment", conflicts_with = "assignment", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Group the songs as this CSV file says: a column `content_id`, in hexadecimal digits as exported, and a column `group`. A folder
    /// of such parts, as Spark writes it, will do
    #[arg(long, value_name = "FILE")]
    assignment: Option<PathBuf>,
    #[command(flatten)]
    playlists: PlaylistFlags,
}

/// How an assignment becomes playlists.
#[derive(Args)]
#[command(next_help_heading = "With --assignment")]
struct PlaylistFlags {
    /// Only tracks under this folder
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    comparison: ComparisonFlags,
    #[command(flatten)]
    refresh: RefreshFlags,
}

impl ImportCommand {
    /// Refuses flags that only an assignment gives a meaning. What the environment says of them is not meant for this call.
    pub(super) fn check(&self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let flags = PlaylistFlags::augment_args(clap::Command::new("import"));
        let is_typed = |flag: &&clap::Arg| {
            matches.value_source(flag.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        let typed = flags.get_arguments().filter(|_| self.assignment.is_none()).find(is_typed);
        let Some(flag) = typed.and_then(clap::Arg::get_long) else { return Ok(()) };
        let text = format!("--{flag} is about playlists: leave it out, or give --assignment FILE");
        Err(clap::Error::raw(ErrorKind::ArgumentConflict, text + "\n"))
    }

    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        if let Some(file) = &self.assignment {
            return self.playlists.make(file, context);
        }
        let summary = context.index().import(&self.files, &context.bars())?;
        context.report(|| as_json(&summary), || as_text(&summary))
    }
}

impl PlaylistFlags {
    fn make(self, file: &Path, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        self.comparison.overrule(&mut config.cluster);
        let (index, mut request) = self.refresh.request(self.path, config)?;
        request.targets.is_dry_run = self.dry_run;
        let summary = index.import_assignment(file, &request, &context.bars())?;
        let json = summary::as_json(&summary);
        summary::show(&summary, request.explain.as_ref(), &request.targets, context, json)?;
        Ok(ExitStatus::Done)
    }
}

fn as_json(import: &ImportSummary) -> Value {
    let counts = |space: &ImportedSpace| {
        json!({
            "stored": space.stored, "equal": space.equal, "conflicts": space.conflicts, "broken": space.broken,
        })
    };
    let spaces: Map<_, _> = import.spaces.iter().map(|(name, space)| (name.clone(), counts(space))).collect();
    let foreign = import.foreign.iter().map(|foreign| {
        json!({
            "name": foreign.space.name,
            "fingerprint": foreign.space.fingerprint.to_string(),
            "file": location(&foreign.file),
        })
    });
    json!({
        "rows": import.rows,
        "new": import.new,
        "known": import.known,
        "files": import.files,
        "roots": import.roots.iter().map(|root| location(root)).collect::<Vec<_>>(),
        "spaces": spaces,
        "conflicting": import.conflicting.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "foreign": foreign.collect::<Vec<_>>(),
    })
}

fn as_text(import: &ImportSummary) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let tracks = number(import.new + import.known);
    let mut text = format!("{}, {} of them new here", counted(tracks, "track"), import.new);
    text += &match import.files {
        0 => String::new(),
        files => format!("; {} here as there", counted(number(files), "file")),
    };
    for root in &import.roots {
        text += &format!("\n{} is a folder of the library now", home(root));
    }
    for (name, space) in &import.spaces {
        text += &format!("\n{}: {} stored", one_line(name), counted(number(space.stored), "vector"));
        let rest = [
            (space.equal, "the same as here"),
            (space.conflicts, "other than those here, which stay"),
            (space.broken, "damaged and left out"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            text += &format!(", {count} {what}");
        }
    }
    for path in &import.conflicting {
        text += &format!("\nother vectors here: {}", shown(path));
    }
    for foreign in &import.foreign {
        let space = format!("{} {}", one_line(&foreign.space.name), foreign.space.fingerprint.short(16));
        text +=
            &format!("\nleft out: vectors of {space} in {}, which nothing here makes", home(&foreign.file));
    }
    text
}
