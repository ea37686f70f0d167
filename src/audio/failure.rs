//! Failures of a file that more than one step finds.

use std::io;

use symphonia::core::errors::Error;

use crate::track::{Failure, FailureKind};

/// What the system says to a read or a seek that no file allows: the place was named by the file itself.
const NO_SUCH_PLACE: [i32; 3] = [libc::EINVAL, libc::EOVERFLOW, libc::EFBIG];
pub(super) const LEADS_OUTSIDE: &str = "its header leads to a place outside of it";

/// A failure of the system: the number of the error comes first, as its text may be translated.
pub(super) fn unreadable(error: io::Error) -> Failure {
    let reason = match error.raw_os_error() {
        Some(number) => format!("errno {number}, {error}"),
        None => error.to_string(),
    };
    Failure::of_system(FailureKind::Unreadable, reason)
}

/// A read or a seek that failed within a file.
pub(super) fn failed_read(error: io::Error) -> Failure {
    match error.raw_os_error() {
        Some(number) if NO_SUCH_PLACE.contains(&number) => {
            Failure::of_content(FailureKind::NotAudio, LEADS_OUTSIDE)
        }
        _ => unreadable(error),
    }
}

/// The failure of the system behind an error of a demuxer or decoder; or the error, where it says something of the file.
pub(super) fn of_system(error: Error) -> Result<Failure, Error> {
    let Error::IoError(error) = error else { return Err(error) };
    if error.raw_os_error().is_none() {
        return Err(Error::IoError(error));
    }
    let failure = failed_read(error);
    if failure.is_final { Err(Error::IoError(io::Error::other(LEADS_OUTSIDE))) } else { Ok(failure) }
}

pub(super) fn unsupported(what: String) -> Failure {
    Failure::of_content(FailureKind::Unsupported, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_no_file_has_is_the_fault_of_the_file_and_a_bad_disk_is_not() {
        for number in NO_SUCH_PLACE {
            let failure = failed_read(io::Error::from_raw_os_error(number));
            assert_eq!((failure.kind, failure.is_final), (FailureKind::NotAudio, true));
            let error = of_system(Error::IoError(io::Error::from_raw_os_error(number))).unwrap_err();
            assert_eq!(error.to_string(), LEADS_OUTSIDE);
        }
        for number in [libc::EIO, libc::ENOENT, libc::EACCES, libc::ESTALE] {
            let failure = of_system(Error::IoError(io::Error::from_raw_os_error(number))).unwrap();
            assert_eq!((failure.kind, failure.is_final), (FailureKind::Unreadable, false));
            assert!(failure.reason.starts_with(&format!("errno {number}, ")), "{failure}");
        }
    }
}
