//! Recognises formats that symphonia does not read by their first bytes, so that the failure can name them.
//!
//! This must come before probing: symphonia looks for a frame of MPEG audio anywhere in the first megabyte,
//! and finds one by chance in any compressed data.

use std::{fs::File, os::unix::fs::FileExt};

/// Bytes at the start of a file that are looked at: enough for the first page of an Ogg stream.
const HEAD: usize = 512;

/// Name, offset of the signature, signature.
const CONTAINERS: [(&str, usize, &[u8]); 11] = [
    ("WavPack", 0, b"wvpk"),
    ("Monkey's Audio", 0, b"MAC "),
    ("Musepack", 0, b"MPCK"),
    ("Musepack", 0, b"MP+"),
    ("WMA", 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("TTA", 0, b"TTA1"),
    ("TTA", 0, b"TTA2"),
    ("DSD", 0, b"DSD "),
    ("DSD", 0, b"FRM8"),
    ("OptimFROG", 0, b"OFR "),
    ("RealAudio", 0, b".ra\xfd"),
];

/// The first packet of a logical Ogg stream begins with its codec's signature.
const IN_OGG: [(&str, &[u8]); 2] = [("Opus", b"OpusHead"), ("Speex", b"Speex   ")];
/// Codecs in Ogg that are read: a file that has one of them too is left to the demuxer.
const READ_IN_OGG: [&[u8]; 2] = [b"\x01vorbis", b"\x7fFLAC"];

/// The name of the container or codec, if it cannot be read here. None also if the file cannot be read at all.
pub(super) fn recognise(file: &File) -> Option<&'static str> {
    let mut head = [0; HEAD];
    let start = length_of_id3(file)?;
    let length = file.read_at(&mut head, start).ok()?;
    let head = &head[..length];
    if head.starts_with(b"OggS") {
        let has = |signature: &[u8]| head.windows(signature.len()).any(|window| window == signature);
        if READ_IN_OGG.iter().any(|signature| has(signature)) {
            return None;
        }
        return IN_OGG.iter().find(|(_, signature)| has(signature)).map(|(name, _)| *name);
    }
    CONTAINERS
        .iter()
        .find(|(_, at, signature)| head.get(*at..).is_some_and(|rest| rest.starts_with(signature)))
        .map(|(name, _, _)| *name)
}

/// Bytes of the ID3v2 tag that some programs put before any kind of file; 0 without one (id3.org, ID3v2.4 §3.1).
fn length_of_id3(file: &File) -> Option<u64> {
    let mut header = [0; 10];
    let length = file.read_at(&mut header, 0).ok()?;
    if length < header.len() || !header.starts_with(b"ID3") {
        return Some(0);
    }
    let size = header[6..].iter().fold(0, |size, &byte| size << 7 | u64::from(byte & 0x7f));
    Some(size + 10)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn named(bytes: &[u8]) -> Option<&'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        recognise(&file)
    }

    #[test]
    fn every_signature_is_found_also_behind_an_id3_tag() {
        for (expected, _, signature) in CONTAINERS {
            assert_eq!(named(signature), Some(expected));
            let tagged = [b"ID3\x04\x00\x00\x00\x00\x01\x02".as_slice(), &[0; 130], signature].concat();
            assert_eq!(named(&tagged), Some(expected));
        }
    }

    #[test]
    fn ogg_is_recognised_by_its_codec() {
        assert_eq!(named(b"OggS......OpusHead"), Some("Opus"));
        assert_eq!(named(b"OggS......Speex   "), Some("Speex"));
        assert_eq!(named(b"OggS......\x01vorbis"), None);
        assert_eq!(named(b""), None);
    }
}
