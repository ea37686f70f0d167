//! Paths as URIs, which can express any byte.

use std::{fmt::Write, os::unix::ffi::OsStrExt, path::Path};

/// The `file:` URI (RFC 8089) of an absolute path: every byte that is not unreserved (RFC 3986, 2.3) is
/// percent-encoded.
pub(super) fn file_uri(path: &Path) -> String {
    let mut uri = String::from("file://");
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
