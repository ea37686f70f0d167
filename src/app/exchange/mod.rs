//! `export` and `import`: the store's tables for other programs, and what other machines have made into this store.

pub(crate) mod error;
pub(crate) mod export;
mod folder;
mod history;
#[cfg(feature = "parquet")]
mod import;
#[cfg(feature = "parquet")]
mod merge;
#[cfg(feature = "parquet")]
mod present;
pub(crate) mod report;
mod rows;

pub(crate) use self::error::TransferError;
pub(crate) use self::export::ExportRequest;
pub(crate) use self::export::export;
#[cfg(feature = "parquet")]
pub(crate) use self::import::{ImportRequest, import};
pub(crate) use self::report::{ExportSummary, ImportSummary};
#[cfg(feature = "parquet")]
pub(crate) use self::rows::TrackRows;
