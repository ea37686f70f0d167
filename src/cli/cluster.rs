//! `indexer cluster`: the whole store into playlists, without decoding anything.

use std::path::PathBuf;

use clap::Args;
use indexer::{
    app::{ClusterRequest, ClusterSummary, Explain, PlaylistSummary, cluster},
    clustering::{ALGORITHMS, Algorithm, AlgorithmSettings, algorithm},
    config::ClusterConfig,
    extract::Method,
    playlist::format::location,
};
use serde_json::{Value, json};

use super::{
    args::{count::Count, filtering::Filtering, listing::Listing, set::set_of},
    methods,
    session::CommandContext,
    ui::{
        explain::{self, Explaining},
        outcome::{Outcome, Usage, counted, one_line, print, print_json, shown},
    },
};

/// Group the indexed tracks into playlists of songs that sound alike
#[derive(Args)]
pub struct ClusterCommand {
    /// Only tracks under this folder
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    #[command(flatten)]
    grouping: Grouping,
}

/// How tracks become playlists; `run` takes the same.
#[derive(Args)]
pub struct Grouping {
    /// How many playlists; `auto`: the number whose playlists stand apart best [default: auto]
    #[arg(long, value_name = "N")]
    n: Option<Count>,
    /// The space whose vectors are compared [default: mfcc]
    #[arg(long, value_name = "SPACE")]
    method: Option<String>,
    #[arg(long, value_name = "NAME", help = algorithms())]
    algorithm: Option<String>,
    /// The arithmetic of the original report: 13 MFCC means and tempo, or raw `cnn14-whole` embeddings, unscaled
    #[arg(long, value_name = "NAME", value_parser = ["report"], conflicts_with_all = ["seed", "algorithm"])]
    preset: Option<String>,
    /// The family of playlists that this call continues [default: the space, and the folder if one is given]
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Same seed, same tracks: same playlists [default: 42]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Forget the set's earlier playlists, their ids and names
    #[arg(long)]
    fresh: bool,
    /// Find new names for all playlists; they keep their ids
    #[arg(long)]
    rename: bool,
    #[command(flatten)]
    explaining: Explaining,
    #[command(flatten)]
    listing: Listing,
    #[command(flatten)]
    filtering: Filtering,
}

impl ClusterCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let request = self.grouping.request(self.path, session)?;
        let summary = cluster(&request, &session.config.store_folder(), &session.bars())?;
        show(&summary, request.explain.as_ref(), session, as_json(&summary))?;
        Ok(Outcome::Done)
    }
}

impl Grouping {
    /// The space that is compared, by name.
    pub fn method<'a>(&'a self, session: &'a CommandContext) -> &'a str {
        self.method.as_deref().unwrap_or(&session.config.cluster.method)
    }

    /// Checks everything that can be checked before the store is opened.
    pub fn request(self, path: Option<PathBuf>, session: &CommandContext) -> anyhow::Result<ClusterRequest> {
        let config = &session.config.cluster;
        let method = self.method(session);
        let current = methods::space(method, session)?;
        if self.preset.is_some() {
            is_of_the_report(method, session)?;
        }
        let algorithm =
            if self.preset.is_some() { Some(ALGORITHMS[0].name) } else { self.algorithm.as_deref() };
        let (algorithm, settings) = how(algorithm, config)?;
        let n = Count::of(self.n, config, algorithm)?;
        Ok(ClusterRequest {
            method: method.to_owned(),
            current,
            algorithm,
            settings: if self.preset.is_some() { AlgorithmSettings::default() } else { settings },
            n,
            seed: if self.preset.is_some() { 42 } else { self.seed.unwrap_or(config.seed) },
            path,
            report: self.preset.is_some(),
            set: set_of(self.set, config)?,
            fresh: self.fresh,
            rename: self.rename,
            models: session.config.models_folder(),
            filters: self.filtering.filters(config)?,
            explain: self.explaining.wanted(),
            order: self.listing.order(config)?,
            targets: self.listing.targets(config)?,
        })
    }
}

/// The report knows the `mfcc` space and a model that sees whole tracks.
fn is_of_the_report(name: &str, session: &CommandContext) -> anyhow::Result<()> {
    match methods::method(name, session)? {
        Method::Model(model) if !model.spec.sees_whole_track() => {
            let text = format!(
                "--preset report needs a model that sees the whole track, not {name}: use --method cnn14-whole"
            );
            Err(Usage(text).into())
        }
        _ => Ok(()),
    }
}

fn algorithms() -> String {
    let rows = ALGORITHMS.iter().map(|row| format!("{}: {}", row.name, row.about)).collect::<Vec<_>>();
    format!("How they are grouped [default: kmeans]; {}", rows.join("; "))
}

/// The algorithm and its settings, checked.
pub fn how(
    name: Option<&str>,
    config: &ClusterConfig,
) -> Result<(&'static Algorithm, AlgorithmSettings), Usage> {
    let name = name.unwrap_or(&config.algorithm);
    let names = || ALGORITHMS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    let algorithm = algorithm(name)
        .ok_or_else(|| Usage(format!("unknown algorithm `{name}`: choose from {}", names())))?;
    let settings = config.algorithms.clone();
    settings.check().map_err(|error| Usage(error.to_string()))?;
    Ok((algorithm, settings))
}

/// Prints a summary in the form that was asked for.
pub fn show(
    summary: &ClusterSummary,
    explain: Option<&Explain>,
    session: &CommandContext,
    json: Value,
) -> std::io::Result<()> {
    if session.config.json {
        return print_json(&json);
    }
    if !session.config.silent {
        overview(summary)?;
    }
    // Reasons are no summary: they were asked for.
    match (explain, &summary.why) {
        (Some(explain), Some(why)) => {
            let gap = if session.config.silent { "" } else { "\n" };
            print(&format!("{gap}{}", explain::as_text(explain, why, summary)))
        }
        _ => Ok(()),
    }
}

/// A line per playlist, and one on the whole.
fn overview(summary: &ClusterSummary) -> std::io::Result<()> {
    let names: Vec<_> = summary.playlists.iter().map(|list| one_line(&list.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (list, name) in summary.playlists.iter().zip(names) {
        let songs = if list.size == 1 { "song" } else { "songs" };
        print(&format!("{name:width$}  {:>5} {songs:5}  {}", list.size, change(list)))?;
    }
    let covered = 100.0 * summary.coverage;
    let partial = if summary.coverage < 1.0 {
        let method =
            if summary.method == "mfcc" { String::new() } else { format!(" --method {}", summary.method) };
        format!(" ({covered:.0} % of the library: run `indexer scan{method}` for the rest)")
    } else {
        String::new()
    };
    let seconds: f64 = summary.seconds.iter().map(|(_, seconds)| seconds).sum();
    match summary.noise {
        0 => {}
        1 => print("1 track is like no others and in no playlist")?,
        noise => print(&format!("{noise} tracks are like no others and in no playlist"))?,
    }
    let tracks = counted(summary.tracks, "track");
    let lists = counted(summary.playlists.len(), "playlist");
    let filtered = match summary.filtered {
        0 => String::new(),
        filtered => format!(", {filtered} filtered out"),
    };
    print(&format!("{tracks}{partial} in {lists}{filtered}, {seconds:.1} s"))
}

/// What changed since the set's last run; for a new playlist what it is like.
fn change(list: &PlaylistSummary) -> String {
    let churn = &list.churn;
    if list.is_new {
        let stem = |song: &indexer::playlist::Song| shown(song.path.file_stem().unwrap_or_default().as_ref());
        return list.typical.iter().map(stem).collect::<Vec<_>>().join(", ");
    }
    if churn.added + churn.removed == 0 {
        return "unchanged".to_owned();
    }
    let kept = 100.0 * churn.kept as f64 / (churn.kept + churn.removed).max(1) as f64;
    format!("+{} −{}, {kept:.0} % kept", churn.added, churn.removed)
}

/// The object that SPEC promises for cluster.
pub fn as_json(summary: &ClusterSummary) -> Value {
    let playlists = summary.playlists.iter().map(|list| {
        json!({
            "id": list.id,
            "name": list.name,
            "file": list.file.as_ref().map(|path| location(path)),
            "size": list.size,
            "added": list.churn.added,
            "removed": list.churn.removed,
            "kept": list.churn.kept,
        })
    });
    let curve = summary.n_curve.iter().map(|(n, silhouette)| json!({ "n": n, "silhouette": silhouette }));
    let seconds = summary.seconds.iter().map(|(stage, seconds)| ((*stage).to_owned(), json!(seconds)));
    let mut json = json!({
        "set": summary.set,
        "run": summary.run.to_string(),
        "method": summary.method,
        "algorithm": summary.algorithm,
        "n": summary.n,
        "n_curve": curve.collect::<Vec<_>>(),
        "tracks": summary.tracks,
        "filtered": summary.filtered,
        "coverage": summary.coverage,
        "noise": summary.noise,
        "inertia": summary.inertia,
        "silhouette": summary.silhouette,
        "seconds": seconds.collect::<serde_json::Map<_, _>>(),
        "playlists": playlists.collect::<Vec<_>>(),
    });
    if let Some(why) = &summary.why {
        json["explain"] = explain::as_json(why);
    }
    json
}
