//! A table as CSV, and a file of each column of vectors.

use std::io::Write;

use super::ExchangeError;
use super::output::{ID, Output, hex};
use super::table::{Cell, Kind, Row, TableColumn, TableSchema};
use super::writer::{OpenFile, RowWriter};

/// A table as CSV: lists are joined by semicolons, and what lies deeper is left out.
pub(super) struct CsvWriter {
    columns: Vec<TableColumn>,
    table: Output,
    /// By column: the file of its vectors.
    vectors: Vec<Option<Output>>,
}

impl CsvWriter {
    pub(super) fn new(table: &TableSchema, open: &mut OpenFile) -> Result<Self, ExchangeError> {
        let columns = table.columns.clone();
        let mut output = Output::open(open, format!("{}.csv", table.name))?;
        let names = columns.iter().filter(|column| is_flat(&column.kind)).map(|column| column.name.clone());
        output.write(line(names).as_bytes())?;
        let vectors = columns.iter().map(|column| {
            let Kind::Vector(width) = column.kind else { return Ok(None) };
            let mut output = Output::open(open, format!("{}.csv", column.name))?;
            let names = (0..width).map(|number| format!("v{number}"));
            output.write(line(["content_id".to_owned()].into_iter().chain(names)).as_bytes())?;
            Ok(Some(output))
        });
        let vectors = vectors.collect::<Result<_, _>>()?;
        Ok(Self { columns, table: output, vectors })
    }
}

impl RowWriter for CsvWriter {
    fn push(&mut self, row: Row) -> Result<(), ExchangeError> {
        let id = row.iter().find(|cell| matches!(cell, Cell::Bytes(bytes) if bytes.len() == ID));
        let id = id.map(field).unwrap_or_default();
        for (cell, output) in row.iter().zip(&mut self.vectors) {
            if let (Cell::Vector(values), Some(output)) = (cell, output) {
                let values = values.iter().map(ToString::to_string);
                output.write(line([id.clone()].into_iter().chain(values)).as_bytes())?;
            }
        }
        let cells = self.columns.iter().zip(&row).filter(|(column, _)| is_flat(&column.kind));
        self.table.write(line(cells.map(|(_, cell)| field(cell))).as_bytes())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExchangeError> {
        let outputs = self.vectors.iter_mut().flatten().chain([&mut self.table]);
        outputs.into_iter().try_for_each(|output| output.with(Write::flush))
    }
}

fn is_flat(kind: &Kind) -> bool {
    !matches!(kind, Kind::Path | Kind::Vector(_) | Kind::Rows(_))
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Flag(value) => value.to_string(),
        Cell::Whole(value) => value.to_string(),
        Cell::Real(value) => value.to_string(),
        Cell::Single(value) => value.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => hex(bytes),
        Cell::Time(moment) => moment.to_string(),
        Cell::Texts(texts) => texts.join(";"),
        Cell::Null | Cell::Vector(_) | Cell::Rows(_) => String::new(),
    }
}

/// A line of RFC 4180.
fn line(fields: impl IntoIterator<Item = String>) -> String {
    let quoted = |field: String| match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    };
    fields.into_iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}
