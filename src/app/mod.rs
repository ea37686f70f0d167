//! What a subcommand means. The only folder that knows the others.

pub(crate) mod backup;
pub(crate) mod cluster;
pub(crate) mod compare;
pub(crate) mod damage;
#[cfg(feature = "parquet")]
pub(crate) mod embed;
pub(crate) mod eval;
pub(crate) mod exchange;
pub(crate) mod history;
pub(crate) mod index;
pub(crate) mod inference;
pub(crate) mod map;
pub(crate) mod path;
pub(crate) mod places;
pub(crate) mod progress;
pub(crate) mod prune;
pub(crate) mod reduction;
pub(crate) mod roots;
pub(crate) mod scan;
pub(crate) mod similar;
pub(crate) mod status;
pub(crate) mod watch;
