//! The models' folder: what is installed, and how a file becomes an installed model.

pub(crate) mod candidate;
pub(crate) mod first_run;
pub(crate) mod folder_lock;
pub(crate) mod import;
pub(crate) mod installed;
pub(crate) mod recognise;
pub(crate) mod self_check;
mod written;
