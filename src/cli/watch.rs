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
use indexer::{Config, DaemonState, Event, Index, Progress, ScanReport, WatchHost};
use sd_notify::NotifyState;
use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::{flag, iterator::Signals, low_level};

use super::{
    args::overrule,
    context::CommandContext,
    scan::as_text,
    ui::bars::Bars,
    ui::exit::ExitStatus,
    ui::print::{counted, print_json},
};

/// Index what is new or changed, then keep following the folders
#[derive(Args)]
pub(super) struct WatchCommand {
    /// Folders to follow; they become part of the library [default: the whole library]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Vectors to make: methods separated by commas, `all`, or `none` for names and tags only
    #[arg(long, short, value_name = "LIST")]
    method: Option<String>,
    /// Work only in these hours, such as 01:00-07:00 [default: always]
    #[arg(long, value_name = "SPANS")]
    hours: Option<String>,
}

impl WatchCommand {
    /// Lays what is given over the settings.
    pub(super) fn overrule(&self, config: &mut Config) {
        overrule(&mut config.scan.method, self.method.clone());
        overrule(&mut config.watch.hours, self.hours.clone());
    }

    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        self.overrule(&mut config);
        let ending = Ending::prepare(context)?;
        let host = DaemonHost::new(context)?;
        let total = context.interruptible(|stop| Index::open(&config).watch(self.paths, &host, stop))?;
        notify(&[NotifyState::Stopping]);
        if context.config.json {
            print_json(&json!(total))?;
        }
        Ok(ending.exit_status())
    }
}

/// Ends the daemon at a signal: in order, or at once where that takes too long. Holds the signal that came.
struct Ending(Arc<AtomicUsize>);

/// How long the daemon may take to end. The store is whole at any moment, and the kernel frees the rest.
const LONGEST_END: Duration = Duration::from_millis(1700);

impl Ending {
    fn prepare(context: &CommandContext) -> anyhow::Result<Self> {
        let signal = Arc::new(AtomicUsize::new(0));
        let mut ends = vec![SIGINT, SIGTERM];
        ends.extend(context.also_ends_at(SIGHUP)?.then_some(SIGHUP));
        for which in &ends {
            flag::register_usize(*which, Arc::clone(&signal), *which as usize)?;
        }
        let mut signals = Signals::new(ends)?;
        let end = move || {
            if let Some(signal) = signals.forever().next() {
                thread::sleep(LONGEST_END);
                low_level::exit(status_after(signal) as i32);
            }
        };
        // Without this thread an end may take longer.
        drop(thread::Builder::new().spawn(end));
        Ok(Self(signal))
    }

    fn exit_status(self) -> ExitStatus {
        status_after(self.0.load(Ordering::Relaxed) as i32)
    }
}

fn status_after(signal: i32) -> ExitStatus {
    if signal == SIGINT { ExitStatus::Interrupted } else { ExitStatus::Done }
}

/// What the daemon needs of this process.
struct DaemonHost {
    bars: Bars,
    /// 1 between SIGUSR1 and SIGUSR2.
    paused: Arc<AtomicUsize>,
    /// The status that the service manager has last been sent, and when.
    notified: RefCell<Option<(String, Instant)>>,
}

/// A service manager takes the daemon for hanging when it hears nothing for longer: `WatchdogSec` is a multiple of this.
const BETWEEN_NOTIFICATIONS: Duration = Duration::from_secs(10);

impl DaemonHost {
    fn new(context: &CommandContext) -> anyhow::Result<Self> {
        let paused = Arc::new(AtomicUsize::new(0));
        flag::register_usize(SIGUSR1, Arc::clone(&paused), 1)?;
        flag::register_usize(SIGUSR2, Arc::clone(&paused), 0)?;
        Ok(Self { bars: context.bars().of_daemon(), paused, notified: RefCell::default() })
    }
}

impl Progress for DaemonHost {
    fn event(&self, event: Event<'_>) {
        self.bars.event(event);
    }
}

impl WatchHost for DaemonHost {
    fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed) == 1
    }

    fn alive(&self, state: &DaemonState) {
        let status = match state.queue {
            0 => "up to date".to_owned(),
            queue => format!("{} to open", counted(queue as usize, "file")),
        };
        let mut notified = self.notified.borrow_mut();
        match &*notified {
            None => notify(&[NotifyState::Ready, NotifyState::Status(&status)]),
            Some((_, at)) if at.elapsed() < BETWEEN_NOTIFICATIONS => return,
            Some((last, _)) if *last == status => notify(&[NotifyState::Watchdog]),
            Some(_) => notify(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
        }
        *notified = Some((status, Instant::now()));
    }

    fn report_pass(&self, report: &ScanReport) {
        // The daemon takes up an interrupted pass itself: nothing is left for another scan.
        self.bars.note(&as_text(&ScanReport { interrupted: false, ..report.clone() }));
    }
}

/// Notifies the service manager, if there is one.
fn notify(state: &[NotifyState<'_>]) {
    // Nobody listens where the daemon was started by hand.
    drop(sd_notify::notify(state));
}
