//! A table as JSON, with a matrix of each column of vectors.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::ExchangeError;
use super::npy::Matrix;
use super::output::{Output, hex};
use super::table::{Cell, Kind, Row, TableColumn, TableSchema};
use super::writer::{OpenFile, RowWriter};

/// A table as a JSON array with an object a line. A vector is the number of its row in a matrix of its own.
pub(super) struct JsonWriter {
    columns: Vec<TableColumn>,
    table: Output,
    is_empty: bool,
    /// By column.
    matrices: Vec<Option<Matrix>>,
}

impl JsonWriter {
    pub(super) fn new(table: &TableSchema, open: &mut OpenFile) -> Result<Self, ExchangeError> {
        let columns = table.columns.clone();
        let mut output = Output::open(open, format!("{}.json", table.name))?;
        output.write(b"[")?;
        let matrices = columns.iter().map(|column| match column.kind {
            Kind::Vector(width) => Matrix::new(column, width, open).map(Some),
            _ => Ok(None),
        });
        let matrices = matrices.collect::<Result<_, _>>()?;
        Ok(Self { columns, table: output, is_empty: true, matrices })
    }
}

impl RowWriter for JsonWriter {
    fn push(&mut self, mut row: Row) -> Result<(), ExchangeError> {
        for (cell, matrix) in row.iter_mut().zip(&mut self.matrices) {
            if let (Cell::Vector(values), Some(matrix)) = (&*cell, matrix) {
                *cell = Cell::Whole(matrix.push(values)?);
            }
        }
        let separator = if self.is_empty { "\n" } else { ",\n" };
        self.is_empty = false;
        self.table.write(format!("{separator}{}", object(&self.columns, row)).as_bytes())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExchangeError> {
        self.table.write(b"\n]\n")?;
        self.table.with(Write::flush)?;
        self.matrices.into_iter().flatten().try_for_each(Matrix::finish)
    }
}

fn object(columns: &[TableColumn], row: Row) -> Value {
    let cells = columns.iter().zip(row).filter(|(column, _)| column.kind != Kind::Path);
    Value::Object(
        cells.map(|(column, cell)| (column.name.clone(), value(&column.kind, cell))).collect::<Map<_, _>>(),
    )
}

fn value(kind: &Kind, cell: Cell) -> Value {
    match (kind, cell) {
        (Kind::Rows(columns), Cell::Rows(rows)) => rows.into_iter().map(|row| object(columns, row)).collect(),
        (_, Cell::Flag(value)) => json!(value),
        (_, Cell::Whole(value)) => json!(value),
        (_, Cell::Real(value)) => json!(value),
        // By its shortest digits, which are not those of the same number with 64 bits.
        (_, Cell::Single(value)) => json!(value.to_string().parse::<f64>().ok()),
        (_, Cell::Text(text)) => json!(text),
        (_, Cell::Texts(texts)) => json!(texts),
        (_, Cell::Bytes(bytes)) => json!(hex(&bytes)),
        (_, Cell::Time(moment)) => json!(moment.to_string()),
        (_, Cell::Null | Cell::Vector(_) | Cell::Rows(_)) => Value::Null,
    }
}
