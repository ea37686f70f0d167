//! The daemon.

mod closed_folders;
mod crash_recovery;
mod cue_sheets;
mod daemon_end_to_end;
mod daemon_robustness;
mod daemon_shutdown;
mod event_storm;
mod half_copied_files;
mod lost_events;
mod one_daemon_per_store;
mod paused_daemon;
mod scan_beside_daemon;
mod symlinks;
mod temporary_failures;
mod unavailable_folders;
mod undetected_changes;
