//! A PyTorch checkpoint: named tensors, read one at a time. Its pickle is inspected first and never run.

use std::io::{self, BufReader, Read, Seek};
use std::{collections::BTreeMap, fs::File, path::Path};

use pytorch_reader::{DType, PytorchError, PytorchReader, Tensor};
use zip::{ZipArchive, result::ZipError};

use super::pickle::{self, PickleError};

/// The most files in an archive; CNN14's has 93.
const MOST_ENTRIES: usize = 20_000;
/// Pickles at the start of a file from before PyTorch 1.6: magic number, version, machine, content, keys.
const LEGACY_PICKLES: usize = 5;
/// Where the magic number of a `tar` archive is.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// A checkpoint that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Pickle(#[from] PickleError),
    #[error(
        "`{0}` in the checkpoint is compressed or encrypted, which PyTorch never does: get the file from its publisher"
    )]
    Compressed(String),
    #[error("the checkpoint is not a PyTorch file of a known format ({0}): get the file again")]
    Format(String),
    #[error("the checkpoint lacks `{0}`: it belongs to another model")]
    Missing(String),
    #[error("the checkpoint has `{key}`, which {model} does not have: it belongs to another model")]
    Unknown { key: String, model: &'static str },
    #[error("`{key}` of the checkpoint is {found}, and {wanted} is needed: it belongs to another model")]
    Shape { key: String, found: String, wanted: String },
    #[error("`{0}` of the checkpoint has values that are not finite: get the file again")]
    NotFinite(String),
    #[error("`{0}` of the checkpoint is not what the front end computes: it belongs to another model")]
    Constant(String),
    #[error("it is no wheel, or a damaged one ({0}): download it again")]
    NoWheel(String),
    #[error(
        "the wheel has no `{0}`: it is another package, or another version of this one: get the one that `indexer model list` names"
    )]
    NotInWheel(String),
    #[error(
        "`{name}` in the wheel has more than {most} bytes, far more than a checkpoint has: download it again"
    )]
    TooLong { name: String, most: u64 },
    #[error("the checkpoint is damaged ({0}): download it again")]
    Damaged(&'static str),
    #[error("cannot read the checkpoint or write its weights (check the disk and its free space)")]
    Io(#[from] io::Error),
}

/// An opened checkpoint.
pub(crate) struct Checkpoint(BTreeMap<String, Tensor>);

impl Checkpoint {
    /// Reads the names and shapes of all tensors.
    pub(crate) fn open(path: &Path) -> Result<Self, CheckpointError> {
        inspect(path)?;
        let reader = PytorchReader::new(path).map_err(|error| match error {
            PytorchError::Io(error) if error.raw_os_error().is_some() => CheckpointError::Io(error),
            error => CheckpointError::Format(one_line(&error)),
        })?;
        let plain = |name: String| name.strip_prefix("model.").map_or(name.clone(), str::to_owned);
        Ok(Self(reader.into_tensors().into_iter().map(|(name, tensor)| (plain(name), tensor)).collect()))
    }

    /// The names of all tensors, sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The shape of a tensor of any element type.
    pub(crate) fn shape(&self, key: &str) -> Option<&[usize]> {
        self.0.get(key).map(Tensor::shape)
    }

    /// The tensor of this name, shape and 32-bit floats.
    pub(crate) fn tensor(&self, key: &str, wanted: &[usize]) -> Result<&Tensor, CheckpointError> {
        let tensor = self.0.get(key).ok_or_else(|| CheckpointError::Missing(key.to_owned()))?;
        if tensor.shape() == wanted && tensor.dtype() == DType::F32 {
            return Ok(tensor);
        }
        Err(CheckpointError::Shape {
            key: key.to_owned(),
            found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
            wanted: format!("F32 {wanted:?}"),
        })
    }

    /// The values of a tensor of 32-bit floats, row-major.
    pub(crate) fn read(&self, key: &str, shape: &[usize]) -> Result<Vec<f32>, CheckpointError> {
        let bytes = self.tensor(key, shape)?.read().map_err(|error| match error.raw_os_error() {
            Some(_) => CheckpointError::Io(error),
            None => CheckpointError::Format(one_line(&error)),
        })?;
        let (chunks, _) = bytes.as_chunks::<4>();
        let values: Vec<f32> = chunks.iter().map(|&bytes| f32::from_ne_bytes(bytes)).collect();
        let finite = values.iter().all(|value| value.is_finite());
        if finite { Ok(values) } else { Err(CheckpointError::NotFinite(key.to_owned())) }
    }
}

/// Accepts an archive of stored files, or a stream of pickles, if all its pickles are harmless.
fn inspect(path: &Path) -> Result<(), CheckpointError> {
    let mut file = BufReader::new(File::open(path)?);
    let mut head = Vec::new();
    file.by_ref().take(TAR_MAGIC.end as u64).read_to_end(&mut head)?;
    file.rewind()?;
    if head.get(TAR_MAGIC) == Some(b"ustar") {
        return Err(CheckpointError::Format("a tar archive".to_owned()));
    }
    if !head.starts_with(b"PK") {
        return Ok((0..LEGACY_PICKLES).try_for_each(|_| pickle::inspect(&mut file))?);
    }
    let mut archive = ZipArchive::new(file).map_err(zip_error)?;
    if archive.len() > MOST_ENTRIES {
        return Err(CheckpointError::Format(format!("{} files in it", archive.len())));
    }
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(zip_error)?;
        let name = entry.name().map_err(zip_error)?.into_owned();
        let stored = entry.compression() == zip::CompressionMethod::Stored && !entry.encrypted();
        drop(entry);
        if !stored {
            return Err(CheckpointError::Compressed(one_line(&name)));
        }
        if name.ends_with("data.pkl") {
            let entry = archive.by_index(index).map_err(zip_error)?;
            pickle::inspect(&mut BufReader::new(entry))?;
        }
    }
    Ok(())
}

fn zip_error(error: ZipError) -> CheckpointError {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => CheckpointError::Io(error),
        error => CheckpointError::Format(one_line(&error)),
    }
}

/// The text of a foreign error or name on one line, at most 200 characters.
pub(crate) fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests;
