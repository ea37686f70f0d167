//! Listens to a music folder and keeps playlists of songs that sound alike.
//!
//! The parts, from the ground up; an arrow never points up:
//!
//! - [`digest`], [`track`], [`mod@file`], [`filesystem`], [`moment`], [`priority`]: the words everything else uses. A recording is named
//!   by its [`track::ContentId`], a hash of what is heard.
//! - [`space`]: what makes vectors comparable, and the points of one space.
//! - Siblings that do not know each other: [`library`] walks folders, [`audio`] turns bytes into samples in worker
//!   processes, [`extract`] samples into vectors, [`store`] keeps them, [`cluster`] groups points, [`playlist`] turns
//!   groups into files that keep their identity.
//! - [`app`]: what a command means; the only part that knows the others. It plans ([`app::Plan`] is pure), performs,
//!   and tells a [`app::Progress`] what it does.
//!
//! The program on top adds flags, bars and exit codes, and nothing else.
//!
//! From vectors to playlists, without a store:
//!
//! ```
//! use indexer::{
//!     cluster::{Settings, Task, algorithm},
//!     digest::Digest,
//!     space::{Points, SpaceId},
//!     track::ContentId,
//! };
//!
//! let song = |n: u8| ContentId { recipe: 1, digest: Digest([n; 32]) };
//! let space = SpaceId { name: "example".into(), fingerprint: Digest::of(b"two values") };
//! let slow = [(song(1), vec![0.1, 0.0]), (song(2), vec![0.0, 0.1])];
//! let fast = [(song(3), vec![5.0, 5.1]), (song(4), vec![5.1, 5.0])];
//! let points = Points::new(space, slow.into_iter().chain(fast).collect())?;
//!
//! let kmeans = algorithm("kmeans").expect("it is in the table");
//! let task = Task { n: 2, seed: 42, settings: &Settings::default(), last: None };
//! let clustering = (kmeans.cluster)(&points, &task)?;
//! assert_eq!(clustering.labels, [Some(0), Some(0), Some(1), Some(1)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(not(unix))]
compile_error!("indexer needs Linux: it names files by their bytes and keeps its workers within Unix limits");

pub mod app;
pub mod audio;
pub mod clustering;
pub mod config;
pub mod digest;
pub mod extract;
pub mod file;
mod fs;
pub mod library;
pub mod model;
pub mod playlist;
pub mod priority;
pub mod space;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod time;
pub mod track;
