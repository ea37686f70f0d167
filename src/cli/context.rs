//! What every command starts with: settings in force, logging, signals.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use indexer::{Config, Index};
use serde_json::Value;
use signal_hook::{consts::SIGINT, consts::SIGTERM, flag};

use super::ui::print::{print, print_json};
use super::{args::global::Global, logging, ui::bars::Bars, ui::exit::ExitStatus};

/// What one command runs with.
pub(super) struct CommandContext {
    /// Flags over the environment over the file.
    pub config: Config,
    pub config_path: PathBuf,
    /// While this is raised, Ctrl-C and SIGTERM end the process at once; while it is lowered, the first one raises it.
    stop: Arc<AtomicBool>,
}

impl CommandContext {
    pub(super) fn begin(global: &Global) -> anyhow::Result<Self> {
        let mut config = Config::load(global.config.as_deref())?;
        global.overrule(&mut config);
        config.check_store_folder()?;
        global.color.decide();
        let logfile = Some(&config.logfile).filter(|path| !path.as_os_str().is_empty());
        logging::begin(logfile.map(PathBuf::as_path), config.debug)?;
        let stop = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop))?;
            flag::register(signal, Arc::clone(&stop))?;
        }
        let config_path = global.config.clone().unwrap_or_else(Config::default_path);
        Ok(Self { config, config_path, stop })
    }

    /// Makes another signal raise the flag of [`Self::interruptible`], unless this process was started with that signal
    /// ignored; returns whether it does.
    pub(super) fn also_ends_at(&self, signal: i32) -> anyhow::Result<bool> {
        let is_ignored = is_ignored(signal);
        if !is_ignored {
            flag::register(signal, Arc::clone(&self.stop))?;
        }
        Ok(!is_ignored)
    }

    /// Runs work that ends by itself, and in order, when its flag is raised.
    pub(super) fn interruptible<T>(&self, work: impl FnOnce(&AtomicBool) -> T) -> T {
        self.stop.store(false, Ordering::Relaxed);
        let result = work(&self.stop);
        self.stop.store(true, Ordering::Relaxed);
        result
    }

    /// The index that the settings in force describe.
    pub(super) fn index(&self) -> Index {
        Index::open(&self.config)
    }

    pub(super) fn bars(&self) -> Bars {
        Bars::new(self.config.silent, self.config.debug)
    }

    /// Prints what was asked for, as one JSON object or as text.
    pub(super) fn answer(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<ExitStatus> {
        if self.config.json {
            print_json(&json())?
        } else {
            print(&text())?
        }
        Ok(ExitStatus::Done)
    }

    /// The same for what was done, whose text --silent leaves out. The log has it.
    pub(super) fn report(
        &self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<ExitStatus> {
        let text = text();
        text.lines().for_each(|line| tracing::info!("{line}"));
        if self.config.silent && !self.config.json {
            Ok(ExitStatus::Done)
        } else {
            self.answer(json, || text)
        }
    }
}

/// Whether a signal is ignored, as `nohup` has it.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}
