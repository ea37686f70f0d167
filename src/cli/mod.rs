//! The command line: the only place that parses flags, prints, and ends the process.

mod args;
mod cluster;
mod config;
mod context;
mod errors;
mod logging;
mod model;
mod playlists;
mod run;
mod runs;
mod scan;
mod service;
mod status;
mod store;
mod ui;
mod watch;
mod worker;

use std::{panic::catch_unwind, process::ExitCode};

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, builder::FalseyValueParser};
use indexer::Config;

use self::ui::exit::{ExitStatus, report, usage_error};
use self::{args::global::Global, context::CommandContext};

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
    /// Show what is indexed, per space
    Status,
    /// List the files that failed, and why
    Errors,
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
    /// Keep the store in order
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Show or check the settings in force
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Run `indexer watch` as a systemd user service, and refresh the playlists every day
    #[command(subcommand)]
    Service(service::ServiceCommand),
    #[command(hide = true)]
    Worker(worker::WorkerCommand),
}

/// Runs the program and returns its exit code.
pub(crate) fn main() -> ExitCode {
    logging::silence_panics();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return usage_error(&error),
    };
    if let Command::Worker(worker) = &cli.command {
        return worker.run();
    }
    let json = cli.global.json || Config::asks_for_json(cli.global.config.as_deref());
    report(catch_unwind(|| run(cli)), json)
}

fn run(cli: Cli) -> anyhow::Result<ExitStatus> {
    let context = CommandContext::begin(&cli.global)?;
    match cli.command {
        Command::Run(command) => command.run(&context),
        Command::Scan(command) => command.run(&context),
        Command::Watch(command) => command.run(&context),
        Command::Cluster(command) => command.run(&context),
        Command::Status => status::run(&context),
        Command::Errors => errors::run(&context),
        Command::Playlists(command) => command.run(&context),
        Command::Runs(command) => command.run(&context),
        Command::Model(command) => command.run(&context),
        Command::Store(command) => command.run(&context),
        Command::Config(command) => command.run(&context),
        Command::Service(command) => command.run(&context, &cli.global),
        Command::Worker(_) => unreachable!("main has run it"),
    }
}

/// Parses the command line; each flag may come from `INDEXER_<FLAG>`.
fn parse() -> Result<Cli, clap::Error> {
    let command = with_environment(Cli::command());
    Cli::from_arg_matches(&command.try_get_matches()?)
}

fn with_environment(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            let Some(long) = arg.get_long().filter(|long| !matches!(*long, "help" | "version")) else {
                return arg;
            };
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
