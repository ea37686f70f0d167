//! `scan`: what becomes of files and folders of every kind.

mod closed_folders;
mod crash_recovery;
mod cue_sheets;
mod determinism;
mod failed_files;
mod ffmpeg;
mod file_names;
mod files_that_change;
mod interrupted_scan;
mod lengths;
mod memory_of_long_files;
mod moved_files;
mod nothing_decoded_twice;
mod read_only_folders;
mod removable_disks;
mod rereading;
mod retagging;
mod signals;
mod small_machine;
mod symlinks;
mod unavailable_folders;
mod with_ffmpeg;
mod worker_faults;
