//! The formats of tables, one row each.

use super::ExchangeError;
use super::table::{Kind, TableSchema};
use super::writer::{OpenFile, RowWriter};
use super::{csv::CsvWriter, json::JsonWriter};

/// A format of tables, as `--format` names it.
#[derive(Debug)]
pub struct TableFormat {
    /// The word.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// The extension of a table's file; and of the files of its vectors, if those lie apart.
    pub(super) extension: &'static str,
    pub(super) vectors: Option<&'static str>,
    pub(super) writer: MakeWriter,
}

type MakeWriter = fn(&TableSchema, &mut OpenFile) -> Result<Box<dyn RowWriter>, ExchangeError>;

/// Every format; the first one is the default.
pub static TABLE_FORMATS: &[TableFormat] = &[
    TableFormat {
        name: "parquet",
        about: "a file a table, each with all its columns; the one that `indexer import` reads",
        extension: "parquet",
        vectors: None,
        writer: parquet,
    },
    TableFormat {
        name: "npy",
        about: "a matrix a method as NumPy has it, and JSON that says which of its rows is which track's",
        extension: "json",
        vectors: Some("npy"),
        writer: |table, open| Ok(Box::new(JsonWriter::new(table, open)?)),
    },
    TableFormat {
        name: "csv",
        about: "a file a table, and one a method with the vectors",
        extension: "csv",
        vectors: Some("csv"),
        writer: |table, open| Ok(Box::new(CsvWriter::new(table, open)?)),
    },
];

impl TableFormat {
    /// The names of the files of a table.
    pub(crate) fn files(&self, table: &TableSchema) -> Vec<String> {
        let mut names = vec![format!("{}.{}", table.name, self.extension)];
        if let Some(extension) = self.vectors {
            let vectors = table.columns.iter().filter(|column| matches!(column.kind, Kind::Vector(_)));
            names.extend(vectors.map(|column| format!("{}.{extension}", column.name)));
        }
        names
    }

    /// Begins a table in files that `open` makes.
    pub(crate) fn writer(
        &self,
        table: &TableSchema,
        open: &mut OpenFile,
    ) -> Result<Box<dyn RowWriter>, ExchangeError> {
        (self.writer)(table, open)
    }
}

#[cfg(feature = "parquet")]
fn parquet(table: &TableSchema, open: &mut OpenFile) -> Result<Box<dyn RowWriter>, ExchangeError> {
    let (path, file) = open(format!("{}.parquet", table.name))?;
    Ok(Box::new(super::TableWriter::new(&path, file, table)?))
}

#[cfg(feature = "parquet")]
impl RowWriter for super::TableWriter<std::fs::File> {
    fn push(&mut self, row: super::table::Row) -> Result<(), ExchangeError> {
        Self::push(self, row)
    }

    fn finish(self: Box<Self>) -> Result<(), ExchangeError> {
        Self::finish(*self).map(drop)
    }
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &TableSchema, _: &mut OpenFile) -> Result<Box<dyn RowWriter>, ExchangeError> {
    Err(ExchangeError::NoParquet)
}

#[cfg(test)]
mod tests;
