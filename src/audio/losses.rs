//! What of a stream is lost though its demuxer says nothing: packets that it passed over, and such as are not what was written.

use symphonia::core::{checksum::Crc16Ansi, io::Monitor, packet::Packet};

use super::{coded::Coded, mpeg};

/// ffmpeg's times of pages of Vorbis are wrong by a part of a block, and right again one page later.
const VORBIS_SLACK: u64 = 1024;

/// Watches the packets of one stream.
pub(super) struct Losses {
    kind: Kind,
    packets: u64,
    /// Samples of the last packet that was decoded.
    length: usize,
}

enum Kind {
    /// Packets have times, in samples, which are exact but for some slack: where the next one is due.
    Timed {
        due: i64,
        slack: u64,
    },
    /// Frames of FLAC in a container that does not check them.
    Flac,
    /// MPEG audio: frames with a right and with a wrong checksum, and the second in which the first wrong one is.
    Mpeg {
        right: u64,
        wrong: u64,
        first: f64,
    },
    Unwatched,
}

/// What one packet shows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Loss {
    /// Samples that are missing before it.
    pub before: u64,
    /// It is not what was written.
    pub is_damaged: bool,
}

impl Losses {
    pub(super) fn of(track: &Coded) -> Self {
        let kind = match track.container {
            "flac" | "ogg" => {
                Kind::Timed { due: 0, slack: if track.codec == "vorbis" { VORBIS_SLACK } else { 0 } }
            }
            _ if track.codec == "flac" => Kind::Flac,
            _ if track.is_mpeg => Kind::Mpeg { right: 0, wrong: 0, first: 0.0 },
            _ => Kind::Unwatched,
        };
        Self { kind, packets: 0, length: 0 }
    }

    /// Looks at the next packet, which begins at this second.
    pub(super) fn look(&mut self, packet: &Packet, at: f64) -> Loss {
        self.packets += 1;
        let mut loss = Loss::default();
        match &mut self.kind {
            Kind::Timed { due, slack } => {
                let begin = packet.pts.get();
                let length = packet.dur.get() + packet.trim_start.get() + packet.trim_end.get();
                // The first packet of Vorbis has a length, but no samples.
                let gap = u64::try_from(begin.saturating_sub(*due)).unwrap_or(0);
                if self.packets > 2 && gap > *slack {
                    loss.before = gap;
                }
                *due = begin.saturating_add_unsigned(length);
            }
            // Its last two bytes make the checksum of the whole zero (RFC 9639, 9.3).
            Kind::Flac => {
                let mut crc = Crc16Ansi::new(0);
                crc.process_buf_bytes(&packet.data);
                loss.is_damaged = crc.crc() != 0;
            }
            Kind::Mpeg { right, wrong, first } => match mpeg::is_sound(&packet.data) {
                Some(true) => *right += 1,
                Some(false) => {
                    *first = if *wrong == 0 { at } else { *first };
                    *wrong += 1;
                }
                None => {}
            },
            Kind::Unwatched => {}
        }
        loss
    }

    /// Why nothing was decoded, where nothing has failed.
    pub(super) fn nothing(&self) -> &'static str {
        if self.packets == 0 { "it has no packets" } else { "its packets hold no samples" }
    }

    /// A packet of so many samples was decoded.
    pub(super) fn decoded(&mut self, samples: usize) {
        self.length = samples;
    }

    /// How many samples a packet had that could not be decoded: as many as the one before. Before the first one that could,
    /// packets refer to what has been cut off, which is no damage.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The second of the first frame with a wrong checksum, and how many there are. An encoder of which most are wrong does not
    /// know how to make them.
    pub(super) fn wrong_checksums(&self) -> Option<(f64, u64)> {
        match self.kind {
            Kind::Mpeg { right, wrong, first } if wrong > 0 && wrong < right => Some((first, wrong)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use symphonia::core::units::{Duration, Timestamp};

    use super::*;

    fn packet(begin: i64, length: u64, data: &[u8]) -> Packet {
        Packet::new(0, Timestamp::new(begin), Duration::from(length), data)
    }

    fn gaps(slack: u64, packets: &[(i64, u64)]) -> Vec<u64> {
        let mut losses = Losses { kind: Kind::Timed { due: 0, slack }, packets: 0, length: 0 };
        packets.iter().map(|(begin, length)| losses.look(&packet(*begin, *length, &[]), 0.0).before).collect()
    }

    #[test]
    fn a_time_that_leaps_forward_is_a_gap_but_for_the_first_and_for_slack() {
        assert_eq!(
            gaps(0, &[(100, 10), (200, 10), (210, 10), (230, 10), (0, 10), (10, 10)]),
            [0, 0, 0, 10, 0, 0]
        );
        assert_eq!(gaps(1024, &[(0, 10), (10, 10), (1044, 10), (2079, 10)]), [0, 0, 0, 1025]);
        assert_eq!(gaps(0, &[(0, 10), (10, 10), (i64::MAX, u64::MAX), (i64::MIN, 1)])[3], 0);
    }

    #[test]
    fn a_frame_of_flac_is_damaged_where_its_checksum_is_wrong() {
        let mut losses = Losses { kind: Kind::Flac, packets: 0, length: 0 };
        let mut crc = Crc16Ansi::new(0);
        crc.process_buf_bytes(b"frame");
        let mut frame = [&b"frame"[..], &crc.crc().to_be_bytes()].concat();
        assert!(!losses.look(&packet(0, 1, &frame), 0.0).is_damaged);
        frame[2] ^= 4;
        assert!(losses.look(&packet(0, 1, &frame), 0.0).is_damaged);
    }
}
