//! What lies on the disk: folders walked, files named by their stamps. Nothing here opens a file.

mod root;
mod stamp;
mod walk;

pub use root::{RootError, Roots};
pub use stamp::stamp;
pub use walk::{Found, Rules, RulesError, Walk, WalkError};
