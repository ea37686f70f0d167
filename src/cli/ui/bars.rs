//! Progress on stderr: a bar on a terminal, a line every ten seconds elsewhere.

use std::{
    cell::RefCell,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indexer::{Event, Progress};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::print::{counted, one_line, print_to_stderr};

/// How many failures are printed; `indexer errors` lists them all.
const MOST_FAILURES: u64 = 20;

const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows events on stderr and logs them.
pub(crate) struct Bars {
    silent: bool,
    /// No bar: not on a terminal, or together with log lines.
    plain: bool,
    /// Whether lines replace the bar.
    counts: bool,
    state: RefCell<State>,
}

struct State {
    bar: ProgressBar,
    /// What is counted.
    unit: &'static str,
    begin: Instant,
    line: Instant,
    /// Seconds of audio decoded so far.
    audio: f64,
    failures: u64,
}

impl Bars {
    pub(crate) fn new(silent: bool, debug: bool) -> Self {
        let plain = silent || debug || !std::io::stderr().is_terminal();
        let now = Instant::now();
        let state = State {
            bar: ProgressBar::hidden(),
            unit: "file",
            begin: now,
            line: now,
            audio: 0.0,
            failures: 0,
        };
        Self { silent, plain, counts: true, state: RefCell::new(state) }
    }

    /// Shows how far a daemon is that works for this process.
    fn left(&self, files: u64) {
        let all = self.state.borrow().bar.length().unwrap_or_default();
        if all == 0 && files > 0 {
            self.begin(files);
        }
        let all = all.max(files);
        let bar = &self.state.borrow().bar;
        bar.set_length(all);
        bar.set_position(all - files);
    }

    /// For a daemon: on a terminal it shows bars, elsewhere only the result of each pass.
    pub(crate) fn of_daemon(mut self) -> Self {
        self.counts = false;
        self
    }

    /// A line for people and for the log.
    pub(crate) fn note(&self, line: &str) {
        tracing::info!("{line}");
        self.say(line);
    }

    fn say(&self, line: &str) {
        if !self.silent {
            self.state.borrow().bar.suspend(|| print_to_stderr(line));
        }
    }

    fn begin(&self, files: u64) {
        self.begin_as(files, "file");
    }

    /// Begins so many of what `unit` names.
    fn begin_as(&self, all: u64, unit: &'static str) {
        let bar = if self.plain { ProgressBar::hidden() } else { ProgressBar::new(all) };
        bar.set_length(all);
        let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}s  {{per_sec}}  {{msg}}  {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.with_key(
                "per_sec",
                |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                    // What cannot be written to a bar is not worth an error.
                    let _ = write!(out, "{:.1}/s", state.per_sec());
                },
            ));
        }
        let now = Instant::now();
        *self.state.borrow_mut() = State { bar, unit, begin: now, line: now, audio: 0.0, failures: 0 };
    }

    fn step(&self, seconds: Option<f64>) {
        let mut state = self.state.borrow_mut();
        state.audio += seconds.unwrap_or_default();
        state.bar.inc(1);
        let passed = state.begin.elapsed();
        let times = state.audio / passed.as_secs_f64().max(0.001);
        if state.audio > 0.0 {
            state.bar.set_message(format!("{times:.0} × real time"));
        }
        if self.plain && self.counts && !self.silent && state.line.elapsed() >= BETWEEN_LINES {
            state.line = Instant::now();
            let (done, all) = (state.bar.position(), state.bar.length().unwrap_or_default());
            if done == all {
                return;
            }
            let left = passed.mul_f64(all.saturating_sub(done) as f64 / done.max(1) as f64);
            let rate = done as f64 / passed.as_secs_f64().max(0.001);
            let all = counted(all as usize, state.unit);
            print_to_stderr(&format!("{done} of {all}, {rate:.1}/s, {} left", HumanDuration(left)));
        }
    }
}

impl Progress for Bars {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Begin { files } => {
                tracing::info!("{} to be opened", counted(files as usize, "file"));
                self.begin(files);
            }
            Event::Left { files } => self.left(files),
            Event::Steps { steps } => self.begin_as(steps, "step"),
            Event::Step => self.step(None),
            Event::Opening { .. } => {}
            Event::Done { path, seconds, partial } => {
                if let Some(missing) = partial {
                    tracing::warn!(path = %path.display(), seconds, "partial: {missing}");
                } else {
                    tracing::debug!(path = %path.display(), seconds, "done");
                }
                self.step(seconds);
            }
            Event::Failed { path, failure } => {
                tracing::warn!(path = %path.display(), "{failure}");
                let failures = self.state.borrow().failures;
                match failures {
                    0..MOST_FAILURES => self.say(&one_line(&format!("{}: {failure}", path.display()))),
                    MOST_FAILURES => self.say("more failures: `indexer errors` lists them all"),
                    _ => {}
                }
                self.state.borrow_mut().failures += 1;
            }
            Event::Warning(text) => {
                tracing::warn!("{text}");
                self.say(&format!("warning: {}", one_line(&text)));
            }
            Event::End => self.state.borrow().bar.finish_and_clear(),
        }
    }
}
