//! `cluster` and `run`: from vectors to groups with names.

mod algorithms;
mod filters;
mod learning;
mod main_job;
mod naming;
mod printed;
