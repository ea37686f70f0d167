//! Promises that hold for every command.

mod json_contract;
mod log_file;
mod refusals;
