//! What lies on the disk: folders walked and watched, files told apart by their stamps. Of the files only cue sheets are opened.

mod discarded;
mod excluded;
pub(crate) mod root;
mod rules;
mod sheets;
mod stamp;
mod walk;
pub(crate) mod watch;

#[cfg(test)]
pub(crate) use self::discarded::DISCARDED;
pub(crate) use self::{
    discarded::{FolderNames, is_discarded},
    excluded::{Excluded, RulesError},
    root::{RootError, Roots},
    rules::Rules,
    sheets::{divide, widened},
    stamp::{COPY_TIME, age, is_young, stamp},
    walk::{FoundFile, Walk, WalkError},
    watch::TreeWatch,
};
pub(crate) use self::{root::NotARoot, watch::WatchMode};
