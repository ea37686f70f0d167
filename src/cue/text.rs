//! The text of a cue sheet, which does not say in which encoding it is.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// Decodes a sheet: by its byte order mark, as UTF-8 if it is that, else by what its letters are most likely to be.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    // A mark wins over the guess.
    encoding.decode(bytes).0
}
