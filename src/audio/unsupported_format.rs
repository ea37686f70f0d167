//! Recognises formats that symphonia does not read by their first bytes, so that the failure can name them.
//!
//! This must come before probing: symphonia looks for a frame of MPEG audio anywhere in the first megabyte,
//! and finds one by chance in any compressed data.

use super::failure::unsupported;
use crate::track::{Failure, FailureKind};

/// Bytes at the start of a file that are looked at: enough for the first page of an Ogg stream, and for three packets of a
/// transport stream.
pub(super) const HEAD: usize = 640;

/// Name, offset of the signature, signature.
const CONTAINERS: [(&str, usize, &[u8]); 12] = [
    ("WavPack", 0, b"wvpk"),
    ("Monkey's Audio", 0, b"MAC "),
    ("Musepack", 0, b"MPCK"),
    ("Musepack", 0, b"MP+"),
    ("WMA", 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("AC-3", 0, b"\x0b\x77"),
    ("TTA", 0, b"TTA1"),
    ("TTA", 0, b"TTA2"),
    ("DSD", 0, b"DSD "),
    ("DSD", 0, b"FRM8"),
    ("OptimFROG", 0, b"OFR "),
    ("RealAudio", 0, b".ra\xfd"),
];

/// The first packet of a logical Ogg stream begins with its codec's signature.
const IN_OGG: [(&str, &[u8]); 1] = [("Speex", b"Speex   ")];
/// Codecs in Ogg that are read: a file that has one of them too is left to the demuxer.
const READ_IN_OGG: [&[u8]; 3] = [b"\x01vorbis", b"\x7fFLAC", b"OpusHead"];
/// Bytes from one sync byte of a transport stream to the next, and where the first one is: of broadcasts and of discs.
const TRANSPORT_STREAMS: [(usize, usize); 2] = [(188, 0), (192, 4)];
const TRANSPORT_SYNC: u8 = 0x47;

/// Errors: `Unsupported`, with the name of the container or codec, or `NotAudio`, if the first bytes are of such a file.
pub(super) fn refuse(head: &[u8]) -> Result<(), Failure> {
    if let Some(name) = recognise(head) {
        return Err(unsupported(name.into()));
    }
    let is_stream = |&(length, first): &(usize, usize)| {
        (0..3).all(|packet| head.get(first + packet * length) == Some(&TRANSPORT_SYNC))
    };
    if TRANSPORT_STREAMS.iter().any(is_stream) {
        return Err(Failure::of_content(FailureKind::NotAudio, "is an MPEG transport stream, as videos are"));
    }
    Ok(())
}

/// The name of the container or codec, if it cannot be read here.
fn recognise(head: &[u8]) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_is_found() {
        for (expected, _, signature) in CONTAINERS {
            assert_eq!(recognise(signature), Some(expected));
        }
    }

    #[test]
    fn ogg_is_recognised_by_its_codec() {
        assert_eq!(recognise(b"OggS......OpusHead"), None);
        assert_eq!(recognise(b"OggS......Speex   "), Some("Speex"));
        assert_eq!(recognise(b"OggS......\x01vorbis"), None);
        assert_eq!(recognise(b""), None);
    }

    #[test]
    fn transport_streams_are_no_audio() {
        for (length, first) in TRANSPORT_STREAMS {
            let mut head = [0; HEAD];
            (0..3).for_each(|packet| head[first + packet * length] = TRANSPORT_SYNC);
            assert_eq!(refuse(&head).unwrap_err().kind, FailureKind::NotAudio);
            assert_eq!(refuse(&head[..first + 2 * length]), Ok(()), "too short to tell");
        }
    }
}
