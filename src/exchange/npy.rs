//! Matrices as NumPy saves them.

use std::io::{Seek, SeekFrom, Write};

use super::ExchangeError;
use super::output::Output;
use super::table::TableColumn;
use super::writer::OpenFile;

/// A file of NumPy's: rows of 32-bit numbers, whose count is written last.
pub(super) struct Matrix {
    output: Output,
    width: usize,
    rows: i64,
}

/// Bytes before the numbers: a multiple of 64, with room for any count.
pub(super) const NPY_HEAD: usize = 128;

impl Matrix {
    pub(super) fn new(
        column: &TableColumn,
        width: usize,
        open: &mut OpenFile,
    ) -> Result<Self, ExchangeError> {
        let mut output = Output::open(open, format!("{}.npy", column.name))?;
        output.write(&npy_head(0, width))?;
        Ok(Self { output, width, rows: 0 })
    }

    /// Adds a row, and gives its number.
    pub(super) fn push(&mut self, values: &[f32]) -> Result<i64, ExchangeError> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.output.write(&bytes)?;
        self.rows += 1;
        Ok(self.rows - 1)
    }

    pub(super) fn finish(mut self) -> Result<(), ExchangeError> {
        let head = npy_head(self.rows, self.width);
        self.output.with(|file| {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&head)?;
            file.flush()
        })
    }
}

/// Version 1.0 of the format, as numpy.lib.format describes it.
fn npy_head(rows: i64, width: usize) -> Vec<u8> {
    let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}");
    let begin = b"\x93NUMPY\x01\x00";
    let length = NPY_HEAD - begin.len() - 2;
    let padded = format!("{text:<0$}\n", length - 1);
    [&begin[..], &u16::try_from(length).unwrap_or(0).to_le_bytes(), padded.as_bytes()].concat()
}
