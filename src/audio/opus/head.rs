//! The header of an Opus stream, as all its containers carry it (RFC 7845, section 5.1).

use symphonia::core::audio::{Channels, Position};
use symphonia::core::errors::{Result, unsupported_error};

/// What decoding needs to know of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    /// Frames at 48 000 Hz before the recording.
    pub pre_skip: u16,
    /// By what every sample is multiplied.
    pub gain: f32,
    /// Streams in a packet.
    pub streams: usize,
    /// As many of them, the first ones, have two channels.
    pub coupled: usize,
    /// By channel of the output, in the header's order.
    sources: Vec<Option<StreamChannel>>,
    /// Its channels have the positions of Vorbis (mapping families 0 and 1).
    is_positioned: bool,
}

/// The decoded channel that fills one of the output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StreamChannel {
    pub stream: usize,
    /// 0 left, 1 right.
    pub side: usize,
}

/// A channel that stays silent.
const SILENT: u8 = 255;

impl Head {
    /// Parses the bytes from `OpusHead` on.
    /// Errors: another version, a mapping that names streams which are not there.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let unsupported = || unsupported_error("opus: bad header");
        let Some((fixed, mapping)) = bytes.split_at_checked(19) else { return unsupported() };
        // The upper half of the version's byte is the incompatible part.
        if !fixed.starts_with(b"OpusHead") || fixed[8] >> 4 != 0 || fixed[9] == 0 {
            return unsupported();
        }
        let (channels, family) = (usize::from(fixed[9]), fixed[18]);
        let pre_skip = u16::from_le_bytes([fixed[10], fixed[11]]);
        // Decibels in Q7.8.
        let decibels = f32::from(i16::from_le_bytes([fixed[16], fixed[17]])) / 256.0;
        let gain = 10_f32.powf(decibels / 20.0);
        let (streams, coupled, table) = match (family, mapping) {
            (0, _) if channels <= 2 => (1, channels - 1, &[0, 1][..channels]),
            (1 | 2 | 255, [streams, coupled, table @ ..]) if table.len() >= channels => {
                (usize::from(*streams), usize::from(*coupled), &table[..channels])
            }
            _ => return unsupported(),
        };
        if streams == 0 || coupled > streams {
            return unsupported();
        }
        let source = |index: usize| match index.checked_sub(2 * coupled) {
            None => StreamChannel { stream: index / 2, side: index % 2 },
            Some(single) => StreamChannel { stream: coupled + single, side: 0 },
        };
        let sources: Vec<_> =
            table.iter().map(|&index| (index != SILENT).then(|| source(index.into()))).collect();
        if sources.iter().flatten().any(|source| source.stream >= streams) {
            return unsupported();
        }
        let is_positioned = family < 2 && channels <= 8;
        Ok(Self { pre_skip, gain, streams, coupled, sources, is_positioned })
    }

    /// The header of a Core Audio file, which has none: one stream of one or two channels.
    pub(crate) fn of_caf(channels: u8, pre_skip: u16) -> Box<[u8]> {
        let [low, high] = pre_skip.to_le_bytes();
        [b"OpusHead\x01", &[channels, low, high, 0x80, 0xbb, 0, 0, 0, 0, 0][..]].concat().into()
    }

    /// The planes of a buffer, in symphonia's order, with what fills them.
    pub(super) fn planes(&self) -> impl Iterator<Item = (usize, StreamChannel)> + '_ {
        let channels = self.channels();
        self.sources.iter().enumerate().filter_map(move |(index, source)| {
            let position = VORBIS.get(self.sources.len() - 1).filter(|_| self.is_positioned);
            let plane = match position {
                Some(order) => channels.get_canonical_index_for_positioned_channel(order[index])?,
                None => index,
            };
            Some((plane, (*source)?))
        })
    }

    pub(super) fn channels(&self) -> Channels {
        let count = self.sources.len();
        match VORBIS.get(count - 1).filter(|_| self.is_positioned) {
            Some(order) => Channels::Positioned(order.iter().fold(Position::empty(), |all, one| all | *one)),
            None => Channels::Discrete(count as u16),
        }
    }
}

const FL: Position = Position::FRONT_LEFT;
const FR: Position = Position::FRONT_RIGHT;
const FC: Position = Position::FRONT_CENTER;
const RL: Position = Position::REAR_LEFT;
const RR: Position = Position::REAR_RIGHT;
const RC: Position = Position::REAR_CENTER;
const SL: Position = Position::SIDE_LEFT;
const SR: Position = Position::SIDE_RIGHT;
const LFE: Position = Position::LFE1;

/// The order of channels by their number: Vorbis I, section 4.3.9.
const VORBIS: [&[Position]; 8] = [
    &[FC],
    &[FL, FR],
    &[FL, FC, FR],
    &[FL, FR, RL, RR],
    &[FL, FC, FR, RL, RR],
    &[FL, FC, FR, RL, RR, LFE],
    &[FL, FC, FR, SL, SR, RC, LFE],
    &[FL, FC, FR, SL, SR, RL, RR, LFE],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn head(channels: u8, family: u8, mapping: &[u8]) -> Vec<u8> {
        [b"OpusHead\x01", &[channels, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0xfa, family][..], mapping].concat()
    }

    #[test]
    fn stereo_is_one_stream_and_its_gain_is_decibels() {
        let head = Head::parse(&head(2, 0, &[])).unwrap();
        assert_eq!((head.pre_skip, head.streams, head.coupled), (312, 1, 1));
        // −6 dB.
        assert!((head.gain - 0.5012).abs() < 1e-4, "{}", head.gain);
        assert_eq!(
            head.planes().map(|(plane, source)| (plane, source.side)).collect::<Vec<_>>(),
            [(0, 0), (1, 1)]
        );
    }

    #[test]
    fn channels_of_5_1_lie_where_symphonia_has_them() {
        // As libopus writes it: left, centre, right, rear left, rear right, low frequencies.
        let head = Head::parse(&head(6, 1, &[4, 2, 0, 4, 1, 2, 3, 5])).unwrap();
        let planes: Vec<_> =
            head.planes().map(|(plane, StreamChannel { stream, side })| (plane, stream, side)).collect();
        assert_eq!(planes, [(0, 0, 0), (2, 2, 0), (1, 0, 1), (4, 1, 0), (5, 1, 1), (3, 3, 0)]);
        assert_eq!(head.channels().count(), 6);
    }

    #[test]
    fn channels_without_positions_keep_their_order_and_may_be_silent() {
        let head = Head::parse(&head(3, 255, &[2, 0, 1, 255, 0])).unwrap();
        assert_eq!(
            head.planes().map(|(plane, source)| (plane, source.stream)).collect::<Vec<_>>(),
            [(0, 1), (2, 0)]
        );
        assert_eq!(head.channels(), Channels::Discrete(3));
    }

    #[test]
    fn a_header_that_contradicts_itself_is_refused() {
        for bytes in [
            head(0, 0, &[]),
            head(3, 0, &[]),
            head(6, 1, &[4, 2, 0, 4, 1]),
            head(2, 1, &[0, 0, 0, 0]),
            head(2, 1, &[1, 2, 0, 1]),
            head(2, 1, &[1, 0, 0, 1]),
            head(2, 9, &[1, 1, 0, 1]),
            b"OpusHead".to_vec(),
        ] {
            assert!(Head::parse(&bytes).is_err(), "{bytes:?}");
        }
    }
}
