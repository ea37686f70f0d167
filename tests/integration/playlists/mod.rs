//! What a set remembers, and the files that are written of it.

mod pins;
mod playlist_files;
mod renames_and_runs;
mod sets;
mod shown_and_exported;
