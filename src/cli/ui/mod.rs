//! What the user sees: progress bars, text and JSON, error lines, exit codes.

pub(crate) mod bars;
pub(crate) mod engine;
pub(crate) mod exit;
pub(crate) mod explain;
pub(crate) mod found;
pub(crate) mod overview;
pub(crate) mod print;
pub(crate) mod screen;
pub(crate) mod songs;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod text;
