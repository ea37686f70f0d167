//! What a set remembers, and the files that are written of it.

mod full_disks;
mod pins;
mod players;
mod playlist_files;
mod relative_paths;
mod renames_and_runs;
mod sets;
mod shown_and_exported;
