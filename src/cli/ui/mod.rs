//! What the user sees: progress bars, tables, error lines, exit codes.

mod bars;
mod explain;
mod outcome;
