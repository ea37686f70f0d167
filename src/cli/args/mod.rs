//! Flags that several commands share.

mod count;
mod filtering;
mod listing;
mod set;
