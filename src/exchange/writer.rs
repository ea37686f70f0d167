//! What formats implement, and what they are given.

use std::{fs::File, path::PathBuf};

use super::ExchangeError;
use super::table::Row;

/// Makes a file of this name, and says the path that errors name.
pub(crate) type OpenFile<'a> = dyn FnMut(String) -> Result<(PathBuf, File), ExchangeError> + 'a;

/// Takes the rows of a table, one after the other.
pub(crate) trait RowWriter {
    /// Adds a row, which has a cell for each column.
    fn push(&mut self, row: Row) -> Result<(), ExchangeError>;
    /// Writes what is left. The files are not synced.
    fn finish(self: Box<Self>) -> Result<(), ExchangeError>;
}
