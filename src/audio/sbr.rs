//! Detects HE-AAC without a header that says so, by the payload of spectral band replication (SBR) in the packets.
//!
//! Such a stream would be decoded as plain AAC: only the lower half of the spectrum, at half the rate, and without an
//! error.

/// What such a stream is called.
pub(super) const NAME: &str = "HE-AAC";

/// What is recorded where only the core was decoded.
pub(super) const CORE_ONLY: &str = ", the core of HE-AAC";

/// Packets to look at before deciding.
const PACKETS: usize = 16;
/// Kinds of payload: spectral band replication, with and without a checksum, and padding of nothing or of a fixed byte.
const SBR: [u32; 2] = [13, 14];
const PADDING: [u32; 2] = [0, 1];
/// Bytes of the longest fill element, and as many of them may be padding.
const MAX_FILL: u32 = 269;
const MOST_PADDING: usize = 4;
/// A stream of a higher rate (Hz) is never the core of HE-AAC.
pub(super) const MAX_CORE_RATE: u32 = 24_000;

/// Whether a stream of AAC is HE-AAC, by its first packets.
pub(super) fn is_he_aac(packets: impl Iterator<Item = Box<[u8]>>) -> bool {
    let (seen, with_sbr) = packets
        .take(PACKETS)
        .fold((0, 0), |(seen, with_sbr), packet| (seen + 1, with_sbr + usize::from(ends_with_sbr(&packet))));
    // By chance one packet in about a hundred looks like it.
    seen == PACKETS && with_sbr > PACKETS / 2
}

/// Bits of a packet, from its first.
struct Bits<'a>(&'a [u8]);

impl Bits<'_> {
    fn read(&self, from: usize, count: usize) -> u32 {
        (from..from + count).fold(0, |value, i| value << 1 | u32::from(self.0[i / 8] >> (7 - i % 8) & 1))
    }

    /// A fill element (id 6) that ends at `end` and holds a payload of one of these kinds: where it begins, and where its
    /// payload does.
    fn fill(&self, end: usize, kinds: &[u32]) -> Option<[usize; 2]> {
        (1..=MAX_FILL).find_map(|count| {
            // A count of 15 or more has a byte of its own.
            let header = if count < 15 { 7 } else { 15 };
            let at = end.checked_sub(8 * count as usize + header)?;
            let counts =
                self.read(at + 3, 4) == count.min(15) && (count < 15 || self.read(at + 7, 8) + 14 == count);
            let is_fill = self.read(at, 3) == 6 && counts && kinds.contains(&self.read(at + header, 4));
            is_fill.then_some([at, at + header])
        })
    }
}

/// Whether a raw data block ends with a fill element of spectral band replication, before nothing but padding, the end
/// mark (id 7) and the zeros to the byte's end. ISO/IEC 14496-3, tables 4.3, 4.11 and 4.57.
fn ends_with_sbr(packet: &[u8]) -> bool {
    let bits = Bits(packet);
    // The end mark is the last of the ones: its lowest bit is followed by zeros only.
    let Some(last) = packet.last().filter(|&&byte| byte != 0) else {
        return false;
    };
    let end = packet.len() * 8 - last.trailing_zeros() as usize;
    if end < 3 || bits.read(end - 3, 3) != 7 {
        return false;
    }
    let mut end = end - 3;
    for _ in 0..MOST_PADDING {
        if bits.fill(end, &SBR).is_some() {
            return true;
        }
        match bits.fill(end, &PADDING) {
            // Nothing but this byte, or nothing at all behind the kind, is padding.
            Some([at, payload]) if end - payload == 8 || bits.read(end - 8, 8) == 0xa5 => end = at,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(fields: &[(u32, usize)]) -> Vec<u8> {
        let bits: Vec<u8> =
            fields.iter().flat_map(|&(value, n)| (0..n).rev().map(move |i| (value >> i & 1) as u8)).collect();
        bits.chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |all, (i, bit)| all | bit << (7 - i)))
            .collect()
    }

    #[test]
    fn a_payload_at_the_end_is_found_whatever_its_length_and_place() {
        for lead in 1..9 {
            let short = packet(&[(1, lead), (6, 3), (3, 4), (13, 4), (0x5_5555, 20), (7, 3)]);
            assert!(ends_with_sbr(&short));
            let long = [
                (1, lead),
                (6, 3),
                (15, 4),
                (6, 8),
                (14, 4),
                (1, 28),
                (2, 32),
                (3, 32),
                (4, 32),
                (5, 32),
                (7, 3),
            ];
            assert!(ends_with_sbr(&packet(&long)));
        }
    }

    #[test]
    fn padding_behind_it_hides_nothing() {
        let sbr = [(1, 5), (6, 3), (3, 4), (13, 4), (0x5_5555, 20)];
        let bytes = [(6, 3), (4, 4), (1, 4), (0, 4), (0xa5, 8), (0xa5, 8), (0xa5, 8)];
        let nothing = [(6, 3), (1, 4), (0, 8)];
        let end = [(7, 3)];
        assert!(ends_with_sbr(&packet(&[&sbr[..], &bytes, &end].concat())));
        assert!(ends_with_sbr(&packet(&[&sbr[..], &bytes, &nothing, &end].concat())));
        assert!(!ends_with_sbr(&packet(&[&bytes[..], &end].concat())));
    }

    #[test]
    fn most_of_the_first_packets_decide() {
        let plain = packet(&[(1, 3), (0x1234_5678, 32), (7, 3)]);
        let with_sbr = packet(&[(1, 5), (6, 3), (2, 4), (13, 4), (9, 12), (7, 3)]);
        let packets = |with: usize, all: usize| {
            (0..all).map(move |i| if i < with { with_sbr.clone() } else { plain.clone() }.into())
        };
        assert!(is_he_aac(packets.clone()(9, 40)));
        assert!(!is_he_aac(packets.clone()(8, 40)));
        assert!(!is_he_aac(packets(15, 15)), "too few to tell");
        assert!(!ends_with_sbr(&[]));
    }
}
