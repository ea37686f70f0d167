//! Packets of several streams: all but the last one delimit themselves (RFC 6716, appendix B).

/// The packet of each stream, in the framing that a decoder of one stream takes; `None` if they do not add up.
pub(super) fn split(packet: &[u8], streams: usize) -> Option<Vec<Vec<u8>>> {
    let (mut rest, mut parts) = (packet, Vec::with_capacity(streams));
    for _ in 1..streams {
        let (part, after) = undelimited(rest)?;
        parts.push(part);
        rest = after;
    }
    parts.push(rest.to_owned());
    Some(parts)
}

/// The first packet without the length of its last frame, and what follows it.
fn undelimited(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (&toc, mut rest) = bytes.split_first()?;
    let mut head = vec![toc];
    let (mut padding, mut frames) = (0, 0);
    match toc & 3 {
        0 => frames += length(&mut rest)?,
        1 => frames += 2 * length(&mut rest)?,
        2 => {
            frames += kept_length(&mut rest, &mut head)?;
            frames += length(&mut rest)?;
        }
        _ => {
            let count = byte(&mut rest)?;
            head.push(count);
            if count & 0x40 != 0 {
                loop {
                    let more = byte(&mut rest)?;
                    head.push(more);
                    // 255 stands for 254 bytes and another length.
                    padding += usize::from(more) - usize::from(more == 255);
                    if more < 255 {
                        break;
                    }
                }
            }
            let packed = usize::from(count & 0x3f);
            if count & 0x80 == 0 {
                frames += packed * length(&mut rest)?;
            } else {
                for _ in 1..packed {
                    frames += kept_length(&mut rest, &mut head)?;
                }
                frames += length(&mut rest)?;
            }
        }
    }
    let (content, rest) = rest.split_at_checked(frames + padding)?;
    head.extend_from_slice(content);
    Some((head, rest))
}

fn byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(first)
}

/// The length of a frame: one byte, or two from 252 on (RFC 6716, section 3.2.1).
fn length(bytes: &mut &[u8]) -> Option<usize> {
    let first = usize::from(byte(bytes)?);
    Some(if first < 252 { first } else { first + 4 * usize::from(byte(bytes)?) })
}

/// A length that belongs into the packet in either framing.
fn kept_length(bytes: &mut &[u8], head: &mut Vec<u8>) -> Option<usize> {
    let before = *bytes;
    let length = length(bytes)?;
    head.extend_from_slice(&before[..before.len() - bytes.len()]);
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of each code: delimited by itself, and as a decoder of one stream takes it.
    const PACKETS: [(&[u8], &[u8]); 6] = [
        (&[0x00, 2, 7, 8], &[0x00, 7, 8]),
        (&[0x01, 2, 7, 8, 9, 6], &[0x01, 7, 8, 9, 6]),
        (&[0x02, 1, 2, 7, 8, 9], &[0x02, 1, 7, 8, 9]),
        (&[0x03, 0x03, 1, 7, 8, 9], &[0x03, 0x03, 7, 8, 9]),
        (&[0x03, 0x83, 1, 2, 1, 7, 8, 8, 9], &[0x03, 0x83, 1, 2, 7, 8, 8, 9]),
        (&[0x03, 0x41, 2, 1, 7, 0, 0], &[0x03, 0x41, 2, 7, 0, 0]),
    ];

    #[test]
    fn each_code_loses_the_length_of_its_last_frame() {
        for (delimited, plain) in PACKETS {
            let packet = [delimited, &[0x00, 5, 5]].concat();
            assert_eq!(split(&packet, 2), Some(vec![plain.to_owned(), vec![0x00, 5, 5]]), "{delimited:?}");
        }
        assert_eq!(split(&[0x00, 5], 1), Some(vec![vec![0x00, 5]]));
    }

    #[test]
    fn a_packet_that_breaks_off_is_none() {
        for (delimited, _) in PACKETS {
            for length in 0..delimited.len() {
                assert_eq!(split(&delimited[..length], 2), None, "{delimited:?} to {length}");
            }
        }
    }

    #[test]
    fn long_frames_have_lengths_of_two_bytes() {
        let frame = vec![3; 252 + 4 * 2];
        let packet = [&[0x00, 252, 2][..], &frame, &[0x08, 1]].concat();
        let parts = split(&packet, 2).unwrap();
        assert_eq!((parts[0].len(), &parts[1][..]), (1 + frame.len(), &[0x08, 1][..]));
    }
}
