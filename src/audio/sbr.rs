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
/// A stream of a higher rate (Hz) is never the core of HE-AAC.
const MAX_CORE_RATE: u32 = 24_000;

/// Whether a stream of AAC is HE-AAC, by its first packets.
pub(super) fn is_he_aac(rate: u32, packets: impl Iterator<Item = Box<[u8]>>) -> bool {
    if rate > MAX_CORE_RATE {
        return false;
    }
    let (seen, with_sbr) = packets
        .take(PACKETS)
        .fold((0, 0), |(seen, with_sbr), packet| (seen + 1, with_sbr + usize::from(ends_with_sbr(&packet))));
    // By chance one packet in about a hundred looks like it.
    seen == PACKETS && with_sbr > PACKETS / 2
}

/// Whether the last element of a raw data block is a fill element (id 6) with an SBR payload (extension 13 or 14), up
/// to the end mark (id 7) and the zeros to the byte's end. ISO/IEC 14496-3, tables 4.3, 4.11 and 4.57.
fn ends_with_sbr(packet: &[u8]) -> bool {
    let bits = packet.len() * 8;
    let read = |from: usize, count: usize| {
        (from..from + count).fold(0, |value, i| value << 1 | u32::from(packet[i / 8] >> (7 - i % 8) & 1))
    };
    // The end mark is the last of the ones: its lowest bit is followed by zeros only.
    let Some(last) = packet.last().filter(|&&byte| byte != 0) else {
        return false;
    };
    let end = bits - last.trailing_zeros() as usize;
    if end < 3 || read(end - 3, 3) != 7 {
        return false;
    }
    let end = end - 3;
    // A count of 15 or more has a byte of its own.
    let fills = |count: u32| {
        let header = if count < 15 { 7 } else { 15 };
        let Some(at) = end.checked_sub(8 * count as usize + header) else { return false };
        let counts = read(at + 3, 4) == count.min(15) && (count < 15 || read(at + 7, 8) + 14 == count);
        read(at, 3) == 6 && counts && matches!(read(at + header, 4), 13 | 14)
    };
    (1..=269).any(fills)
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
    fn most_of_the_first_packets_decide() {
        let plain = packet(&[(1, 3), (0x1234_5678, 32), (7, 3)]);
        let with_sbr = packet(&[(1, 5), (6, 3), (2, 4), (13, 4), (9, 12), (7, 3)]);
        let packets = |with: usize, all: usize| {
            (0..all).map(move |i| if i < with { with_sbr.clone() } else { plain.clone() }.into())
        };
        assert!(is_he_aac(22_050, packets.clone()(9, 40)));
        assert!(!is_he_aac(22_050, packets.clone()(8, 40)));
        assert!(!is_he_aac(22_050, packets.clone()(15, 15)), "too few to tell");
        assert!(!is_he_aac(44_100, packets(40, 40)));
        assert!(!ends_with_sbr(&[]));
    }
}
