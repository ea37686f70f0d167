//! What lies on the disk: folders walked and watched, files told apart by their stamps. Nothing here opens a file.

mod discarded;
mod excluded;
mod root;
mod stamp;
mod walk;
mod watch;

pub use self::watch::WatchMode;
pub(crate) use self::{
    discarded::is_discarded,
    excluded::{Excluded, RulesError},
    root::{RootError, Roots},
    stamp::{COPY_TIME, age, is_young, stamp},
    walk::{FoundFile, Rules, Walk, WalkError},
    watch::TreeWatch,
};
