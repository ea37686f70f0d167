//! What lies on the disk: folders walked, files named by their stamps. Nothing here opens a file.

mod excluded;
mod root;
mod stamp;
mod walk;
mod watch;

pub use excluded::Excluded;
pub use root::{RootError, Roots};
pub use stamp::stamp;
pub use walk::{Found, Rules, RulesError, Walk, WalkError};
pub use watch::{Attention, Due, Watch};
