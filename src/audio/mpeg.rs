//! Frames of MPEG audio whose rate or channels differ from those before: symphonia's decoder refuses them, and a new one takes
//! them.

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

#[cfg(test)]
mod tests {
    use super::*;

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
