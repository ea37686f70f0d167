//! The store: a folder with two redb databases. Everything that knows redb is here.
//!
//! `library.redb` holds roots, files, tracks, vectors and failures; scanning writes it. `playlists.redb` holds sets,
//! runs, what the user chose for playlists, and the files written; clustering and naming write it.

#[cfg(feature = "testing")]
mod any_record;
mod check;
mod codec;
pub(crate) mod compact;
mod copy;
mod error;
mod files;
mod guard;
mod keys;
mod library;
mod migrate;
mod open;
mod pages;
pub(crate) mod playlists;
mod record;
mod reduced;
mod rows;
pub(crate) mod sieve;
mod spaces;
mod tables;
#[cfg(test)]
mod tests;
mod vectors;
mod view;

#[cfg(feature = "testing")]
pub(crate) use self::any_record::{read_any_record, some_records};
pub(crate) use self::{
    check::check,
    compact::compact,
    copy::copy,
    error::StoreError,
    library::{Change, Library},
    playlists::{Choices, MapRecord, OwnedFile, PlaylistChoice, Playlists, SetRecord, SongPlaces},
    reduced::Reduced,
    spaces::{PaceRecord, SpaceRecord},
    tables::SCHEMA,
    view::View,
};
pub(crate) use self::{
    compact::CompactedDatabase,
    playlists::{RunPlaylist, RunRecord},
    sieve::DatabaseCheck,
};
