//! Zero crossings of a signal, counted per frame.

use std::collections::VecDeque;

use super::spectrum::{FRAME, HOP};

/// Samples within this of 0 are 0 (librosa's threshold), and 0 counts as positive.
const ZERO: f32 = 1e-10;
const HOPS: usize = FRAME / HOP;

/// Counts by hops; a frame is four of them, but a frame's first sample has none before it to cross from.
pub(super) struct Crossings {
    /// Of the last hops, oldest first: crossings, and whether one lies on the first sample.
    hops: VecDeque<(u32, u32)>,
    last: Option<f32>,
}

impl Crossings {
    /// Before the first sample the signal is held, so nothing crosses.
    pub(super) fn new() -> Self {
        Self { hops: VecDeque::from([(0, 0); HOPS]), last: None }
    }

    /// The next hop: fewer than `HOP` samples where the track ends.
    pub(super) fn push(&mut self, hop: &[f32]) {
        let is_negative = |sample: f32| sample < -ZERO;
        let first = hop
            .first()
            .map_or(0, |&first| u32::from(is_negative(first) != is_negative(self.last.unwrap_or(first))));
        let mut within = 0;
        for i in 1..hop.len() {
            within += u32::from(is_negative(hop[i - 1]) != is_negative(hop[i]));
        }
        self.last = hop.last().copied().or(self.last);
        self.hops.pop_front();
        self.hops.push_back((first + within, first));
    }

    /// Crossings per sample of the frame of the last four hops.
    pub(super) fn rate(&self) -> f32 {
        let count: u32 = self.hops.iter().map(|(count, _)| count).sum();
        (count - self.hops[0].1) as f32 / FRAME as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_on_a_frames_first_sample_is_not_counted() {
        let mut crossings = Crossings::new();
        for sign in [1.0, -1.0, 0.0, -1e-11, -1.0] {
            crossings.push(&[sign; HOP]);
        }
        // The frame begins with the second hop: only up to 0 and down again remain.
        assert_eq!(crossings.rate(), 2.0 / FRAME as f32);
    }
}
