//! `export` and `import`: the store's tables for other programs, and what other machines have made into this store.

mod error;
mod export;
mod folder;
mod history;
#[cfg(feature = "parquet")]
mod import;
#[cfg(feature = "parquet")]
mod merge;
#[cfg(feature = "parquet")]
mod present;
mod report;
mod rows;

pub use self::error::TransferError;
pub use self::export::ExportRequest;
pub(crate) use self::export::export;
#[cfg(feature = "parquet")]
pub(crate) use self::import::{ImportRequest, import};
pub use self::report::{ExportSummary, ExportedFile, ForeignSpace, ImportSummary, ImportedSpace};
#[cfg(feature = "parquet")]
pub(crate) use self::rows::TrackRows;
