//! `indexer model list`: which models there are, and which of them are here.

use indexer::{ClassKind, Index, ModelInfo, ModelSpec, ModelState, Whole, Window, location};
use indicatif::DecimalBytes;
use serde_json::{Map, Value, json};

use crate::cli::ui::print::{counted, one_line, shown};
use crate::{cli::context::CommandContext, cli::ui::engine, cli::ui::exit::ExitStatus};

pub(super) fn show(index: &Index, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let (folder, engine) = (index.models(), index.engine());
    let models = folder.list();
    let json = || {
        let rows = models.iter().map(as_json).collect::<Vec<_>>();
        json!({"folder": location(folder.path()), "models": rows, "engine": engine::as_json(&engine)})
    };
    let text = || {
        let width = models.iter().map(|model| model.name.len()).max().unwrap_or_default();
        let engine = format!("{:width$}  {}", "engine", engine::as_text(&engine));
        models.iter().map(|model| as_text(model, width)).chain([engine]).collect::<Vec<_>>().join("\n")
    };
    context.answer(json, text)
}

/// What became of a model, in JSON and for people.
fn words(state: ModelState) -> (&'static str, &'static str) {
    match state {
        ModelState::Verified => ("verified", "installed, verified"),
        ModelState::Unverified => ("unverified", "installed, not verified"),
        ModelState::NotInstalled => ("absent", "not installed"),
        ModelState::Unusable => ("unusable", "cannot be used"),
    }
}

/// What became of a model, for people.
pub(super) fn state(model: &ModelInfo) -> &'static str {
    words(model.state).1
}

pub(super) fn as_json(model: &ModelInfo) -> Value {
    let spec = model.spec.as_ref();
    json!({
        "name": model.name,
        "state": words(model.state).0,
        "reason": model.reason.as_deref().map(one_line),
        "file": model.file.as_deref().map(location),
        "dimension": spec.map(|spec| spec.output.dimension),
        "classes": classes_as_json(model),
        "window": spec.map(|spec| spec.window),
        "max_windows": spec.map(|spec| spec.max_windows),
        "licence": spec.map(|spec| spec.weights.licence.clone()),
        "size": spec.and_then(|spec| spec.weights.size),
        "pending": model.pending,
    })
}

/// One model for people: what it is, and below it what is to be done.
fn as_text(model: &ModelInfo, width: usize) -> String {
    let mut line = format!("{:width$}  {:23}", model.name, words(model.state).1);
    if let Some(spec) = &model.spec {
        let licence = one_line(&spec.weights.licence);
        line += &format!("  {:>5} values, {}; {licence}", spec.output.dimension, windows(spec));
        line += &classes_as_text(model, width);
    }
    if let Some(reason) = &model.reason {
        line += &format!("\n{:width$}  {}", "", one_line(reason));
        let size = model.spec.as_ref().and_then(|spec| spec.weights.size).map(DecimalBytes);
        line += &match (size, model.pending.map(DecimalBytes)) {
            (Some(size), Some(here)) => format!(" ({here} of {size} are here)"),
            (Some(size), None) => format!(" ({size})"),
            (None, _) => String::new(),
        };
    }
    line
}

fn windows(spec: &ModelSpec) -> String {
    match (spec.window, spec.max_windows) {
        (Window::Named(Whole::Whole), _) => match spec.cap {
            Some(cap) => format!("the first {cap} s at once"),
            None => "the whole track at once".to_owned(),
        },
        (_, 0) => format!("all windows of {} s", seconds(spec)),
        (_, most) => format!("{} of {} s", counted(most, "window"), seconds(spec)),
    }
}

/// How many classes a model has, and of which kinds; null where it has none.
fn classes_as_json(model: &ModelInfo) -> Value {
    let Some(count) = class_count(model) else { return Value::Null };
    let kinds = model.classes.iter().map(|(kind, count)| (kind_name(*kind).to_owned(), json!(count)));
    json!({"count": count, "kinds": kinds.collect::<Map<_, _>>()})
}

/// A line for the classes, if the model has any.
fn classes_as_text(model: &ModelInfo, width: usize) -> String {
    let Some(count) = class_count(model) else { return String::new() };
    let kind = |(kind, count): &(_, usize)| format!("{} {count}", kind_name(*kind));
    let kinds: Vec<_> = model.classes.iter().map(kind).collect();
    let kinds = if kinds.is_empty() { "without names".to_owned() } else { kinds.join(", ") };
    format!("\n{:width$}  {count} classes: {kinds}", "")
}

fn class_count(model: &ModelInfo) -> Option<usize> {
    model.spec.as_ref().map(|spec| spec.output.classes).filter(|count| *count > 0)
}

fn kind_name(kind: Option<ClassKind>) -> &'static str {
    kind.map_or("without a kind", ClassKind::name)
}

/// The length of a window to a hundredth.
fn seconds(spec: &ModelSpec) -> f64 {
    (spec.window_seconds() * 100.0).round() / 100.0
}

/// What every command prints that has installed a model.
pub(super) fn show_installed(model: &ModelInfo, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let verified = if model.state == ModelState::Verified { "verified" } else { "not verified" };
    let (name, place) = (&model.name, place(model));
    context.report(
        || json!({"model": as_json(model)}),
        || format!("{name} is installed, {verified}: {place}; `indexer scan` fills its space"),
    )
}

/// The file that an engine opens.
pub(super) fn place(model: &ModelInfo) -> String {
    model.file.as_deref().map(shown).unwrap_or_default()
}
