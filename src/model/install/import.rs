//! Installs a model from a file: it is verified and converted, and all of it appears in the models' folder, or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::first_run::{Trial, first_run};
use super::folder_lock::{FolderLock, staging_folder};
use super::installed::{Installed, InstalledError, weights_digest};
use super::self_check::self_check;
use super::written;
use crate::fs::atomic;
use crate::fs::{BLOCK_SIZE, each_block};
use crate::model::convert::checkpoint::{Checkpoint, CheckpointError};
use crate::model::convert::cnn14::{self, Widths};
use crate::model::convert::onnx::{Graph, as_outputs};
use crate::model::convert::signature::{Misfit, Signature};
use crate::model::convert::{musicnn, wheel};
use crate::model::spec::{FrontEndSpec, LogMelSpec, ModelSpec, Network, check};

/// A model that cannot be installed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ImportError {
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write to {}: choose a folder that is writable and has room", folder.display())]
    Write { folder: PathBuf, source: io::Error },
    #[error(
        "a model cannot be called `{0}`: use a-z, 0-9, `-`, `_` and `.`, and not mfcc, all, none or best"
    )]
    Name(String),
    #[error("{} has {found} bytes, and the published {model} has {wanted}: {again}, or add --unverified if another version is meant", file.display())]
    Size { file: PathBuf, model: String, found: u64, wanted: u64, again: String },
    #[error("{} has sha256 {found}, and the published {model} has {wanted}: {again}, or add --unverified if another version is meant", file.display())]
    Hash { file: PathBuf, model: String, found: String, wanted: String, again: String },
    #[error("{model} has no published hash to verify {} by: add --unverified if you trust the file", file.display())]
    Unverifiable { file: PathBuf, model: String },
    #[error("cannot import {}", file.display())]
    Checkpoint { file: PathBuf, source: CheckpointError },
    #[error("{} is {found}: import it under a name of its own (`indexer model import FILE --as NAME --unverified`), and compare that", file.display())]
    NotRun { file: PathBuf, found: &'static str },
    #[error("{} is {found}, and {model} is imported from {wanted}", file.display())]
    Container { file: PathBuf, model: String, found: &'static str, wanted: &'static str },
    #[error("{file} becomes another network than the published one on {engine} ({reason}): set inference.engine to {other}, import it again, and report this", file = file.display())]
    SelfCheck { file: PathBuf, engine: String, reason: String, other: &'static str },
    #[error("{} does not run here and is not installed: {reason}", file.display())]
    FirstRun { file: PathBuf, reason: String },
    #[error("{} is neither a PyTorch checkpoint, a wheel nor ONNX: download it again", .0.display())]
    Foreign(PathBuf),
    #[error("{} keeps its weights in another file: save it as one file first", .0.display())]
    ExternalData(PathBuf),
    #[error("{} {found}, which fits none of {tried}: `indexer model new NAME` begins a description, {}/NAME.toml; set its [input] and [output] and import it with --as NAME", file.display(), folder.display())]
    Unknown { file: PathBuf, found: String, tried: String, folder: PathBuf },
    #[error("{} is there already: edit it, or choose another name", .0.display())]
    Described(PathBuf),
    #[error("{model} uses the weights of {owner}: import them with --as {owner}")]
    Shared { model: String, owner: String },
    #[error("{} has {found} where {model} needs {wanted}: it belongs to another model", file.display())]
    Misfit { file: PathBuf, model: String, found: String, wanted: String },
}

/// Installs `file` under `name`, as the weights of the model that `spec` describes. A checkpoint is converted to ONNX; an
/// ONNX file is copied if its inputs and outputs fit. Nothing of a file that is refused stays behind.
/// With `unverified` it need not be the published one. With a `trial` it is run first.
pub(crate) fn import_file(
    file: &Path,
    spec: &ModelSpec,
    name: &str,
    folder: &Path,
    unverified: bool,
    trial: Option<Trial>,
) -> Result<Installed, ImportError> {
    if !check::is_name(name) {
        return Err(ImportError::Name(name.to_owned()));
    }
    if let Some(owner) = spec.weights.shared_with.clone() {
        return Err(ImportError::Shared { model: spec.name.clone(), owner });
    }
    let verified = match verify(file, spec) {
        Err(error) if !unverified || matches!(error, ImportError::Read { .. }) => return Err(error),
        found => found.is_ok(),
    };
    let unwritten = |source| ImportError::Write { folder: folder.to_owned(), source };
    let _lock = FolderLock::acquire(folder).map_err(unwritten)?;
    let staging = staging_folder(folder).map_err(unwritten)?;
    let [onnx, data, toml] =
        ["onnx", "onnx.data", "toml"].map(|extension| staging.path().join(format!("{name}.{extension}")));
    let described_as = spec.name.clone();
    let mut spec = ModelSpec { name: name.to_owned(), ..spec.clone() };
    match (network_of(file)?, spec.network, &spec.front_end) {
        (Some(Network::Cnn14), Some(Network::Cnn14), FrontEndSpec::LogMel(mel)) => {
            let widths = convert_cnn14(file, &spec, mel, &onnx, &data)?;
            let (found, described) =
                ((widths.embedding, widths.classes), (spec.output.dimension, spec.output.classes));
            // A description that was installed with unverified weights has their widths, not the published ones.
            let is_published = spec.weights.blake3.is_none() || spec.weights.verified;
            if verified && is_published && found != described {
                let text = |(embedding, classes)| format!("{embedding} values and {classes} classes");
                return Err(misfit(file, &spec, Misfit { found: text(found), wanted: text(described) }));
            }
            (spec.output.dimension, spec.output.classes) = found;
        }
        (Some(Network::Musicnn), Some(Network::Musicnn), _) => {
            convert_musicnn(file, &onnx)?;
            read_signature(&onnx)?.fit(&spec).map_err(|error| misfit(file, &spec, error))?;
        }
        (Some(found), wanted, _) => {
            let (file, model) = (file.to_owned(), spec.name);
            let [found, wanted] = [Some(found), wanted].map(container);
            return Err(ImportError::Container { file, model, found, wanted });
        }
        (None, ..) => {
            let signature = read_signature(file)?;
            signature.fit(&spec).map_err(|error| misfit(file, &spec, error))?;
            let inner = signature.inner(&spec);
            let copied = write(&onnx, |sink| {
                io::copy(&mut File::open(file)?, sink)?;
                if inner.is_empty() { Ok(()) } else { sink.write_all(&as_outputs(&inner)) }
            });
            copied.map_err(unwritten)?;
        }
    }
    spec.class_names(folder).map_err(InstalledError::from)?;
    let weights = &mut spec.weights;
    weights.blake3 = Some(weights_digest(&onnx).map_err(unwritten)?.to_string());
    let has_data = onnx.with_extension("onnx.data").exists();
    weights.graph_size = has_data.then(|| Ok(onnx.metadata()?.len())).transpose().map_err(unwritten)?;
    weights.verified = verified;
    if let Some(trial) = trial {
        try_out(file, &Installed { spec: spec.clone(), onnx: onnx.clone() }, trial)?;
    }
    let text = written::installed(&spec, &described_as, folder);
    // A description that could not be read back is not installed.
    ModelSpec::parse(name, &text).map_err(InstalledError::from)?;
    write(&toml, |sink| sink.write_all(text.as_bytes())).map_err(unwritten)?;
    move_into(folder, &[&data, &onnx, &toml]).map_err(unwritten)?;
    Ok(Installed::find(name, folder)?)
}

/// Begins a description of the model called `name`; the path is that of the new file.
pub(crate) fn describe(name: &str, folder: &Path) -> Result<PathBuf, ImportError> {
    if !check::is_name(name) {
        return Err(ImportError::Name(name.to_owned()));
    }
    let unwritten = |source| ImportError::Write { folder: folder.to_owned(), source };
    let path = folder.join(format!("{name}.toml"));
    let _lock = FolderLock::acquire(folder).map_err(unwritten)?;
    let staged = atomic::Staged::new(folder, ModelSpec::new_text(name).as_bytes()).map_err(unwritten)?;
    match staged.create(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(ImportError::Described(path)),
        created => created.map(|()| path).map_err(unwritten),
    }
}

/// Checks that a file is the published one.
fn verify(file: &Path, spec: &ModelSpec) -> Result<(), ImportError> {
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let (path, model) = (file.to_owned(), spec.name.clone());
    let command = spec.weights.command().map(|command| format!("get it with `{command}`"));
    let again = command.unwrap_or_else(|| "download it again".to_owned());
    let found = fs::metadata(file).map_err(unreadable)?.len();
    if let Some(wanted) = spec.weights.size.filter(|&wanted| wanted != found) {
        return Err(ImportError::Size { file: path, model, found, wanted, again });
    }
    let Some(wanted) = spec.weights.sha256.clone() else {
        return Err(ImportError::Unverifiable { file: path, model });
    };
    let found = sha256(file).map_err(unreadable)?;
    if found == wanted { Ok(()) } else { Err(ImportError::Hash { file: path, model, found, wanted, again }) }
}

/// The SHA-256 of a file in hexadecimal digits, as publishers write it.
pub(crate) fn sha256(file: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    each_block(file, |block| hasher.update(block))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The network that is converted from such a container: a PyTorch file (an archive or a pickle) or a wheel. None: the file
/// is neither, so it may be ONNX.
pub(crate) fn network_of(file: &Path) -> Result<Option<Network>, ImportError> {
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let mut head = Vec::new();
    File::open(file).and_then(|file| file.take(2).read_to_end(&mut head)).map_err(unreadable)?;
    let is_archive = head.starts_with(b"PK");
    Ok(match is_archive && wheel::is_wheel(file).map_err(unreadable)? {
        true => Some(Network::Musicnn),
        false if is_archive || head.starts_with(b"\x80") => Some(Network::Cnn14),
        false => None,
    })
}

/// What a network is converted from, for people; none is imported as it is.
pub(super) fn container(network: Option<Network>) -> &'static str {
    match network {
        Some(Network::Cnn14) => "a PyTorch checkpoint",
        Some(Network::Musicnn) => "a wheel",
        None => "ONNX: export it first",
    }
}

/// Converts a checkpoint of CNN14 to ONNX, with the weights in a file beside the graph.
fn convert_cnn14(
    file: &Path,
    spec: &ModelSpec,
    mel: &LogMelSpec,
    onnx: &Path,
    data: &Path,
) -> Result<Widths, ImportError> {
    let of_file = |source| ImportError::Checkpoint { file: file.to_owned(), source };
    let checkpoint = Checkpoint::open(file).map_err(of_file)?;
    let widths = Widths::of(&checkpoint).map_err(of_file)?;
    cnn14::check_front_end(&checkpoint, mel, spec.rate).map_err(of_file)?;
    let file_name = format!("{}.onnx.data", spec.name);
    let graph = write(data, |sink| {
        let mut graph = Graph::with_external_data(&file_name, sink);
        cnn14::write(&checkpoint, &widths, &mut graph)?;
        Ok(graph.finish("cnn14"))
    });
    let graph = graph.map_err(of_file)?;
    write(onnx, |sink| Ok(sink.write_all(&graph)?)).map_err(of_file)?;
    Ok(widths)
}

/// Converts the checkpoint in a wheel of musicnn to ONNX.
fn convert_musicnn(file: &Path, onnx: &Path) -> Result<(), ImportError> {
    let convert = || {
        let bundle = wheel::open(file, musicnn::CHECKPOINT)?;
        musicnn::check(&bundle)?;
        let mut graph = Graph::default();
        musicnn::write(&bundle, &mut graph)?;
        write(onnx, |sink| Ok(sink.write_all(&graph.finish("musicnn"))?))
    };
    convert().map_err(|source| ImportError::Checkpoint { file: file.to_owned(), source })
}

/// Runs a network that was made from `file`; a published one whose values are known must give them.
fn try_out(file: &Path, model: &Installed, mut trial: Trial) -> Result<(), ImportError> {
    first_run(model, &mut trial.run)
        .map_err(|reason| ImportError::FirstRun { file: file.to_owned(), reason })?;
    if !model.spec.weights.verified || model.spec.network != Some(Network::Musicnn) {
        return Ok(());
    }
    self_check(model, &mut trial.run).map_err(|reason| ImportError::SelfCheck {
        file: file.to_owned(),
        engine: trial.engine.text.clone(),
        reason,
        other: if trial.engine.is_built_in { "\"onnxruntime\"" } else { "\"tract\"" },
    })
}

/// The inputs and outputs of an ONNX file.
pub(crate) fn read_signature(file: &Path) -> Result<Signature, ImportError> {
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let source = BufReader::new(File::open(file).map_err(unreadable)?);
    let signature = Signature::read(source).map_err(|error| match error.raw_os_error() {
        Some(_) => unreadable(error),
        None => ImportError::Foreign(file.to_owned()),
    })?;
    match signature {
        Signature { outputs, .. } if outputs.is_empty() => Err(ImportError::Foreign(file.to_owned())),
        Signature { has_external_data: true, .. } => Err(ImportError::ExternalData(file.to_owned())),
        signature => Ok(signature),
    }
}

pub(super) fn misfit(file: &Path, spec: &ModelSpec, Misfit { found, wanted }: Misfit) -> ImportError {
    ImportError::Misfit { file: file.to_owned(), model: spec.name.clone(), found, wanted }
}

/// Creates a file and writes it, synced to the disk.
fn write<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut file = BufWriter::with_capacity(BLOCK_SIZE, file);
    let filled = fill(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(filled)
}

/// Moves staged files into `folder`; where one was not staged, the file of its name in `folder` is removed.
fn move_into(folder: &Path, staged: &[&Path]) -> io::Result<()> {
    for path in staged {
        let target = folder.join(path.file_name().unwrap_or_default());
        match fs::rename(path, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => atomic::remove(&target)?,
            placed => placed?,
        }
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
