//! Spreads windows over a track and cuts them out of it.

use std::{collections::VecDeque, ops::Range};

/// The starts of windows of `window` samples in a track of `length` samples: each `hop` after the one before, with the
/// last one aligned to the end, or, if there would be more than `most` (0: no limit), `most` evenly spread ones. A track
/// that is no longer than a window has one, of its own length.
pub(crate) fn starts(length: u64, window: u64, hop: u64, most: usize) -> Vec<u64> {
    let room = length.saturating_sub(window);
    let count = room.div_ceil(hop.max(1)) + 1;
    match most as u64 {
        most if most == 0 || count <= most => (0..count).map(|i| (i * hop).min(room)).collect(),
        1 => vec![room / 2],
        // In 128 bits: a length of years times a window does not fit into 64.
        most => (0..most).map(|i| (u128::from(room) * u128::from(i) / u128::from(most - 1)) as u64).collect(),
    }
}

/// Cuts windows out of a stream. Few of them overlap, so little is kept in memory.
pub(crate) struct WindowCutter {
    /// The range of each window that is not complete, in order, and its samples so far.
    windows: VecDeque<(Range<u64>, Vec<f32>)>,
    /// The parts of the stream that are still to come (samples of the stream).
    sound: VecDeque<Range<u64>>,
    /// Samples of the stream so far, and those of them that are sound.
    position: u64,
    length: u64,
}

impl WindowCutter {
    /// Of the parts `sound` of the stream (samples), joined, as [`starts`] places them.
    pub(crate) fn new(sound: &[Range<u64>], window: u64, hop: u64, most: usize) -> Self {
        let length = sound.iter().map(|part| part.end - part.start).sum();
        let place = |start: u64| start..(start + window).min(length);
        let windows = starts(length, window, hop, most).into_iter().map(|start| (place(start), Vec::new()));
        Self { windows: windows.collect(), sound: sound.iter().cloned().collect(), position: 0, length: 0 }
    }

    pub(crate) fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        let block = self.position..self.position + samples.len() as u64;
        self.position = block.end;
        while let Some(part) = self.sound.front().filter(|part| part.start < block.end).cloned() {
            let inside = |at: u64| (at.clamp(block.start, block.end) - block.start) as usize;
            self.take(&samples[inside(part.start)..inside(part.end)], sink);
            if part.end > block.end {
                break;
            }
            self.sound.pop_front();
        }
    }

    /// Takes samples of the joined parts.
    fn take(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        let block = self.length..self.length + samples.len() as u64;
        self.length = block.end;
        for (place, window) in self.windows.iter_mut().take_while(|(place, _)| place.start < block.end) {
            let part = |at: u64| (at.clamp(block.start, block.end) - block.start) as usize;
            window.extend_from_slice(&samples[part(place.start)..part(place.end)]);
        }
        while self.windows.front().is_some_and(|(place, _)| place.end <= block.end) {
            self.windows.pop_front().iter().for_each(|(_, window)| sink(window));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_lie_side_by_side_and_the_last_ends_with_the_track() {
        assert_eq!(starts(35, 10, 10, 0), [0, 10, 20, 25]);
        assert_eq!(starts(40, 10, 10, 0), [0, 10, 20, 30]);
        assert_eq!(starts(35, 10, 10, 4), [0, 10, 20, 25]);
        assert_eq!(starts(10, 10, 10, 8), [0]);
        assert_eq!(starts(11, 10, 10, 8), [0, 1]);
        assert_eq!(starts(9, 10, 10, 8), [0]);
    }

    #[test]
    fn windows_that_overlap_start_a_hop_after_each_other() {
        assert_eq!(starts(35, 10, 5, 0), [0, 5, 10, 15, 20, 25]);
        assert_eq!(starts(33, 10, 5, 0), [0, 5, 10, 15, 20, 23]);
        assert_eq!(starts(9, 10, 5, 0), [0]);
        assert_eq!(starts(35, 10, 5, 3), [0, 12, 25]);
    }

    #[test]
    fn more_windows_than_wanted_are_evenly_spread_from_start_to_end() {
        assert_eq!(starts(240, 10, 10, 8), [0, 32, 65, 98, 131, 164, 197, 230]);
        assert_eq!(starts(100, 10, 10, 2), [0, 90]);
        assert_eq!(starts(100, 10, 10, 1), [45]);
        assert_eq!(starts(u64::MAX, 1 << 40, 1 << 40, 8)[7], u64::MAX - (1 << 40));
    }
}
