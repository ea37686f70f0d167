//! The models' folder: what is installed, and how a file becomes an installed model.

pub mod folder_lock;
pub mod hash;
pub mod import;
pub mod installed;
pub mod recognise;
