//! What tests share: homes, daemons, recordings, servers.

pub mod clustered;
pub mod commands;
pub mod daemon;
pub mod environment;
pub mod miniature_model;
pub mod namespace;
pub mod process;
pub mod recordings;
pub mod refusal;
pub mod service_manager;
pub mod snapshots;
pub mod store_contents;
pub mod tagged_songs;
pub mod web_server;
