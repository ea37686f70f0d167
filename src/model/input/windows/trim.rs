//! Finds the silence of a track: at both ends, and inside it.

use std::ops::Range;

/// A frame of 1/50 s is silent if its RMS is so far (dB) below that of the loudest one, as in the statistics of `mfcc`,
const GATE: f64 = 50.0;
/// or below this (−80 dBFS).
const SILENT_RMS: f64 = 1e-4;
const FRAMES_PER_SECOND: u32 = 50;
/// Silence of so many frames inside a track (2.5 s) is a pause of the music, longer one is none of it.
const LONGEST_PAUSE: usize = 125;

/// Measures a track frame by frame.
pub(crate) struct SilenceTrimmer {
    /// Length of a frame (samples).
    frame: usize,
    /// Samples and sum of squares of the frame that is not full yet.
    pending: (usize, f64),
    /// Samples so far.
    pub length: u64,
    /// The mean square of each frame: 720 kB an hour.
    squares: Vec<f32>,
}

impl SilenceTrimmer {
    /// For a stream of this sample rate (Hz).
    pub(crate) fn new(rate: u32) -> Self {
        Self { frame: (rate / FRAMES_PER_SECOND) as usize, pending: (0, 0.0), length: 0, squares: Vec::new() }
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
        if length > 0 {
            self.squares.push((energy / length as f64) as f32);
        }
    }

    /// Where the track is not silent (samples), in order; pauses of the music count to it.
    pub(crate) fn sound(&self) -> Vec<Range<u64>> {
        let loudest = self.squares.iter().copied().fold(0.0, f32::max);
        let gate = (f64::from(loudest) * 10.0_f64.powf(-GATE / 10.0)).max(SILENT_RMS * SILENT_RMS);
        let mut sound: Vec<Range<usize>> = Vec::new();
        for (frame, _) in self.squares.iter().enumerate().filter(|(_, square)| f64::from(**square) >= gate) {
            match sound.last_mut().filter(|last| frame - last.end <= LONGEST_PAUSE) {
                Some(last) => last.end = frame + 1,
                None => sound.push(frame..frame + 1),
            }
        }
        let samples = |frames: usize| (frames as u64 * self.frame as u64).min(self.length);
        sound.into_iter().map(|frames| samples(frames.start)..samples(frames.end)).collect()
    }
}
