//! The command line: the only place that parses flags, prints, and ends the process.

mod args;
mod cluster;
mod config;
mod daemon;
mod errors;
mod logging;
mod methods;
mod model;
mod playlists;
mod run;
mod runs;
mod scan;
mod service;
mod session;
mod status;
mod store;
mod ui;
mod watch;
mod worker;

use std::{panic::catch_unwind, path::PathBuf, process::ExitCode};

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::FalseyValueParser};

use self::{
    session::CommandContext,
    ui::outcome::{Outcome, report, usage_error},
};
use indexer::config::Config;

/// Listens to a music folder and keeps playlists of songs that sound alike.
///
/// Every flag can also be given as INDEXER_<FLAG> in the environment. Settings that last stand in the
/// configuration (`indexer config path` says where it lies, `indexer config show` which there are).
#[derive(Parser)]
#[command(name = "indexer", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Read the settings from FILE instead of the usual place
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the store in DIR (must be on a local disk)
    #[arg(long, global = true, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Work on so many files at once [default: the cores this process may use]
    #[arg(long, global = true, value_name = "N")]
    jobs: Option<usize>,
    /// Append a log to FILE; at 10 MiB it becomes FILE.1, and the last five are kept
    #[arg(long, global = true, value_name = "FILE")]
    logfile: Option<PathBuf>,
    /// Log every step, on stderr too
    #[arg(long, global = true)]
    debug: bool,
    /// Print no progress and no summary, only errors
    #[arg(long, global = true)]
    silent: bool,
    /// Print one JSON object on stdout
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    Run(run::RunCommand),
    Scan(scan::ScanCommand),
    Watch(watch::WatchCommand),
    Cluster(cluster::ClusterCommand),
    Status(status::StatusCommand),
    Errors(errors::ErrorsCommand),
    Playlists(playlists::PlaylistsCommand),
    Runs(runs::RunsCommand),
    Model(model::ModelCommand),
    Store(store::StoreCommand),
    Config(config::ConfigCommand),
    Service(service::ServiceCommand),
    #[command(hide = true)]
    Worker(worker::WorkerCommand),
}

/// Runs the program and says how it went.
pub fn main() -> ExitCode {
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

fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let session = CommandContext::begin(&cli.global)?;
    match cli.command {
        Command::Run(command) => command.run(&session),
        Command::Scan(command) => command.run(&session),
        Command::Watch(command) => command.run(&session),
        Command::Cluster(command) => command.run(&session),
        Command::Status(command) => command.run(&session),
        Command::Errors(command) => command.run(&session),
        Command::Playlists(command) => command.run(&session),
        Command::Runs(command) => command.run(&session),
        Command::Model(command) => command.run(&session),
        Command::Store(command) => command.run(&session),
        Command::Config(command) => command.run(&session),
        Command::Service(command) => command.run(&session, &cli.global),
        Command::Worker(_) => unreachable!("a worker never comes here"),
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
