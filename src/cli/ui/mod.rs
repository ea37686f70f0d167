//! What the user sees: progress bars, tables, error lines, exit codes.

pub(crate) mod bars;
pub(crate) mod explain;
pub(crate) mod outcome;
