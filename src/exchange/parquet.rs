//! Tables as Parquet: a batch of rows at a time, so that a table may be larger than the memory.

use std::{
    fs::File, io::Write, panic::AssertUnwindSafe, panic::catch_unwind, path::Path, path::PathBuf, sync::Arc,
};

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::{metadata::KeyValue, properties::WriterProperties};
use parquet::schema::types::ColumnPath;

use super::ExchangeError;
use super::cells::{array, cells, field};
use super::table::{Cell, FORMAT, FORMAT_KEY, Kind, Row, TABLE_KEY, TableColumn, TableSchema, VERSION_KEY};

/// Rows that are turned into columns at once: 8 MB of the widest vectors.
const BATCH: usize = 1024;
/// A row group is held in memory until it is written, by readers too.
const GROUP_BYTES: usize = 64 << 20;
const GROUP_ROWS: usize = 1 << 18;

/// Writes a table, row by row.
pub(crate) struct TableWriter<W: Write + Send> {
    path: PathBuf,
    columns: Vec<TableColumn>,
    schema: SchemaRef,
    writer: ArrowWriter<W>,
    rows: Vec<Row>,
}

impl<W: Write + Send> TableWriter<W> {
    /// `path` is what errors name.
    pub(crate) fn new(path: &Path, file: W, table: &TableSchema) -> Result<Self, ExchangeError> {
        Self::saying(path, file, &table.columns, table.said())
    }

    fn saying(
        path: &Path,
        file: W,
        columns: &[TableColumn],
        said: Vec<(String, String)>,
    ) -> Result<Self, ExchangeError> {
        let fields: Vec<_> = columns.iter().map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let said = said.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("indexer ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_key_value_metadata(Some(said));
        // No two vectors are alike: a dictionary of their values, and the smallest of them, help nobody.
        for column in columns.iter().filter(|column| matches!(column.kind, Kind::Vector(_))) {
            let path = ColumnPath::new(vec![
                column.name.clone(),
                "list".to_owned(),
                super::cells::ELEMENT.to_owned(),
            ]);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_statistics_enabled(path, parquet::file::properties::EnabledStatistics::None);
        }
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties.build()));
        let writer = writer.map_err(|error| unwritten(path, error))?;
        Ok(Self { path: path.to_owned(), columns: columns.to_vec(), schema, writer, rows: Vec::new() })
    }

    /// Adds a row, which has a cell for each column.
    pub(crate) fn push(&mut self, row: Row) -> Result<(), ExchangeError> {
        self.rows.push(row);
        if self.rows.len() < BATCH { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), ExchangeError> {
        let mut rows = std::mem::take(&mut self.rows);
        let arrays = self.columns.iter().enumerate().map(|(index, column)| {
            array(
                &column.kind,
                rows.iter_mut().map(|row| row.get_mut(index).map(std::mem::take).unwrap_or_default()),
            )
        });
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect());
        let written = batch.map_err(ParquetError::from).and_then(|batch| self.writer.write(&batch));
        written.map_err(|error| unwritten(&self.path, error))
    }

    /// Writes the rest, and gives the file back.
    pub(crate) fn finish(mut self) -> Result<W, ExchangeError> {
        if !self.rows.is_empty() {
            self.write()?;
        }
        self.writer.into_inner().map_err(|error| unwritten(&self.path, error))
    }
}

/// Reads a table, a batch of rows at a time.
pub(crate) struct TableReader {
    path: PathBuf,
    said: Vec<(String, String)>,
    builder: ParquetRecordBatchReaderBuilder<File>,
}

impl TableReader {
    /// Reads what a file says of itself.
    /// Errors: it cannot be read, is not whole, not ours, or of a newer format.
    pub(crate) fn open(path: &Path) -> Result<Self, ExchangeError> {
        let unreadable = |source| ExchangeError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
        }
        let builder = guarded(path, || ParquetRecordBatchReaderBuilder::try_new(file))?;
        let said = builder.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        let said = said.filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?))).collect();
        let reader = Self { path: path.to_owned(), said, builder };
        match reader.said(FORMAT_KEY).and_then(|format| format.parse::<u32>().ok()) {
            None => Err(ExchangeError::Foreign(reader.path)),
            Some(format) if format > FORMAT => Err(ExchangeError::Newer {
                version: reader.said(VERSION_KEY).unwrap_or("?").to_owned(),
                path: reader.path,
                format,
                known: FORMAT,
            }),
            Some(_) => Ok(reader),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The value of a key.
    pub(crate) fn said(&self, key: &str) -> Option<&str> {
        self.said.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        self.said(TABLE_KEY).unwrap_or_default()
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.builder.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// All rows, in batches, of these columns.
    /// Errors: there is no such column, or the file is not whole.
    pub(crate) fn batches(self, columns: Vec<TableColumn>) -> Result<TableBatches, ExchangeError> {
        let Self { path, builder, .. } = self;
        let schema = builder.schema();
        let is_there = |column: &&TableColumn| schema.field_with_name(&column.name).is_ok();
        if let Some(column) = columns.iter().find(|column| !is_there(column)) {
            return Err(ExchangeError::Row {
                path,
                what: format!("the column {} is not there", column.name),
            });
        }
        let names = columns.iter().map(|column| column.name.as_str());
        let mask = parquet::arrow::ProjectionMask::columns(builder.parquet_schema(), names);
        let reader = guarded(&path, || builder.with_projection(mask).with_batch_size(BATCH).build())?;
        Ok(TableBatches { path, columns, reader })
    }
}

/// Batches of rows.
pub(crate) struct TableBatches {
    path: PathBuf,
    columns: Vec<TableColumn>,
    reader: ParquetRecordBatchReader,
}

impl TableBatches {
    /// The next batch; none behind the last one.
    /// Errors: the file is not whole, or a column holds something else.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Row>>, ExchangeError> {
        let reader = &mut self.reader;
        let Some(batch) = guarded(&self.path, || reader.next().transpose().map_err(ParquetError::from))?
        else {
            return Ok(None);
        };
        let mut rows: Vec<Row> = vec![Vec::with_capacity(self.columns.len()); batch.num_rows()];
        for column in &self.columns {
            let found = batch.column_by_name(&column.name).and_then(|array| cells(&column.kind, array));
            let Some(found) = found else {
                let what = format!("the column {} holds something else", column.name);
                return Err(ExchangeError::Row { path: self.path.clone(), what });
            };
            rows.iter_mut().zip(found).for_each(|(row, cell): (_, Cell)| row.push(cell));
        }
        Ok(Some(rows))
    }
}

/// At bytes that nobody wrote the Parquet library may give up with a panic, which goes no further.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ExchangeError> {
    let detail = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => one_line(&error),
        Err(_) => "it is damaged".to_owned(),
    };
    Err(ExchangeError::Broken { path: path.to_owned(), detail })
}

fn unwritten(path: &Path, error: ParquetError) -> ExchangeError {
    let source = match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => *error,
            Err(error) => std::io::Error::other(error),
        },
        error => std::io::Error::other(one_line(&error)),
    };
    ExchangeError::Write { path: path.to_owned(), source }
}

fn one_line(error: &ParquetError) -> String {
    let text = error.to_string();
    crate::text::one_line(text.strip_prefix("Parquet error: ").unwrap_or(&text))
}

/// Writes an empty table that says this of itself.
#[cfg(test)]
pub(super) fn write_saying(path: &Path, columns: &[TableColumn], said: Vec<(String, String)>) {
    TableWriter::saying(path, File::create(path).unwrap(), columns, said).unwrap().finish().unwrap();
}
