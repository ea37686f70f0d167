//! `indexer model import`: installs a file that is here.

use std::path::PathBuf;

use crate::cli::{session::CommandContext, ui::outcome::Outcome};
use clap::Args;
use indexer::model::install::{import::import_file, recognise::recognise_file};

/// Install a model from a PyTorch checkpoint or an ONNX file
#[derive(Args)]
pub struct Import {
    /// The file; it stays where it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which model it is, or under which name it is installed [default: the built-in model that it fits]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Take a file that is not, or not known to be, the published one
    #[arg(long)]
    unverified: bool,
}

impl Import {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.models_folder();
        let spec = recognise_file(&self.file, self.name.as_deref(), &folder)?;
        let name = self.name.as_deref().unwrap_or(&spec.name);
        let model = import_file(&self.file, &spec, name, &folder, self.unverified)?;
        super::installed(&model, session)
    }
}
