//! Flags that several commands share.

pub(crate) mod count;
pub(crate) mod filtering;
pub(crate) mod listing;
pub(crate) mod set;
