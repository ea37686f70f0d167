//! Flags that several commands share. A flag that has a setting overrules it in the configuration; what both mean is the
//! library's to say.

pub(crate) mod count;
pub(crate) mod explain;
pub(crate) mod filters;
pub(crate) mod global;
pub(crate) mod grouping;
pub(crate) mod set;
pub(crate) mod targets;
