//! The program as its users meet it: one test binary, in which every test has a home, a store and music of its own.

mod away;
mod bit_flips;
mod changing;
mod environment;
mod failures;
mod file_names;
mod kill;
mod links;
mod listening;
mod long_files;
mod main_job;
mod miniature;
mod mounts;
mod moves;
mod namespace;
mod objects;
mod order;
mod read_only;
mod refusals;
mod retagging;
mod signals;
mod sounds;
mod store_refusals;
mod truth;
mod worker_faults;
mod zero_decodes;
