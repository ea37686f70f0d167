//! Progress of a download on stderr: a bar on a terminal, a line every ten seconds elsewhere.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indexer::{FetchEvent, ModelSpec};
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{cli::context::CommandContext, cli::ui::print::one_line};

const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows the events of one download.
pub(super) struct TransferBar {
    silent: bool,
    /// No bar: not on a terminal, or together with log lines.
    plain: bool,
    bar: ProgressBar,
    /// When the first bytes of this connection came, and how many there were before.
    begin: Option<(Instant, u64)>,
    line: Instant,
}

impl TransferBar {
    pub(super) fn new(spec: &ModelSpec, context: &CommandContext) -> Self {
        let (silent, debug) = (context.config.silent, context.config.debug);
        let plain = silent || debug || !std::io::stderr().is_terminal();
        let bar = ProgressBar::hidden();
        bar.set_length(spec.weights.size.unwrap_or_default());
        let template =
            "{bar:30} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { silent, plain, bar, begin: None, line: Instant::now() }
    }

    /// Prints a line, above the bar if there is one.
    pub(super) fn say(&self, line: &str) {
        tracing::info!("{line}");
        if !self.silent {
            self.bar.suspend(|| eprintln!("{}", one_line(line)));
        }
    }

    pub(super) fn event(&mut self, event: &FetchEvent) {
        match event {
            FetchEvent::Progress(bytes) => self.at(*bytes),
            FetchEvent::Retry { reason, pause } => {
                self.say(&format!("{reason}; again in {} s", pause.as_secs()));
                self.begin = None;
            }
            FetchEvent::Verifying => self.end(),
        }
    }

    fn at(&mut self, bytes: u64) {
        let (begin, before) = *self.begin.get_or_insert_with(|| {
            if !self.plain {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            // Bytes of an earlier call are not part of the rate.
            self.bar.set_position(bytes);
            self.bar.reset_eta();
            (Instant::now(), bytes)
        });
        self.bar.set_position(bytes);
        if self.plain && !self.silent && self.line.elapsed() >= BETWEEN_LINES {
            self.line = Instant::now();
            let (size, seconds) = (self.bar.length().unwrap_or_default(), begin.elapsed().as_secs_f64());
            let rate = bytes.saturating_sub(before) as f64 / seconds.max(0.001);
            let left = Duration::from_secs_f64(size.saturating_sub(bytes) as f64 / rate.max(1.0));
            let mega = |bytes: f64| bytes / 1e6;
            let (here, all, rate) = (mega(bytes as f64), mega(size as f64), mega(rate));
            eprintln!("{here:.0} of {all:.0} MB, {rate:.1} MB/s, {} left", HumanDuration(left));
        }
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
