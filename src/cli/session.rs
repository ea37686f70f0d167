//! What every command starts with: settings in force, logging, signals.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use indexer::{
    app::{Inference, WorkerLimits, WorkerPool},
    audio::worker::WorkerProgram,
    config::Config,
    library::Rules,
    priority::Priority,
};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

use super::{Global, logging, ui::bars::Bars};

/// The surroundings of one command.
pub struct CommandContext {
    /// Flags, environment and file, in this order.
    pub config: Config,
    pub config_path: PathBuf,
    /// While this is raised, Ctrl-C and SIGTERM end the process at once; while it is lowered, the first one raises it.
    stop: Arc<AtomicBool>,
}

impl CommandContext {
    pub fn begin(global: &Global) -> anyhow::Result<Self> {
        let mut config = Config::load(global.config.as_deref())?;
        let set = |to: &mut PathBuf, flag: &Option<PathBuf>| {
            if let Some(path) = flag {
                to.clone_from(path);
            }
        };
        set(&mut config.store, &global.store);
        set(&mut config.logfile, &global.logfile);
        config.jobs = global.jobs.unwrap_or(config.jobs);
        config.debug |= global.debug;
        config.silent |= global.silent;
        config.json |= global.json;
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

    /// Another signal that raises the flag of [`Self::interruptible`], unless whoever started this process has it
    /// ignored.
    pub fn also_ends_at(&self, signal: i32) -> anyhow::Result<bool> {
        let is_ignored = is_ignored(signal);
        if !is_ignored {
            flag::register(signal, Arc::clone(&self.stop))?;
        }
        Ok(!is_ignored)
    }

    /// Runs work that ends by itself, and in order, when its flag is raised.
    pub fn interruptible<T>(&self, work: impl FnOnce(&AtomicBool) -> T) -> T {
        self.stop.store(false, Ordering::Relaxed);
        let result = work(&self.stop);
        self.stop.store(true, Ordering::Relaxed);
        result
    }

    pub fn rules(&self) -> Rules {
        let library = &self.config.library;
        Rules {
            extensions: library.extensions.iter().map(|e| e.trim_start_matches('.').to_owned()).collect(),
            ignore: library.ignore.clone(),
            hidden: library.hidden,
            follow_links: library.follow_links,
        }
    }

    pub fn workforce(&self, inference: Option<Arc<Inference>>, manners: Priority) -> WorkerPool {
        let worker = &self.config.worker;
        let memory = worker.memory_mib.saturating_mul(1 << 20);
        let mut arguments = vec!["worker".into(), "--memory".into(), memory.to_string().into()];
        match manners {
            Priority::Equal => {}
            Priority::Yielding => arguments.push("--yielding".into()),
            Priority::Idle => arguments.push("--idle".into()),
        }
        WorkerPool {
            // The standard library heeds affinity and cgroup quotas.
            jobs: match self.config.jobs {
                0 => available_parallelism().map_or(1, Into::into),
                jobs => jobs,
            },
            command: WorkerProgram {
                // Still this very program when its file has been replaced by an upgrade.
                program: "/proc/self/exe".into(),
                arguments,
            },
            limits: WorkerLimits { stall: Duration::from_secs(worker.stall_seconds) },
            inference,
        }
    }

    pub fn bars(&self) -> Bars {
        Bars::new(self.config.silent, self.config.debug)
    }
}

/// Whether a signal is ignored, as `nohup` has it.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}
