//! `indexer model import`: installs a file that is here.

use std::path::PathBuf;

use clap::Args;

use super::list::show_installed;
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Install a model from a PyTorch checkpoint or an ONNX file
#[derive(Args)]
pub(super) struct ImportModel {
    /// The file; it stays where it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which model it is, or the name to install it under [default: the built-in model that it fits]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Accept a file that is not, or not known to be, the published one
    #[arg(long)]
    unverified: bool,
}

impl ImportModel {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let models = context.index().models();
        let model = models.import(&self.file, self.name.as_deref(), self.unverified)?;
        show_installed(&model, context)?;
        Ok(ExitStatus::Done)
    }
}
