//! Finds the silence at both ends of a track.

use std::ops::Range;

/// At the ends of a track, frames of 1/50 s with an RMS below this (−60 dBFS) are silence.
const SILENT_RMS: f64 = 1e-3;
const FRAMES_PER_SECOND: u32 = 50;

/// Measures a track frame by frame.
pub(crate) struct SilenceTrimmer {
    /// Length of a frame (samples).
    frame: usize,
    /// Samples and sum of squares of the frame that is not full yet.
    pending: (usize, f64),
    /// Samples so far.
    pub length: u64,
    /// From the start of the first frame that is not silent to the end of the last one (samples).
    pub sound: Option<Range<u64>>,
}

impl SilenceTrimmer {
    /// For a stream of this sample rate (Hz).
    pub(crate) fn new(rate: u32) -> Self {
        Self { frame: (rate / FRAMES_PER_SECOND) as usize, pending: (0, 0.0), length: 0, sound: None }
    }

    pub(crate) fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let (head, rest) = samples.split_at(samples.len().min(self.frame - self.pending.0));
            self.pending.0 += head.len();
            self.pending.1 += head.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
            self.length += head.len() as u64;
            samples = rest;
            if self.pending.0 == self.frame {
                self.close();
            }
        }
    }

    /// Ends a frame; the last one may be short.
    pub(crate) fn close(&mut self) {
        let (length, energy) = std::mem::take(&mut self.pending);
        if energy >= SILENT_RMS * SILENT_RMS * length as f64 && length > 0 {
            let start = self.length - length as u64;
            self.sound = Some(self.sound.as_ref().map_or(start, |sound| sound.start)..self.length);
        }
    }
}
