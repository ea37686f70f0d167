//! `indexer model compare`: two models, or a model and a file, on the same songs.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use indexer::{COMPARED, CompareOptions, ComparedModel, Comparison, Event, LEAST_SONGS, Progress, location};
use indicatif::DecimalBytes;
use serde_json::{Value, json};

use crate::cli::ui::bars::Bars;
use crate::cli::ui::print::{complain, counted, one_line, print_json, shown};
use crate::cli::ui::screen::Screen;
use crate::cli::ui::table::{Column, TextTable};
use crate::cli::{context::CommandContext, ui::engine, ui::exit::ExitStatus};

#[derive(Args)]
pub(in crate::cli) struct CompareCommand {
    /// An installed model
    #[arg(value_name = "MODEL")]
    one: PathBuf,
    /// Another one, or an ONNX file that is run as MODEL is described
    #[arg(value_name = "OTHER")]
    other: PathBuf,
    /// The folder of songs to compare them on
    #[arg(long, value_name = "DIR")]
    on: PathBuf,
    /// Take at most so many files, evenly spread over the folder [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroUsize>,
}

impl CompareCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let index = context.index();
        let names = [self.one.as_path(), self.other.as_path()];
        let passes = Passes { bars: context.bars(), names, begun: Cell::new(0) };
        let options = CompareOptions { folder: self.on.clone(), limit: self.limit.map(NonZeroUsize::get) };
        let found = context.interruptible(|stop| index.compare_models(names, &options, &passes, stop))?;
        let Some(found) = found else {
            complain("interrupted: nothing was compared, and nothing is left behind");
            if context.config.json {
                print_json(&json!({"interrupted": true}))?;
            }
            return Ok(ExitStatus::Interrupted);
        };
        let engine = index.engine();
        context.answer(
            || {
                let mut object = as_json(&found);
                object["engine"] = engine::as_json(&engine);
                object
            },
            || format!("{}\nengine: {}", as_text(&found), engine::as_text(&engine)),
        )?;
        Ok(if found.left_out > 0 { ExitStatus::SomeFailed } else { ExitStatus::Done })
    }
}

/// Says which model is at work. Files that fail are counted at the end, not told by each model.
struct Passes<'a> {
    bars: Bars,
    names: [&'a Path; 2],
    begun: Cell<usize>,
}

impl Progress for Passes<'_> {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Begin { files } => {
                let name = self.names.get(self.begun.replace(self.begun.get() + 1));
                let name = name.map(|name| shown(name)).unwrap_or_default();
                self.bars.note(&format!("{name}: {}", counted(files as usize, "file")));
                self.bars.event(event);
            }
            Event::Failed { path, failure } => tracing::warn!(path = %path.display(), "{failure}"),
            event => self.bars.event(event),
        }
    }
}

fn as_json(found: &Comparison) -> Value {
    let first = found.first_failure.as_ref();
    let first = first.map(|(path, reason)| json!({"path": location(path), "reason": reason}));
    let agreement = &found.agreement;
    json!({
        "songs": found.songs,
        "left_out": found.left_out,
        "first_failure": first,
        "models": found.models.each_ref().map(model_as_json),
        "cosine": agreement.cosine.map(|cosine| json!({"mean": cosine.mean, "least": cosine.least})),
        "neighbours": agreement.neighbours,
        "classes": agreement.classes,
    })
}

fn model_as_json(model: &ComparedModel) -> Value {
    json!({
        "name": model.name,
        "file": location(&model.file),
        "size": model.bytes,
        "dimension": model.dimension,
        "cpu_seconds": model.cpu_seconds,
        "songs_a_minute": model.rate,
    })
}

fn as_text(found: &Comparison) -> String {
    let mut table = TextTable::new(&[Column::Left, Column::Right, Column::Right]);
    let [one, other] = &found.models;
    let mut row = |what: &str, cell: &dyn Fn(&ComparedModel) -> String| {
        table.row([what.into(), cell(one).as_str().into(), cell(other).as_str().into(), "".into()]);
    };
    row("", &|model| one_line(&model.name));
    row("values", &|model| model.dimension.to_string());
    row("size", &|model| DecimalBytes(model.bytes).to_string());
    row("CPU a song, decoding included", &|model| format!("{:.2} s", model.cpu_seconds));
    row("songs a minute", &|model| format!("{:.0}", model.rate));
    table.line("");
    let mut row = |what: String, value: String| table.row([what.as_str().into(), value.as_str().into()]);
    let [cosine, neighbours, classes] = agreement(found);
    row("cosine of the vectors".into(), cosine);
    row(format!("of the {COMPARED} nearest songs stay"), neighbours);
    row(format!("of the {COMPARED} strongest classes stay"), classes);
    let left_out = match (found.left_out, &found.first_failure) {
        (0, _) => String::new(),
        (n, None) => format!(", {} left out", counted(n, "file")),
        (n, Some((path, reason))) => {
            format!(", {} left out ({}: {})", counted(n, "file"), shown(path), one_line(reason))
        }
    };
    format!("{} compared{left_out}\n\n{}", counted(found.songs, "song"), table.text(&Screen::stdout()))
}

/// Cosine, neighbours and classes for people, or why there are none.
fn agreement(found: &Comparison) -> [String; 3] {
    let agreement = &found.agreement;
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let [one, other] = &found.models;
    let cosine = match agreement.cosine {
        Some(cosine) => format!("mean {:.6}, least {:.6}", cosine.mean, cosine.least),
        None => format!("none between {} and {} values", one.dimension, other.dimension),
    };
    let neighbours =
        agreement.neighbours.map_or_else(|| format!("not said of fewer than {LEAST_SONGS} songs"), percent);
    let classes = agreement.classes.map_or_else(|| "no classes in common".to_owned(), percent);
    [cosine, neighbours, classes]
}
