//! Variants of AAC, by the description that an MP4 file carries (AudioSpecificConfig, ISO/IEC 14496-3, 1.6.2.1).

use super::sbr;

/// Hz, by their index in a description.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// The name of a variant that is not decoded; the object type is in the first five bits.
pub(super) fn variant(config: &[u8], channels: u16) -> Option<String> {
    let name = match config.first()? >> 3 {
        // Low complexity that is refused for no other reason has an extension for spectral band replication.
        2 if channels <= 2 => sbr::NAME,
        2 => "AAC of more than two channels",
        5 | 29 => sbr::NAME,
        1 => "AAC Main",
        23 | 31 => "AAC-LD, AAC-ELD or xHE-AAC",
        kind => return Some(format!("AAC of object type {kind}")),
    };
    Some(name.into())
}

/// The description of only the core of HE-AAC, which is low complexity, and the core's rate in Hz; `None` for any other
/// variant.
pub(super) fn core(config: &[u8]) -> Option<(Box<[u8]>, u32)> {
    let [first, second, ..] = *config else { return None };
    let bits = u16::from_be_bytes([first, second]);
    // Object type, index of the rate, channels; of object type 2 the extension follows at the end.
    let (kind, index, channels) = (bits >> 11, bits >> 7 & 15, bits >> 3 & 15);
    let rate = *RATES.get(usize::from(index))?;
    (matches!(kind, 2 | 5 | 29) && (1..=2).contains(&channels)).then(|| {
        let core = 2 << 11 | index << 7 | channels << 3;
        (core.to_be_bytes().into(), rate)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_of_he_aac_is_low_complexity_at_its_own_rate() {
        // Object type 5 at 22 050 Hz, stereo, extended to 44 100 Hz; with parametric stereo; the extension behind.
        assert_eq!(core(&[0x2b, 0x92, 0x08, 0x00]), Some((vec![0x13, 0x90].into(), 22_050)));
        assert_eq!(core(&[0xeb, 0x8a, 0x08, 0x00]), Some((vec![0x13, 0x88].into(), 22_050)));
        assert_eq!(core(&[0x13, 0x90, 0x56, 0xe5, 0xa0]), Some((vec![0x13, 0x90].into(), 22_050)));
        // Six channels; a rate of its own; cut off.
        assert_eq!([core(&[0x2b, 0xb2]), core(&[0x2f, 0x92]), core(&[0x2b])], [None, None, None]);
    }

    #[test]
    fn what_is_not_decoded_has_a_name() {
        for (config, channels, name) in [
            (&[0x2b, 0x92], 2, "HE-AAC"),
            (&[0x13, 0x90], 2, "HE-AAC"),
            (&[0x11, 0xb0], 6, "AAC of more than two channels"),
            (&[0x0a, 0x10], 2, "AAC Main"),
            (&[0x22, 0x10], 2, "AAC of object type 4"),
        ] {
            assert_eq!(variant(config, channels).as_deref(), Some(name));
        }
    }
}
