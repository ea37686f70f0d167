//! Paths as URIs, which can express any byte.

use std::{fmt::Write, os::unix::ffi::OsStrExt, path::Path};

/// The `file:` URI (RFC 8089) of an absolute path.
pub(super) fn file_uri(path: &Path) -> String {
    format!("file://{}", reference(path))
}

/// A path as a reference relative to the place of the file that holds it (RFC 3986, 4.2): every byte that is not
/// unreserved (2.3) is percent-encoded, so nothing in it is taken for a scheme, a query or a fragment.
pub(super) fn reference(path: &Path) -> String {
    let mut uri = String::new();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(byte.into())
            }
            _ => write!(uri, "%{byte:02X}").expect("a String grows"),
        }
    }
    uri
}
