//! What lies on the disk: folders walked, files named by their stamps. Nothing here opens a file.

mod excluded;
mod root;
mod stamp;
mod walk;
mod watch;

pub use self::{
    excluded::Excluded,
    root::{RootError, Roots},
    stamp::stamp,
    walk::{FoundFile, Rules, RulesError, Walk, WalkError},
    watch::{Due, TreeWatch, WatchMode},
};
