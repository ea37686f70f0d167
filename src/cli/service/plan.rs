//! What the services are to do, from flags and the configuration.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use indexer::Index;

use super::quoting::{absolute, word};
use super::systemd::Sandbox;
use super::units::{DAEMON, REFRESH, Service, Unit, flag, flags};
use crate::{
    cli::args::count::Count, cli::args::global::Global, cli::context::CommandContext, cli::ui::exit::Usage,
};

/// How and when the playlists are refreshed; what is not given is read from the configuration at each refresh.
#[derive(Args)]
pub(crate) struct ServiceOptions {
    /// How many playlists a refresh makes [default: auto]
    #[arg(long, short, value_name = "N")]
    n: Option<Count>,
    /// The space whose vectors a refresh compares
    #[arg(long, short, value_name = "SPACE")]
    method: Option<String>,
    /// Refresh playlist files in this folder
    #[arg(long, value_name = "DIR")]
    playlists: Option<PathBuf>,
    /// Refresh the playlists in this JSON file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The time of day at which the playlists are refreshed
    #[arg(long, value_name = "HH:MM", default_value = "06:00", value_parser = time_of_day)]
    at: String,
    /// `basic` where the kernel refuses namespaces to users [default: what the service manager can do]
    #[arg(long, value_name = "KIND")]
    pub sandbox: Option<Sandbox>,
}

/// The units, and the folders that must exist before they run.
pub(super) struct ServicePlan {
    pub units: Vec<Unit>,
    pub store: PathBuf,
    pub playlists: Option<PathBuf>,
}

impl ServicePlan {
    /// Whether there is a timer.
    pub(super) fn refreshes(&self) -> bool {
        self.units.len() > 1
    }
}

impl ServiceOptions {
    /// Checks everything, and makes the units.
    pub(super) fn plan(
        &self,
        context: &CommandContext,
        global: &Global,
        sandbox: Sandbox,
    ) -> anyhow::Result<ServicePlan> {
        let mut config = context.config.clone();
        config.cluster.method = self.method.clone().unwrap_or(config.cluster.method);
        let index = Index::open(&config);
        let mut request = index.cluster_request()?;
        self.n.map(|n| n.apply(&mut request)).transpose()?;
        let store = absolute(&config.store_folder());
        let models = absolute(&config.models_folder());
        let program = program()?;
        let roots: BTreeSet<_> = index.roots()?.iter().map(|root| absolute(root)).collect();
        let mut reads: Vec<_> = roots.into_iter().collect();
        reads.extend(Some(models).filter(|models| !models.starts_with(&store)));
        let mut writes = vec![store.clone()];
        writes.extend(parent(&config.logfile));
        let service = |flags, writes| {
            let has_namespaces = sandbox == Sandbox::Full;
            Service { program: &program, flags, reads: &reads, writes, has_namespaces }
        };
        let mut units = vec![Unit::service(DAEMON, &service(flags(global)?, writes.clone()))?];

        let playlists = self.playlists.as_ref().or_else(|| given(&config.cluster.playlists));
        let output = self.output.as_ref().or_else(|| given(&config.cluster.output));
        let playlists = playlists.map(|folder| absolute(folder));
        writes.extend(playlists.clone());
        writes.extend(output.and_then(|file| parent(file)));
        let is_refreshed = playlists.is_some() || output.is_some();
        if is_refreshed {
            units.push(Unit::service(REFRESH, &service(self.flags(global)?, writes))?);
            units.push(Unit::timer(&self.at));
        }
        Ok(ServicePlan { units, store, playlists: playlists.filter(|_| is_refreshed) })
    }

    /// The flags of the refresh.
    fn flags(&self, global: &Global) -> Result<Vec<String>, Usage> {
        let mut words = flags(global)?;
        words.extend(self.n.iter().flat_map(|n| flag("--n", &n.to_string())));
        if let Some(method) = &self.method {
            words.extend(flag("--method", method));
        }
        for (name, path) in [("--playlists", &self.playlists), ("--output", &self.output)] {
            if let Some(path) = path {
                words.extend([name.to_owned(), word("", &absolute(path))?]);
            }
        }
        Ok(words)
    }
}

/// The name under which this program is found after an upgrade, too.
fn program() -> anyhow::Result<PathBuf> {
    let this = env::current_exe().context("the file of this program cannot be found")?;
    if !this.exists() {
        bail!("the file of this program has been replaced: call the new one");
    }
    // Package managers keep a link in PATH while the folder that it names changes with the version.
    let folders = env::var_os("PATH").unwrap_or_default();
    let names = env::split_paths(&folders).filter(|folder| folder.is_absolute());
    let mut names = names.map(|folder| folder.join(env!("CARGO_PKG_NAME")));
    Ok(names.find(|name| name.canonicalize().is_ok_and(|file| file == this)).unwrap_or(this))
}

fn given(path: &PathBuf) -> Option<&PathBuf> {
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

/// The folder of a file, if one is named.
fn parent(file: &Path) -> Option<PathBuf> {
    let file = Some(file).filter(|file| !file.as_os_str().is_empty())?;
    absolute(file).parent().map(Path::to_owned)
}

fn time_of_day(text: &str) -> Result<String, String> {
    let numbers =
        text.split_once(':').and_then(|(h, m)| Some((h.parse::<u8>().ok()?, m.parse::<u8>().ok()?)));
    match numbers {
        Some((h @ 0..24, m @ 0..60)) => Ok(format!("{h:02}:{m:02}")),
        _ => Err("a time such as 06:30 is expected".to_owned()),
    }
}
