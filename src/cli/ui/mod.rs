//! What the user sees: progress bars, text and JSON, error lines, exit codes.

pub(crate) mod bars;
pub(crate) mod engine;
pub(crate) mod exit;
pub(crate) mod explain;
pub(crate) mod print;
pub(crate) mod summary;
