//! A part of a recording, cut out of its samples.

use crate::track::Extent;

/// Packets that are decoded before a part so that its first sample is that of the whole: the bit reservoir of MPEG audio
/// reaches back 511 bytes (ISO/IEC 11172-3, 2.4.2.7), eleven of the smallest frames.
const WARM_UP: u64 = 16;

/// Drops the samples that are not of the part.
pub(super) struct Clip {
    extent: Extent,
    /// Hz.
    rate: u32,
    /// Samples from the start of the recording to the next block, and to the first block.
    at: u64,
    first: u64,
    /// Packets far before the part may be passed over.
    passes: bool,
}

impl Clip {
    /// For a recording of this rate whose first block begins at the sample `first`.
    pub(super) fn new(extent: Extent, rate: u32, first: u64) -> Self {
        Self { extent, rate, at: first, first, passes: false }
    }

    /// From now on, packets far before the part may be passed over, or may not.
    pub(super) fn pass(&mut self, may_pass: bool) {
        self.passes = may_pass;
    }

    /// Whether a packet of so many samples is so far before the part that it need not be decoded; it counts as if it were.
    pub(super) fn passes_over(&mut self, samples: u64) -> bool {
        let is_far = self.at + (1 + WARM_UP) * samples < sample(self.extent.start, self.rate);
        let passes = self.passes && is_far;
        self.at += if passes { samples } else { 0 };
        passes
    }

    /// Whether packets may fail to be decoded as what they refer to has been passed over.
    pub(super) fn is_warming_up(&self) -> bool {
        self.passes && self.at < sample(self.extent.start, self.rate)
    }

    /// Counts samples that are lost as if they had come; how many of them are of the part.
    pub(super) fn lose(&mut self, samples: u64) -> u64 {
        let end = self.extent.end.map_or(u64::MAX, |end| sample(end, self.rate));
        let before = self.at.max(sample(self.extent.start, self.rate));
        self.at = self.at.saturating_add(samples);
        self.at.min(end).saturating_sub(before)
    }

    /// Cuts the next block; whether the part ends in it.
    pub(super) fn apply(&mut self, samples: &mut Vec<f32>, rate: u32) -> bool {
        if rate != self.rate {
            let converted = |place: u64| place * u64::from(rate) / u64::from(self.rate);
            (self.at, self.first, self.rate) = (converted(self.at), converted(self.first), rate);
        }
        let inside = |place: u64| place.saturating_sub(self.at).min(samples.len() as u64) as usize;
        let end = self.extent.end.map(|end| sample(end, rate));
        let (from, to) = (inside(sample(self.extent.start, rate)), end.map_or(samples.len(), inside));
        self.at += samples.len() as u64;
        samples.truncate(to);
        samples.drain(..from.min(to));
        end.is_some_and(|end| self.at >= end)
    }

    /// Seconds that the blocks had, with what was dropped.
    pub(super) fn seconds(&self) -> f64 {
        (self.at - self.first) as f64 / f64::from(self.rate)
    }
}

/// The sample with which a frame of a compact disc begins.
pub(super) fn sample(frame: u32, rate: u32) -> u64 {
    u64::from(frame) * u64::from(rate) / u64::from(Extent::RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clipped(extent: Extent, rate: u32, first: u64, frames: u64, block: usize) -> (Vec<f32>, bool) {
        let mut clip = Clip::new(extent, rate, first);
        let samples: Vec<f32> = (first..frames).map(|i| i as f32).collect();
        let (mut all, mut has_ended) = (Vec::new(), false);
        for block in samples.chunks(block) {
            let mut block = block.to_owned();
            has_ended |= clip.apply(&mut block, rate);
            all.append(&mut block);
        }
        (all, has_ended)
    }

    #[test]
    fn a_part_is_cut_out_wherever_the_blocks_end() {
        let numbers = |range: std::ops::Range<u64>| range.map(|i| i as f32).collect::<Vec<_>>();
        let extent = |start, end| Extent { start, end };
        for block in [1, 7, 1000] {
            for first in [0, 150, 200] {
                assert_eq!(clipped(extent(2, Some(5)), 7500, first, 1000, block), (numbers(200..500), true));
            }
            assert_eq!(clipped(extent(2, None), 7500, 0, 1000, block), (numbers(200..1000), false));
            assert_eq!(clipped(extent(2, Some(20)), 7500, 0, 1000, block), (numbers(200..1000), false));
            assert_eq!(clipped(extent(20, None), 7500, 0, 1000, block), (vec![], false));
        }
    }

    #[test]
    fn what_is_lost_before_a_part_moves_it_and_is_none_of_its_own() {
        let mut clip = Clip::new(Extent { start: 75, end: Some(150) }, 1000, 0);
        assert_eq!([900, 200, 500].map(|samples| clip.lose(samples)), [0, 100, 500]);
        let mut block = vec![0.0; 1000];
        assert!(clip.apply(&mut block, 1000));
        assert_eq!((block.len(), clip.lose(1000)), (400, 0));
    }

    #[test]
    fn a_rate_that_changes_keeps_the_time() {
        let mut clip = Clip::new(Extent { start: 75, end: Some(150) }, 1000, 0);
        let mut block = vec![0.0; 500];
        assert!(!clip.apply(&mut block, 1000));
        assert_eq!(block.len(), 0);
        let mut block = vec![0.0; 3500];
        assert!(clip.apply(&mut block, 2000));
        assert_eq!((block.len(), clip.seconds()), (2000, 2.25));
    }
}
