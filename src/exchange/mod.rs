//! Tables for other programs and other machines: rows in, files out, and back. The store is not known here.
#![cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "only Parquet is read back"))]

pub(crate) mod assignment;
#[cfg(feature = "parquet")]
mod cells;
mod csv;
pub(crate) mod csv_reader;
pub(crate) mod error;
pub(crate) mod format;
mod json;
mod npy;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod spaces;
pub(crate) mod table;
pub(crate) mod tracks;
pub(crate) mod writer;

pub(crate) use self::error::ExchangeError;
#[cfg(feature = "parquet")]
pub(crate) use self::parquet::{TableReader, TableWriter};
pub(crate) use self::spaces::SpaceColumn;
