//! Puts a model into the models' folder: verified, converted, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{
    installed::{Installed, InstalledError, digest},
    staging::{self, FolderLock},
};
use crate::{
    fs::blocks::{BLOCK_SIZE, each_block},
    model::{
        convert::{
            checkpoint::{Checkpoint, CheckpointError},
            cnn14::{self, Widths},
            onnx::Graph,
            signature::{Misfit, Signature},
        },
        input::front_end::FrontEndSpec,
        spec::{ModelSpec, Network, check},
    },
};

/// A model that cannot be installed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write in {}: choose a folder that is writable and has room", folder.display())]
    Write { folder: PathBuf, source: io::Error },
    #[error("a model cannot be called `{0}`: use a-z, 0-9, `-`, `_` and `.`, and not mfcc, all or none")]
    Name(String),
    #[error("{} has {found} bytes, and the published {model} has {wanted}: get it again, or say --unverified if it is meant to be another one", file.display())]
    Size { file: PathBuf, model: String, found: u64, wanted: u64 },
    #[error("{} has sha256 {found}, and the published {model} has {wanted}: get it again, or say --unverified if it is meant to be another one", file.display())]
    Hash { file: PathBuf, model: String, found: String, wanted: String },
    #[error("nothing is known by which {model} could be verified: say --unverified if you trust {}", file.display())]
    Unverifiable { file: PathBuf, model: String },
    #[error("cannot import {}", file.display())]
    Checkpoint { file: PathBuf, source: CheckpointError },
    #[error("{} is a checkpoint, and {model} is imported from ONNX: export it first", file.display())]
    NoNetwork { file: PathBuf, model: String },
    #[error("{} is neither a PyTorch checkpoint nor ONNX: get it again", .0.display())]
    Foreign(PathBuf),
    #[error("{} keeps its weights in another file: save it as one file first", .0.display())]
    Beside(PathBuf),
    #[error("{} {found}, which is none of {tried}: describe it in the models' folder and import it --as NAME", file.display())]
    Unknown { file: PathBuf, found: String, tried: String },
    #[error("{model} runs on the weights of {owner}: import them --as {owner}")]
    Shared { model: String, owner: String },
    #[error("{} has {found} where {model} wants {wanted}: it is of another model", file.display())]
    Misfit { file: PathBuf, model: String, found: String, wanted: String },
}

/// Installs `file` as the weights of a model that is `spec`, but called `name`. A checkpoint becomes ONNX; ONNX is
/// copied if its inputs and outputs fit. Nothing of a file that is refused stays behind.
///
/// # Errors
/// The file is not the published one and not said to be `unverified`; or it is damaged, an attack, or of another model.
pub fn import(
    file: &Path,
    spec: &ModelSpec,
    name: &str,
    folder: &Path,
    unverified: bool,
) -> Result<Installed, ImportError> {
    if !check::is_name(name) {
        return Err(ImportError::Name(name.to_owned()));
    }
    if let Some(owner) = spec.weights.shared_with.clone() {
        return Err(ImportError::Shared { model: spec.name.clone(), owner });
    }
    let verified = verify(file, spec, unverified)?;
    let in_folder = |source| ImportError::Write { folder: folder.to_owned(), source };
    let _claim = FolderLock::on(folder).map_err(in_folder)?;
    let staged = staging::stage(folder).map_err(in_folder)?;
    let place = |extension: &str| staged.path().join(format!("{name}.{extension}"));
    let (onnx, data, toml) = (place("onnx"), place("onnx.data"), place("toml"));
    let mut spec = ModelSpec { name: name.to_owned(), ..spec.clone() };
    if is_checkpoint(file)? {
        let widths = convert(file, &spec, &onnx, &data)?;
        let found = (widths.embedding, widths.classes);
        // What was installed unverified has the widths of that file, which are nobody's demand.
        let is_demand = spec.weights.blake3.is_none() || spec.weights.verified;
        if verified && is_demand && found != (spec.output.dimension, spec.output.classes) {
            let words = |(embedding, classes)| format!("{embedding} values and {classes} classes");
            let wanted = (spec.output.dimension, spec.output.classes);
            return Err(misfit(file, &spec, Misfit { found: words(found), wanted: words(wanted) }));
        }
        (spec.output.dimension, spec.output.classes) = found;
    } else {
        signature(file)?.fit(&spec).map_err(|error| misfit(file, &spec, error))?;
        write(&onnx, |sink| io::copy(&mut File::open(file)?, sink)).map_err(in_folder)?;
    }
    let weights = &mut spec.weights;
    weights.blake3 = Some(digest(&onnx).map_err(in_folder)?.to_string());
    weights.verified = verified;
    let text = spec.to_toml();
    // What could not be read back is not put in place.
    ModelSpec::parse(name, &text).map_err(InstalledError::from)?;
    write(&toml, |sink| sink.write_all(text.as_bytes())).map_err(in_folder)?;
    place_all(&[&data, &onnx, &toml], folder).map_err(in_folder)?;
    Ok(Installed::find(name, folder)?)
}

/// Whether a file is the published one; an error, unless that is not asked for.
fn verify(file: &Path, spec: &ModelSpec, unverified: bool) -> Result<bool, ImportError> {
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let (path, model) = (file.to_owned(), spec.name.clone());
    let found = fs::metadata(file).map_err(unreadable)?.len();
    if let Some(wanted) = spec.weights.size.filter(|&wanted| wanted != found) {
        let error = ImportError::Size { file: path, model, found, wanted };
        return if unverified { Ok(false) } else { Err(error) };
    }
    let Some(wanted) = spec.weights.sha256.clone() else {
        let error = ImportError::Unverifiable { file: path, model };
        return if unverified { Ok(false) } else { Err(error) };
    };
    let found = sha256(file).map_err(unreadable)?;
    match found == wanted {
        true => Ok(true),
        false if unverified => Ok(false),
        false => Err(ImportError::Hash { file: path, model, found, wanted }),
    }
}

/// The SHA-256 of a file, as publishers write it.
pub fn sha256(file: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    each_block(file, |block| hasher.update(block))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether a file begins like a PyTorch checkpoint.
pub fn is_checkpoint(file: &Path) -> Result<bool, ImportError> {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(2).read_to_end(&mut head));
    read.map_err(|source| ImportError::Read { path: file.to_owned(), source })?;
    Ok(Checkpoint::is_one(&head))
}

/// Writes a checkpoint as ONNX, its weights beside the graph.
fn convert(file: &Path, spec: &ModelSpec, onnx: &Path, data: &Path) -> Result<Widths, ImportError> {
    let of_file = |source| ImportError::Checkpoint { file: file.to_owned(), source };
    let (Some(Network::Cnn14), FrontEndSpec::LogMel(mel)) = (spec.network, &spec.front_end) else {
        return Err(ImportError::NoNetwork { file: file.to_owned(), model: spec.name.clone() });
    };
    let checkpoint = Checkpoint::open(file).map_err(of_file)?;
    let widths = Widths::of(&checkpoint).map_err(of_file)?;
    cnn14::check_front_end(&checkpoint, mel, spec.rate).map_err(of_file)?;
    let file_name = format!("{}.onnx.data", spec.name);
    let graph = write(data, |sink| {
        let mut graph = Graph::beside(&file_name, sink);
        cnn14::write(&checkpoint, &widths, &mut graph)?;
        Ok(graph.finish("cnn14"))
    });
    let graph = graph.map_err(of_file)?;
    write(onnx, |sink| Ok(sink.write_all(&graph)?)).map_err(of_file)?;
    Ok(widths)
}

/// What an ONNX file takes and gives.
pub fn signature(file: &Path) -> Result<Signature, ImportError> {
    let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
    let source = BufReader::new(File::open(file).map_err(unreadable)?);
    let signature = Signature::read(source).map_err(|error| match error.raw_os_error() {
        Some(_) => unreadable(error),
        None => ImportError::Foreign(file.to_owned()),
    })?;
    match signature {
        Signature { outputs, .. } if outputs.is_empty() => Err(ImportError::Foreign(file.to_owned())),
        Signature { beside: true, .. } => Err(ImportError::Beside(file.to_owned())),
        signature => Ok(signature),
    }
}

fn misfit(file: &Path, spec: &ModelSpec, Misfit { found, wanted }: Misfit) -> ImportError {
    ImportError::Misfit { file: file.to_owned(), model: spec.name.clone(), found, wanted }
}

/// Writes a file that is on the disk when it returns.
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

/// Gives staged files their names in `folder`; where one was not staged, none stays there.
fn place_all(staged: &[&Path], folder: &Path) -> io::Result<()> {
    for path in staged {
        let target = folder.join(path.file_name().unwrap_or_default());
        match fs::rename(path, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::remove_file(&target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
            placed => placed?,
        }
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
