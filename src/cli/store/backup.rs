//! `indexer store backup`: what was copied.

use std::path::Path;

use indexer::location;
use indicatif::DecimalBytes;
use serde_json::json;

use crate::cli::context::CommandContext;
use crate::cli::ui::exit::ExitStatus;
use crate::cli::ui::print::{counted, home};

pub(super) fn run(folder: &Path, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let backup = context.index().back_up_store(folder)?;
    let files: Vec<_> = backup.files.iter().map(|file| location(file)).collect();
    context.report(
        || json!({"folder": location(&backup.folder), "files": files, "bytes": backup.bytes}),
        || {
            let files = counted(files.len(), "file");
            format!("{files} in {}, {}", home(&backup.folder), DecimalBytes(backup.bytes))
        },
    )
}
