//! Bytes of tags as text.

/// UTF-8 where it is, else ISO 8859-1, which has a letter for every byte.
pub(super) fn utf8_or_latin1(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| latin1(bytes), str::to_owned)
}

pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

pub(super) fn utf16(bytes: &[u8], is_big_endian: bool) -> String {
    let unit =
        |pair: &[u8; 2]| if is_big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units: Vec<u16> = bytes.as_chunks().0.iter().map(unit).collect();
    String::from_utf16_lossy(&units)
}

/// UTF-16 whose mark says the order of its bytes. Without one they are in the order that gives more letters of ASCII.
pub(super) fn utf16_with_mark(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, false),
        [0xfe, 0xff, rest @ ..] => utf16(rest, true),
        _ => {
            let zeros = |at: usize| bytes.as_chunks::<2>().0.iter().filter(|pair| pair[at] == 0).count();
            utf16(bytes, zeros(0) > zeros(1))
        }
    }
}
