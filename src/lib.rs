//! Listens to a music folder and keeps playlists of songs that sound alike.

pub mod app;
pub mod audio;
pub mod cluster;
pub mod config;
pub mod digest;
pub mod extract;
pub mod file;
pub mod filesystem;
pub mod library;
pub mod moment;
pub mod playlist;
pub mod space;
pub mod store;
pub mod track;
