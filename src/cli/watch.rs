//! `indexer watch`: the daemon.

use std::{
    cell::RefCell,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use indexer::{
    app::{
        Event, Inference, Progress, ScanReport,
        watch::{DaemonState, Host, Hours, ScanTools, WatchError, WatchSettings, state_file_path, watch},
    },
    fs::user_folders,
    priority::Priority,
};
use sd_notify::NotifyState;
use serde_json::json;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2},
    flag,
    iterator::Signals,
    low_level,
};

use super::{
    methods,
    scan::as_text,
    session::CommandContext,
    ui::{
        bars::Bars,
        outcome::{Outcome, Usage, print_json},
    },
};

/// Index what is new or changed, then follow the folders for ever
#[derive(Args)]
pub struct WatchCommand {
    /// Folders to follow; they become part of the library [default: all of it]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Vectors to make: a comma-separated list, `all`, or `none` for names and tags only
    #[arg(long, value_name = "LIST")]
    method: Option<String>,
    /// Work only in these hours, as in 01:00-07:00 [default: always]
    #[arg(long, value_name = "SPANS")]
    hours: Option<String>,
}

impl WatchCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let settings = self.settings(session)?;
        let store = std::path::absolute(session.config.store_folder())?;
        let state = state_file_path(&store, user_folders::runtime());
        let ending = Ending::prepare(session)?;
        let host = DaemonHost::new(session)?;
        // A mistake in the call is told as such.
        methods::methods(&settings.method, session)?;
        let total = session.interruptible(|stop| watch(&store, state, &settings, &host, stop));
        let total = total.map_err(|error| match error {
            WatchError::Scan(error) => anyhow::Error::from(error),
            WatchError::Store(error) => error.into(),
            error => error.into(),
        })?;
        tell(&[NotifyState::Stopping]);
        if session.config.json {
            print_json(&json!(total))?;
        }
        ending.outcome()
    }

    fn settings(self, session: &CommandContext) -> anyhow::Result<WatchSettings> {
        let config = &session.config;
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let hours = self.hours.as_deref().unwrap_or(&config.watch.hours);
        let hours: Hours = hours.parse().map_err(|error| Usage(format!("hours: {error}")))?;
        if !(0.0..=100.0).contains(&config.watch.audit) {
            return Err(
                Usage(format!("watch.audit = {}: it must be from 0 to 100", config.watch.audit)).into()
            );
        }
        if config.watch.poll_minutes == 0 {
            return Err(Usage("watch.poll_minutes = 0: it must be at least 1".to_owned()).into());
        }
        let rules = session.rules();
        rules.check()?;
        Ok(WatchSettings {
            paths: self.paths,
            configured: config.library.roots.clone(),
            rules,
            method: self.method.unwrap_or_else(|| config.scan.method.clone()),
            walk: Some(config.watch.walk_minutes).filter(|walk| *walk > 0).map(minutes),
            poll: minutes(config.watch.poll_minutes),
            audit: config.watch.audit,
            hours,
        })
    }
}

/// How the daemon is ended: in order, or, where something holds it up, without.
struct Ending(Arc<AtomicUsize>);

/// The kernel frees what is left, and the store needs no farewell.
const AT_MOST: Duration = Duration::from_millis(1700);

impl Ending {
    fn prepare(session: &CommandContext) -> anyhow::Result<Self> {
        let signal = Arc::new(AtomicUsize::new(0));
        let mut ends = vec![SIGINT, SIGTERM];
        ends.extend(session.also_ends_at(SIGHUP)?.then_some(SIGHUP));
        for which in &ends {
            flag::register_usize(*which, Arc::clone(&signal), *which as usize)?;
        }
        let mut signals = Signals::new(ends)?;
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                thread::sleep(AT_MOST);
                low_level::exit(code(signal));
            }
        });
        Ok(Self(signal))
    }

    fn outcome(self) -> anyhow::Result<Outcome> {
        Ok(if self.0.load(Ordering::Relaxed) as i32 == SIGINT { Outcome::Interrupted } else { Outcome::Done })
    }
}

fn code(signal: i32) -> i32 {
    if signal == SIGINT { 130 } else { 0 }
}

/// What the daemon needs of this process.
struct DaemonHost<'a> {
    session: &'a CommandContext,
    bars: Bars,
    /// 1 between SIGUSR1 and SIGUSR2.
    paused: Arc<AtomicUsize>,
    /// One for each process: it keeps models that are in use.
    inference: RefCell<Option<Arc<Inference>>>,
    /// What the service manager was told, and when.
    told: RefCell<Option<(String, Instant)>>,
}

/// A service manager that hears nothing for longer takes the daemon for hanging.
const BEAT: Duration = Duration::from_secs(10);

impl<'a> DaemonHost<'a> {
    fn new(session: &'a CommandContext) -> anyhow::Result<Self> {
        let paused = Arc::new(AtomicUsize::new(0));
        flag::register_usize(SIGUSR1, Arc::clone(&paused), 1)?;
        flag::register_usize(SIGUSR2, Arc::clone(&paused), 0)?;
        let (inference, told) = (RefCell::default(), RefCell::default());
        Ok(Self { session, bars: session.bars().of_daemon(), paused, inference, told })
    }
}

impl Progress for DaemonHost<'_> {
    fn event(&self, event: Event<'_>) {
        self.bars.event(event);
    }
}

impl Host for DaemonHost<'_> {
    fn scan_tools(&self, list: &str) -> Result<ScanTools, String> {
        let said = |error: anyhow::Error| format!("{error:#}");
        let (methods, unusable) = methods::usable(list, self.session);
        let mut inference = self.inference.borrow_mut();
        if inference.is_none() {
            *inference = methods::inference(&methods, self.session, Priority::Idle).map_err(said)?;
        }
        let workers = self.session.workforce(inference.clone(), Priority::Idle);
        Ok(ScanTools { methods, unusable, workers })
    }

    fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed) == 1
    }

    fn alive(&self, state: &DaemonState) {
        let status = match state.queue {
            0 => "up to date".to_owned(),
            queue => format!("{queue} files to open"),
        };
        let mut told = self.told.borrow_mut();
        match &*told {
            None => tell(&[NotifyState::Ready, NotifyState::Status(&status)]),
            Some((_, last)) if last.elapsed() < BEAT => return,
            Some((said, _)) if *said == status => tell(&[NotifyState::Watchdog]),
            Some(_) => tell(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
        }
        *told = Some((status, Instant::now()));
    }

    fn report_pass(&self, report: &ScanReport) {
        // What is left is done at once, not by another call.
        self.bars.note(&as_text(&ScanReport { interrupted: false, ..report.clone() }));
    }
}

/// Tells the service manager, if there is one.
fn tell(state: &[NotifyState<'_>]) {
    // Nobody listens where the daemon was started by hand.
    drop(sd_notify::notify(state));
}
