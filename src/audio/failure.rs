//! Failures of a file that more than one step finds.

use std::io;

use crate::track::{Failure, FailureKind};

/// A failure of the system: the number of the error comes first, as its text may be translated.
pub(super) fn unreadable(error: io::Error) -> Failure {
    let reason = match error.raw_os_error() {
        Some(number) => format!("errno {number}, {error}"),
        None => error.to_string(),
    };
    Failure::of_system(FailureKind::Unreadable, reason)
}

pub(super) fn unsupported(what: String) -> Failure {
    Failure::of_content(FailureKind::Unsupported, what)
}
