//! What a subcommand means. The only folder that knows the others.

pub mod cluster;
pub mod history;
pub mod index;
pub mod inference;
pub mod progress;
pub mod prune;
pub mod reduction;
pub mod scan;
pub mod status;
pub mod watch;
