//! What lies in the store, and what happens when it is damaged, in use or forgotten.

mod backups;
mod checked;
mod compacted;
mod damaged_store;
mod failing_calls;
mod leaving_folders;
mod older_store;
mod pruning;
mod unusable_store;
