//! The command line: the only place that parses flags, prints, and ends the process.

mod allocator;
mod args;
mod cluster;
mod completions;
mod config;
mod context;
#[cfg(feature = "parquet")]
mod embed;
mod errors;
mod eval;
mod export;
mod help;
mod import;
mod library;
mod logging;
mod map;
mod model;
mod path;
mod playlists;
mod run;
mod runs;
mod scan;
mod service;
mod similar;
mod status;
mod store;
mod ui;
mod watch;
mod worker;

use std::{ffi::OsString, panic::catch_unwind, process::ExitCode};

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, builder::FalseyValueParser};
use indexer::Config;

use self::ui::exit::{ExitStatus, Usage, report, usage_error};
use self::{args::OF_ONE_ANSWER, args::global::Global, context::CommandContext};

/// Listens to a music folder and keeps playlists of songs that sound alike.
///
/// Every flag can also be set in the environment, as INDEXER_<FLAG>. Permanent settings go in the configuration file
/// (`indexer config path` prints where it is, `indexer config show` prints all settings).
#[derive(Parser)]
#[command(name = "indexer", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::RunCommand),
    Scan(scan::ScanCommand),
    Watch(watch::WatchCommand),
    Cluster(cluster::ClusterCommand),
    Eval(eval::EvalCommand),
    Similar(similar::SimilarCommand),
    Path(path::PathCommand),
    Map(map::MapCommand),
    Export(export::ExportCommand),
    Import(import::ImportCommand),
    #[cfg(feature = "parquet")]
    Embed(embed::EmbedCommand),
    /// Show what is indexed, when that was last done, and what is going on
    Status,
    Errors(errors::ErrorsCommand),
    /// List, rename and pin playlists
    #[command(subcommand)]
    Playlists(playlists::PlaylistsCommand),
    /// Look at earlier runs of `cluster`, compare them, bring one back
    ///
    /// A RUN is the id of a run, the beginning of an id, `latest` or `previous`. The last 50 runs of each set are kept.
    #[command(subcommand)]
    Runs(runs::RunsCommand),
    /// List, fetch, import, verify and remove models
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// List the folders of the library, take one out
    #[command(subcommand)]
    Library(library::LibraryCommand),
    /// Keep the store in order
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Show or check the settings in force
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Run `indexer watch` as a systemd user service, and refresh the playlists every day
    #[command(subcommand)]
    Service(service::ServiceCommand),
    Completions(completions::CompletionsCommand),
    Man(completions::ManCommand),
    #[command(hide = true)]
    Worker(worker::WorkerCommand),
    #[command(hide = true)]
    InferenceWorker(worker::InferenceWorkerCommand),
}

/// Runs the program and returns its exit code.
pub(crate) fn main() -> ExitCode {
    switch_telemetry_off();
    logging::silence_panics();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return usage_error(&error),
    };
    match &cli.command {
        Command::Worker(worker) => return worker.run(),
        Command::InferenceWorker(worker) => return worker.run(),
        _ => {}
    }
    let json = cli.global.json || Config::asks_for_json(cli.global.config.as_deref());
    report(catch_unwind(|| run(cli, json)), json)
}

/// ONNX Runtime collects nothing when it is told so, but from 1.32 on makes its files in the user's cache before anybody can
/// tell it anything; this variable it reads before that.
fn switch_telemetry_off() {
    // SAFETY: this is the first that the process does, and its only thread: nobody reads the environment meanwhile.
    unsafe { std::env::set_var("ORT_DISABLE_TELEMETRY", "1") };
}

fn run(cli: Cli, json: bool) -> anyhow::Result<ExitStatus> {
    match &cli.command {
        // These need no settings, so that a mistake in them does not matter here.
        Command::Completions(command) => return command.run(self::command(), json),
        Command::Man(command) => return command.run(self::command(), json),
        _ => {}
    }
    let context = CommandContext::begin(&cli.global)?;
    match cli.command {
        Command::Run(command) => command.run(&context),
        Command::Scan(command) => command.run(&context),
        Command::Watch(command) => command.run(&context),
        Command::Cluster(command) => command.run(&context),
        Command::Eval(command) => command.run(&context),
        Command::Similar(command) => command.run(&context),
        Command::Path(command) => command.run(&context),
        Command::Map(command) => command.run(&context),
        Command::Export(command) => command.run(&context),
        Command::Import(command) => command.run(&context),
        #[cfg(feature = "parquet")]
        Command::Embed(command) => command.run(&context),
        Command::Status => status::run(&context),
        Command::Errors(command) => command.run(&context),
        Command::Playlists(command) => command.run(&context),
        Command::Runs(command) => command.run(&context),
        Command::Model(command) => command.run(&context),
        Command::Library(command) => command.run(&context),
        Command::Store(command) => command.run(&context),
        Command::Config(command) => command.run(&in_force(&context.config)?, &context),
        Command::Service(command) => command.run(&context, &cli.global),
        Command::Completions(_) | Command::Man(_) | Command::Worker(_) | Command::InferenceWorker(_) => {
            unreachable!("they have run already")
        }
    }
}

/// All commands with their flags, each of which may come from `INDEXER_<FLAG>`.
fn command() -> clap::Command {
    with_environment(help::complete(Cli::command()))
}

/// Parses the command line.
fn parse() -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches()?;
    let cli = Cli::from_arg_matches(&matches)?;
    if let (Command::Import(import), Some((_, matches))) = (&cli.command, matches.subcommand()) {
        import.check(matches)?;
    }
    Ok(cli)
}

/// What a command would be given by the environment alone.
fn parse_environment(name: &str) -> Result<(Cli, clap::ArgMatches), clap::Error> {
    let matches = command().try_get_matches_from(["indexer", name])?;
    Ok((Cli::from_arg_matches(&matches)?, matches))
}

/// The settings with what the environment sets for flags of commands: `INDEXER_N` is a flag of `cluster`, which overrules
/// `[cluster] n`. Each command is parsed without any words of its own, so that this is what it would be given.
fn in_force(config: &Config) -> anyhow::Result<Config> {
    let mut config = config.clone();
    for name in ["scan", "watch", "cluster"] {
        let (cli, matches) = parse_environment(name).map_err(|error| {
            let text = error.to_string();
            Usage(text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())
        })?;
        match cli.command {
            Command::Scan(scan) => scan.overrule(&mut config),
            Command::Watch(watch) => watch.overrule(&mut config),
            Command::Cluster(cluster) => {
                cluster.grouping.overrule(&mut config);
                let given = matches.subcommand().and_then(|(_, inside)| inside.get_many("path_map"));
                let texts = given.into_iter().flatten().map(|text: &OsString| text.to_string_lossy().into());
                config.cluster.path_map.extend(texts);
            }
            _ => {}
        }
    }
    Ok(config)
}

fn with_environment(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            let Some(long) = arg.get_long().filter(|long| !matches!(*long, "help" | "version")) else {
                return arg;
            };
            if OF_ONE_ANSWER.contains(&arg.get_id().as_str()) {
                return arg;
            }
            let name = format!("INDEXER_{}", long.replace('-', "_").to_uppercase());
            let arg = arg.env(name).hide_env(true);
            if matches!(arg.get_action(), ArgAction::SetTrue) {
                arg.value_parser(FalseyValueParser::new())
            } else {
                arg
            }
        })
        .mut_subcommands(with_environment)
}
