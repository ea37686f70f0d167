//! The program as its users meet it: one test binary, in which every test has a home, a store and music of its own.

mod cli;
mod cluster;
#[cfg(feature = "parquet")]
mod embed;
mod eval;
mod exchange;
mod map;
mod model;
mod playlists;
mod scan;
mod service;
mod similar;
mod store;
mod support;
mod watch;
