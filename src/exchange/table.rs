//! A table as every format writes it: named columns, rows of cells, and what the file says of itself.

use crate::time::Moment;

/// The version of the tables that are written. A file of a higher one is refused.
pub(crate) const FORMAT: u32 = 1;

/// Keys under which a file says what it is.
pub(super) const FORMAT_KEY: &str = "indexer.format";
pub(super) const VERSION_KEY: &str = "indexer.version";
pub(super) const TABLE_KEY: &str = "indexer.table";
pub(super) const SPACES_KEY: &str = "indexer.spaces";

/// What the cells of a column hold. Numbers are signed: not all readers know others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Flag,
    Whole,
    Real,
    Single,
    Text,
    Bytes,
    /// The bytes of a path, which need not be text; a column of text stands beside it.
    Path,
    /// UTC.
    Time,
    Texts,
    /// So many numbers of 32 bits.
    Vector(usize),
    /// Rows of these columns.
    Rows(Vec<TableColumn>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableColumn {
    pub name: String,
    pub kind: Kind,
}

/// One value of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell {
    #[default]
    Null,
    Flag(bool),
    Whole(i64),
    Real(f64),
    Single(f32),
    Text(String),
    /// Of [`Kind::Bytes`] and [`Kind::Path`].
    Bytes(Vec<u8>),
    Time(Moment),
    Texts(Vec<String>),
    Vector(Vec<f32>),
    Rows(Vec<Row>),
}

/// A cell a column.
pub(crate) type Row = Vec<Cell>;

/// What a file holds, and what it says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableSchema {
    /// `tracks`, `playlists`, `runs`.
    pub name: &'static str,
    pub columns: Vec<TableColumn>,
    /// Further keys and values, beside those that every table has.
    pub metadata: Vec<(String, String)>,
}

impl TableSchema {
    /// All keys and values.
    pub(super) fn said(&self) -> Vec<(String, String)> {
        let own = [
            (FORMAT_KEY, FORMAT.to_string()),
            (VERSION_KEY, env!("CARGO_PKG_VERSION").to_owned()),
            (TABLE_KEY, self.name.to_owned()),
        ];
        let own = own.map(|(key, value)| (key.to_owned(), value));
        own.into_iter().chain(self.metadata.iter().cloned()).collect()
    }
}

pub(crate) fn column(name: impl Into<String>, kind: Kind) -> TableColumn {
    TableColumn { name: name.into(), kind }
}
