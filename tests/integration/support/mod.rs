//! What tests share: homes, daemons, recordings, servers.

pub(crate) mod albums;
pub(crate) mod assignments;
pub(crate) mod clustered;
pub(crate) mod commands;
pub(crate) mod daemon;
pub(crate) mod environment;
pub(crate) mod failing_calls;
pub(crate) mod miniature_model;
pub(crate) mod namespace;
pub(crate) mod process;
pub(crate) mod recordings;
pub(crate) mod refusal;
pub(crate) mod service_manager;
pub(crate) mod snapshots;
pub(crate) mod store_contents;
pub(crate) mod tagged_songs;
pub(crate) mod web_server;
