//! Promises that hold for every command.

mod help;
mod hostile_names;
mod json_contract;
mod log_file;
mod pages;
mod refusals;
mod settings;
mod shell;
