//! Where log lines go: a file if one is named, stderr with `--debug`.

mod rotation;

use std::{io, path::Path, sync::Mutex};

use anyhow::Context;
use indexer::{Moment, one_line};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::fmt::{
    self, FmtContext, FormatEvent, FormatFields, format::Writer, time::FormatTime,
};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, layer::SubscriberExt, registry, util::SubscriberInitExt};

use self::rotation::RotatingFile;

/// Bytes of a full log.
const LIMIT: u64 = 10 << 20;
/// Full logs that are kept, `NAME.1` the youngest.
const KEPT: u32 = 5;

/// Local time, as people read logs.
struct LocalClock;

impl FormatTime for LocalClock {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        write!(w, "{}", Moment::now().local())
    }
}

/// Every event on one line, whatever tags and names it is made of.
struct OneLine<F>(F);

impl<S, N, F> FormatEvent<S, N> for OneLine<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        writeln!(writer, "{}", one_line(line.trim_end_matches('\n')))
    }
}

/// Starts logging. The file is appended to, and only its owner may read it.
pub(super) fn begin(logfile: Option<&Path>, debug: bool) -> anyhow::Result<()> {
    let level = if debug { LevelFilter::DEBUG } else { LevelFilter::INFO };
    let file = logfile
        .map(|path| {
            let open = RotatingFile::open(path, LIMIT, KEPT);
            open.with_context(|| format!("the log {} cannot be written", path.display()))
        })
        .transpose()?;
    let form = || OneLine(fmt::format().with_timer(LocalClock).with_ansi(false).with_target(false));
    let to_file =
        file.map(|file| fmt::layer().event_format(form()).with_writer(Mutex::new(file)).with_filter(level));
    let to_stderr = debug
        .then(|| fmt::layer().event_format(form()).with_writer(io::stderr).with_filter(LevelFilter::DEBUG));
    // A second call, as tests make it, changes nothing.
    drop(registry().with(to_file).with(to_stderr).try_init());
    Ok(())
}

/// Keeps panics that are caught off the terminal; the log has them.
pub(super) fn silence_panics() {
    let is_worker =
        std::env::args_os().nth(1).is_some_and(|arg| arg == "worker" || arg == "inference-worker");
    std::panic::set_hook(Box::new(move |panic| {
        if is_worker {
            eprintln!("{}", panic.payload_as_str().unwrap_or("panic"));
        } else {
            tracing::error!("{panic}");
        }
    }));
}
