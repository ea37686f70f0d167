//! What is asked of the services, by flags and by the configuration.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    program::program,
    quoting::{absolute, word},
    sandbox::Sandbox,
    units::{Service, Unit, flag, flags},
};
use crate::cli::{
    Global, args::count::Count, cluster::how, methods, scan::view_if_any, session::CommandContext,
};
use clap::Args;
use indexer::app::ScanError;

/// What the playlists are refreshed with, and when; what is not given is read from the configuration at each refresh.
#[derive(Args)]
pub struct ServiceOptions {
    /// How many playlists a refresh makes [default: auto]
    #[arg(long, value_name = "N")]
    n: Option<Count>,
    /// The space whose vectors a refresh compares
    #[arg(long, value_name = "SPACE")]
    method: Option<String>,
    /// Refresh playlist files in this folder
    #[arg(long, value_name = "DIR")]
    playlists: Option<PathBuf>,
    /// Refresh the playlists in a JSON file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When the playlists are refreshed, every day
    #[arg(long, value_name = "HH:MM", default_value = "06:00", value_parser = time_of_day)]
    at: String,
    /// `basic` for where the kernel refuses namespaces to users [default: what the service manager can do]
    #[arg(long, value_name = "KIND")]
    pub sandbox: Option<Sandbox>,
}

/// The units, and the folders that must be there before they run.
pub struct ServicePlan {
    pub units: Vec<Unit>,
    pub store: PathBuf,
    pub playlists: Option<PathBuf>,
}

impl ServicePlan {
    /// Whether there is a timer.
    pub fn refreshes(&self) -> bool {
        self.units.len() > 1
    }
}

impl ServiceOptions {
    /// Checks everything, and says what is to be installed.
    pub fn plan(
        &self,
        session: &CommandContext,
        global: &Global,
        sandbox: Sandbox,
    ) -> anyhow::Result<ServicePlan> {
        let config = &session.config;
        let (algorithm, _) = how(None, &config.cluster)?;
        Count::of(self.n, &config.cluster, algorithm)?;
        let store = absolute(&config.store_folder());
        let models = absolute(&config.models_folder());
        let (program, mut reads) = (program()?, roots(session)?);
        reads.extend(Some(models).filter(|models| !models.starts_with(&store)));
        let mut writes = vec![store.clone()];
        writes.extend(parent(&config.logfile));
        let service = |flags, writes| {
            let has_namespaces = sandbox == Sandbox::Full;
            Service { program: &program, flags, reads: &reads, writes, has_namespaces }
        };
        let mut units = vec![Unit::daemon(&service(flags(global)?, writes.clone()))?];

        let playlists = self.playlists.as_ref().or_else(|| given(&config.cluster.playlists));
        let output = self.output.as_ref().or_else(|| given(&config.cluster.output));
        let playlists = playlists.map(|folder| absolute(folder));
        writes.extend(playlists.clone());
        writes.extend(output.and_then(|file| parent(file)));
        let is_refreshed = playlists.is_some() || output.is_some();
        if is_refreshed {
            units.push(Unit::refresh(&service(self.flags(session, global)?, writes))?);
            units.push(Unit::timer(&self.at));
        }
        Ok(ServicePlan { units, store, playlists: playlists.filter(|_| is_refreshed) })
    }

    /// The flags of the refresh.
    fn flags(&self, session: &CommandContext, global: &Global) -> anyhow::Result<Vec<String>> {
        let mut words = flags(global)?;
        words.extend(self.n.iter().flat_map(|n| flag("--n", &n.to_string())));
        if let Some(method) = &self.method {
            methods::space(method, session)?.ok();
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

/// The folders of the configuration and of the store.
fn roots(session: &CommandContext) -> anyhow::Result<Vec<PathBuf>> {
    let view = view_if_any(&session.config.store_folder())?;
    let known = view.map(|view| view.roots()).transpose()?.unwrap_or_default();
    let configured = session.config.library.roots.iter().map(|root| absolute(root));
    let roots: BTreeSet<_> = configured.chain(known.into_keys()).collect();
    if roots.is_empty() { Err(ScanError::NoRoots.into()) } else { Ok(roots.into_iter().collect()) }
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
