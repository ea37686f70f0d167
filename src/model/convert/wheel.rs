//! A wheel, the archive of a Python package (packaging.python.org, binary distribution format), as the container of a
//! TensorFlow checkpoint. Nothing in it is run or unpacked to the disk.

use std::io::{self, BufReader, Read};
use std::{fs::File, path::Path};

use zip::{ZipArchive, result::ZipError};

use super::checkpoint::{CheckpointError, one_line};
use super::tensor_bundle::TensorBundle;

/// The most bytes of a bundle's table and of its numbers; musicnn's have 5 kB and 9.5 MB.
const LONGEST_INDEX: u64 = 1 << 20;
const LONGEST_DATA: u64 = 1 << 26;

/// Whether a file is meant to be a wheel: by its name, or by what every wheel has in it.
pub(crate) fn is_wheel(file: &Path) -> io::Result<bool> {
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("whl")) {
        return Ok(true);
    }
    // What cannot be read as an archive is for the reader of checkpoints to explain.
    let archive = ZipArchive::new(BufReader::new(File::open(file)?));
    Ok(archive
        .is_ok_and(|archive| archive.file_names().flatten().any(|name| name.ends_with(".dist-info/WHEEL"))))
}

/// The checkpoint that is called `name` in the wheel.
pub(crate) fn open(file: &Path, name: &str) -> Result<TensorBundle, CheckpointError> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(file)?)).map_err(zip_error)?;
    let index = entry(&mut archive, &format!("{name}.index"), LONGEST_INDEX)?;
    let data = entry(&mut archive, &format!("{name}.data-00000-of-00001"), LONGEST_DATA)?;
    TensorBundle::open(&index, data)
}

/// The bytes of one file of the archive, at most `most`: what is declared may be a lie.
fn entry(
    archive: &mut ZipArchive<BufReader<File>>,
    name: &str,
    most: u64,
) -> Result<Vec<u8>, CheckpointError> {
    let found = match archive.by_name(name) {
        Err(ZipError::FileNotFound) => Err(CheckpointError::NotInWheel(name.to_owned())),
        found => found.map_err(zip_error),
    };
    let found = found?;
    let (declared, mut bytes) = (found.size(), Vec::new());
    if declared <= most {
        // The archive's own checksum is checked where an entry ends.
        found.take(most + 1).read_to_end(&mut bytes).map_err(|error| zip_error(error.into()))?;
    }
    if declared.max(bytes.len() as u64) > most {
        return Err(CheckpointError::TooLong { name: name.to_owned(), most });
    }
    Ok(bytes)
}

fn zip_error(error: ZipError) -> CheckpointError {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => CheckpointError::Io(error),
        error => CheckpointError::NoWheel(one_line(&error)),
    }
}

#[cfg(test)]
mod tests;
