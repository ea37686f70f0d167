//! A file of a table, and the texts that formats have in common.

use std::io::{BufWriter, Write};
use std::{fs::File, io, path::PathBuf};

use super::ExchangeError;
use super::writer::OpenFile;

/// A file that is being written.
pub(super) struct Output {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    pub(super) fn open(open: &mut OpenFile, name: String) -> Result<Self, ExchangeError> {
        let (path, file) = open(name)?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        self.with(|file| file.write_all(bytes))
    }

    pub(super) fn with(
        &mut self,
        work: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), ExchangeError> {
        work(&mut self.file).map_err(|source| ExchangeError::Write { path: self.path.clone(), source })
    }
}

/// Bytes of a content id.
pub(super) const ID: usize = 33;

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
