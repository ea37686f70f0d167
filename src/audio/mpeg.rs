//! Frames of MPEG audio as symphonia does not look at them: their checksums, and rates or channels that differ from those before,
//! which its decoder refuses, and a new one takes.

use symphonia::core::{checksum::Crc16Ansi, io::Monitor};

/// What must stay the same for one decoder: version and layer, index of the rate, and whether it is mono (ISO/IEC 11172-3,
/// 2.4.1.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameForm([u8; 3]);

impl FrameForm {
    /// Frames, in the sense of samples of each channel, that one of MPEG audio has (ISO/IEC 11172-3, 2.4.2.1; 13818-3, 2.4.2.1).
    pub(super) fn frames(self) -> u64 {
        match (self.0[0] & 0x18, self.0[0] & 0x06) {
            (_, 0x06) => 384,
            (0x18, _) | (_, 0x04) => 1152,
            _ => 576,
        }
    }

    pub(super) fn of(frame: &[u8]) -> Option<Self> {
        let [_, version_and_layer, rate, mode, ..] = *frame else { return None };
        Some(Self([version_and_layer & 0x1e, rate & 0x0c, u8::from(mode >> 6 == 3)]))
    }
}

/// Whether the checksum of a frame is right; none where it has none, and for layer II, in which only decoding shows what it covers
/// (ISO/IEC 11172-3, 2.4.3.1).
pub(super) fn is_sound(frame: &[u8]) -> Option<bool> {
    let [_, second, third, fourth, sum @ ..] = frame else { return None };
    if second & 1 == 1 {
        return None;
    }
    let (is_first_version, is_mono) = (second & 0x08 != 0, fourth >> 6 == 3);
    let covered = match (second & 0x06, is_first_version, is_mono) {
        // Layer III: the side information.
        (0x02, true, false) => 32,
        (0x02, true, true) | (0x02, false, false) => 17,
        (0x02, false, true) => 9,
        // Layer I: four bits for each of 32 bands of each channel; from the bound on, joint channels share them.
        (0x06, _, true) => 16,
        (0x06, ..) if fourth >> 6 == 1 => 16 + 2 * (1 + usize::from(fourth >> 4 & 3)),
        (0x06, ..) => 32,
        _ => return None,
    };
    let (sum, rest) = sum.split_first_chunk::<2>()?;
    let mut crc = Crc16Ansi::new(0xffff);
    crc.process_buf_bytes(&[*third, *fourth]);
    crc.process_buf_bytes(rest.get(..covered)?);
    Some(crc.crc() == u16::from_be_bytes(*sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_covers_the_header_and_what_follows_it() {
        let frame = |second: u8| [&[0xff, second, 0x90, 0x44, 0, 0][..], &[0; 411]].concat();
        assert_eq!([is_sound(&frame(0xfb)), is_sound(&frame(0xfd)), is_sound(&[0xff, 0xfa])], [None; 3]);
        let mut frame = frame(0xfa);
        let right = (0..=u16::MAX).find(|sum| {
            frame[4..6].copy_from_slice(&sum.to_be_bytes());
            is_sound(&frame) == Some(true)
        });
        assert!(right.is_some());
        frame[6 + 31] ^= 1;
        assert_eq!(is_sound(&frame), Some(false));
        frame[6 + 31] ^= 1;
        frame[6 + 32] ^= 1;
        assert_eq!(is_sound(&frame), Some(true), "the music itself is not covered");
    }

    #[test]
    fn bit_rate_padding_and_joint_stereo_change_no_form() {
        let form = |frame: [u8; 4]| FrameForm::of(&frame).unwrap();
        let first = form([0xff, 0xfb, 0x90, 0x44]);
        assert!(first == form([0xff, 0xfa, 0x52, 0x04]), "CRC, bit rate, padding, stereo");
        assert!(first != form([0xff, 0xfb, 0x94, 0x44]), "48 000 Hz");
        assert!(first != form([0xff, 0xf3, 0x90, 0x44]), "MPEG-2");
        assert!(first != form([0xff, 0xfb, 0x90, 0xc4]), "mono");
        assert!(FrameForm::of(&[0xff, 0xfb]).is_none());
        // MPEG-1 layers III, II and I; MPEG-2 and 2.5 layer III, MPEG-2 layer II.
        let counts = [0xfb, 0xfd, 0xff, 0xf3, 0xe3, 0xf5].map(|byte| form([0xff, byte, 0x90, 0x44]).frames());
        assert_eq!(counts, [1152, 1152, 384, 576, 576, 1152]);
    }
}
