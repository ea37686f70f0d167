//! Where the sound of a track begins and ends.

use std::ops::Range;

/// Frames of one 50th of a second below this RMS (−60 dBFS) at a track's ends are no part of it.
const QUIET: f64 = 1e-3;
const FRAMES_PER_SECOND: u32 = 50;

/// Finds them frame by frame.
pub struct Edges {
    frame: usize,
    /// Samples and sum of squares of the frame that is not full yet.
    pending: (usize, f64),
    /// Samples so far.
    pub heard: u64,
    /// From the first frame that can be heard to the last.
    pub sound: Option<Range<u64>>,
}

impl Edges {
    /// For a stream of so many samples per second.
    pub fn new(rate: u32) -> Self {
        Self { frame: (rate / FRAMES_PER_SECOND) as usize, pending: (0, 0.0), heard: 0, sound: None }
    }

    pub fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let (some, rest) = samples.split_at(samples.len().min(self.frame - self.pending.0));
            self.pending.0 += some.len();
            self.pending.1 += some.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
            self.heard += some.len() as u64;
            samples = rest;
            if self.pending.0 == self.frame {
                self.close();
            }
        }
    }

    /// Ends a frame; the last one may be short.
    pub fn close(&mut self) {
        let (length, energy) = std::mem::take(&mut self.pending);
        if energy >= QUIET * QUIET * length as f64 && length > 0 {
            let start = self.heard - length as u64;
            self.sound = Some(self.sound.as_ref().map_or(start, |sound| sound.start)..self.heard);
        }
    }
}
