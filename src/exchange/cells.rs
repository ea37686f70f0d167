//! Cells as Arrow's arrays, and back.

use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, Float32Builder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float32Array, Float64Array, Int64Array, ListArray,
    StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields, TimeUnit};

use super::table::{Cell, Kind, TableColumn};
use crate::time::Moment;

/// What the elements of lists are called, by Parquet's own specification.
pub(super) const ELEMENT: &str = "element";
const UTC: &str = "UTC";

/// A column as Arrow knows it.
pub(super) fn field(column: &TableColumn) -> Field {
    Field::new(&column.name, data_type(&column.kind), true)
}

fn data_type(kind: &Kind) -> DataType {
    match kind {
        Kind::Flag => DataType::Boolean,
        Kind::Whole => DataType::Int64,
        Kind::Real => DataType::Float64,
        Kind::Single => DataType::Float32,
        Kind::Text => DataType::Utf8,
        Kind::Bytes | Kind::Path => DataType::Binary,
        Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        Kind::Texts => DataType::List(element(DataType::Utf8)),
        Kind::Vector(width) => DataType::FixedSizeList(element(DataType::Float32), length(*width)),
        Kind::Rows(columns) => DataType::List(element(DataType::Struct(fields(columns)))),
    }
}

fn element(data_type: DataType) -> Arc<Field> {
    Arc::new(Field::new(ELEMENT, data_type, true))
}

fn fields(columns: &[TableColumn]) -> Fields {
    columns.iter().map(field).collect()
}

fn length(width: usize) -> i32 {
    i32::try_from(width).unwrap_or(i32::MAX)
}

/// The cells of a column. One of another kind counts as none.
pub(super) fn array(kind: &Kind, cells: impl Iterator<Item = Cell>) -> ArrayRef {
    macro_rules! of {
        ($array:ident, $cell:ident) => {
            Arc::new(
                cells
                    .map(|cell| if let Cell::$cell(value) = cell { Some(value) } else { None })
                    .collect::<$array>(),
            )
        };
    }
    match kind {
        Kind::Flag => of!(BooleanArray, Flag),
        Kind::Whole => of!(Int64Array, Whole),
        Kind::Real => of!(Float64Array, Real),
        Kind::Single => of!(Float32Array, Single),
        Kind::Text => of!(StringArray, Text),
        Kind::Bytes | Kind::Path => of!(BinaryArray, Bytes),
        Kind::Time => {
            let second = |cell| if let Cell::Time(moment) = cell { Some(moment.microsecond()) } else { None };
            Arc::new(cells.map(second).collect::<TimestampMicrosecondArray>().with_timezone(UTC))
        }
        Kind::Texts => {
            let mut lists = ListBuilder::new(StringBuilder::new()).with_field(element(DataType::Utf8));
            for cell in cells {
                match cell {
                    Cell::Texts(texts) => lists.append_value(texts.into_iter().map(Some)),
                    _ => lists.append_null(),
                }
            }
            Arc::new(lists.finish())
        }
        Kind::Vector(width) => {
            let values = FixedSizeListBuilder::new(Float32Builder::new(), length(*width));
            let mut vectors = values.with_field(element(DataType::Float32));
            for cell in cells {
                let vector = match cell {
                    Cell::Vector(vector) if vector.len() == *width => Some(vector),
                    _ => None,
                };
                match &vector {
                    Some(vector) => vectors.values().append_slice(vector),
                    None => vectors.values().append_nulls(*width),
                }
                vectors.append(vector.is_some());
            }
            Arc::new(vectors.finish())
        }
        Kind::Rows(columns) => {
            let lists = cells.map(|cell| if let Cell::Rows(rows) = cell { rows } else { vec![] });
            let lists: Vec<_> = lists.collect();
            let offsets = OffsetBuffer::from_lengths(lists.iter().map(Vec::len));
            let mut rows: Vec<_> = lists.into_iter().flatten().collect();
            let arrays = columns.iter().enumerate().map(|(index, column)| {
                let cells =
                    rows.iter_mut().map(|row| row.get_mut(index).map(std::mem::take).unwrap_or_default());
                // A trait object, or the type would have no end.
                array(&column.kind, Box::new(cells) as Box<dyn Iterator<Item = Cell>>)
            });
            let arrays: Vec<_> = arrays.collect();
            let fields = fields(columns);
            let rows = StructArray::new(fields.clone(), arrays, None);
            Arc::new(ListArray::new(element(DataType::Struct(fields)), offsets, Arc::new(rows), None))
        }
    }
}

/// The cells of an array; none where it holds something else.
pub(super) fn cells(kind: &Kind, array: &ArrayRef) -> Option<Vec<Cell>> {
    fn all<T>(values: impl Iterator<Item = Option<T>>, cell: impl Fn(T) -> Cell) -> Vec<Cell> {
        values.map(|value| value.map_or(Cell::Null, &cell)).collect()
    }
    Some(match kind {
        Kind::Flag => all(array.as_boolean_opt()?.iter(), Cell::Flag),
        Kind::Whole => all(array.as_primitive_opt::<Int64Type>()?.iter(), Cell::Whole),
        Kind::Real => all(array.as_primitive_opt::<Float64Type>()?.iter(), Cell::Real),
        Kind::Single => all(array.as_primitive_opt::<Float32Type>()?.iter(), Cell::Single),
        Kind::Text => all(array.as_string_opt::<i32>()?.iter(), |text| Cell::Text(text.to_owned())),
        Kind::Bytes | Kind::Path => {
            all(array.as_binary_opt::<i32>()?.iter(), |bytes| Cell::Bytes(bytes.to_vec()))
        }
        Kind::Time => {
            let moment = |second| Moment::from_microsecond(second).map_or(Cell::Null, Cell::Time);
            all(array.as_primitive_opt::<TimestampMicrosecondType>()?.iter(), moment)
        }
        Kind::Texts => {
            let lists = array.as_list_opt::<i32>()?;
            lists.values().as_string_opt::<i32>()?;
            let texts = |list: ArrayRef| {
                Cell::Texts(list.as_string::<i32>().iter().flatten().map(str::to_owned).collect())
            };
            all(lists.iter(), texts)
        }
        Kind::Vector(width) => {
            let vectors = array.as_fixed_size_list_opt()?;
            let is_as_wide = usize::try_from(vectors.value_length()) == Ok(*width);
            vectors.values().as_primitive_opt::<Float32Type>().filter(|_| is_as_wide)?;
            let vector = |list: ArrayRef| {
                let values = list.as_primitive::<Float32Type>();
                if values.null_count() == 0 { Cell::Vector(values.values().to_vec()) } else { Cell::Null }
            };
            all(vectors.iter(), vector)
        }
        Kind::Rows(columns) => {
            let lists = array.as_list_opt::<i32>()?;
            let rows = lists.values().as_struct_opt()?;
            let inner: Option<Vec<_>> = columns
                .iter()
                .map(|column| self::cells(&column.kind, rows.column_by_name(&column.name)?))
                .collect();
            let mut inner: Vec<_> = inner?.into_iter().map(Vec::into_iter).collect();
            // Each cell is taken once, so the lists must follow one another.
            let mut at = 0;
            let mut all = Vec::with_capacity(lists.len());
            for index in 0..lists.len() {
                let [from, to] = [index, index + 1].map(|index| lists.value_offsets()[index] as usize);
                let mut take = |count: usize| -> Vec<Vec<Cell>> {
                    let row = |_| inner.iter_mut().map(|cells| cells.next().unwrap_or_default()).collect();
                    (0..count).map(row).collect()
                };
                drop(take(from.saturating_sub(at)));
                all.push(Cell::Rows(take(to.saturating_sub(from))));
                at = to;
            }
            all
        }
    })
}
