//! Cuts decoded frames to the recording: without the encoder's delay, and without its padding.

use super::{coded::Coded, gapless::Span};

/// Frames that a decoder of MPEG audio may give beyond delay and padding: one packet.
const MPEG_PACKET: u64 = 1152;

/// The recording within the frames of one stream, as they come.
pub(super) struct Trim {
    /// Frames still to drop at the start.
    delay: u64,
    /// Frames still to hand out.
    remaining: u64,
    /// What came behind the end, until that is no padding any more.
    held: Vec<f32>,
    /// More frames than this behind the end are another recording: files that were joined, whose first header tells only
    /// of the first. `None`: the end is where the container says.
    most_padding: Option<u64>,
}

impl Trim {
    pub(super) fn new(track: &Coded) -> Self {
        let Span { start, length } = track.span;
        let most_padding = track.is_mpeg.then(|| u64::from(track.padding) + MPEG_PACKET);
        Self { delay: start, remaining: length.unwrap_or(u64::MAX), held: Vec::new(), most_padding }
    }

    /// Goes on behind so many samples of the recording.
    pub(super) fn skip(&mut self, samples: u64) {
        if samples > 0 && self.remaining < u64::MAX {
            self.remaining = self.remaining.saturating_sub(samples);
        }
    }

    /// Drops the samples outside of the recording.
    pub(super) fn apply(&mut self, samples: &mut Vec<f32>) {
        let dropped = self.delay.min(samples.len() as u64);
        self.delay -= dropped;
        samples.drain(..dropped as usize);
        let end = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(samples.len());
        if let Some(most) = self.most_padding {
            self.held.extend_from_slice(&samples[end..]);
            if self.held.len() as u64 > most {
                samples.truncate(end);
                samples.append(&mut self.held);
                (self.remaining, self.most_padding) = (u64::MAX, None);
                return;
            }
        }
        samples.truncate(end);
        self.remaining -= end as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(mut trim: Trim, frames: usize, block: usize) -> Vec<f32> {
        let samples: Vec<f32> = (0..frames).map(|i| i as f32).collect();
        samples.chunks(block).fold(Vec::new(), |mut all, block| {
            let mut block = block.to_owned();
            trim.apply(&mut block);
            all.append(&mut block);
            all
        })
    }

    fn trim(delay: u64, length: u64, most_padding: Option<u64>) -> Trim {
        Trim { delay, remaining: length, held: Vec::new(), most_padding }
    }

    #[test]
    fn delay_and_padding_go_and_what_was_joined_stays() {
        let numbers = |range: std::ops::Range<usize>| range.map(|i| i as f32).collect::<Vec<_>>();
        for block in [1, 7, 1000] {
            assert_eq!(trimmed(trim(5, 20, None), 100, block), numbers(5..25));
            assert_eq!(
                trimmed(trim(5, 20, Some(75)), 100, block),
                numbers(5..25),
                "as much padding as may be"
            );
            assert_eq!(trimmed(trim(5, 20, Some(74)), 100, block), numbers(5..100), "more than padding");
            assert_eq!(trimmed(trim(0, u64::MAX, Some(1)), 100, block), numbers(0..100), "no known end");
        }
    }
}
