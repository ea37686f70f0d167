//! The built-in vector: 67 numbers of timbre, contrast, shape and rhythm, each as librosa 0.11 defines it.
//!
//! Everything comes of one pass over frames of 2048 samples, 512 apart, of mono sound at 22 050 Hz. Only `top_db` looks at
//! the whole track: levels 80 dB below the track's highest are cut. So the levels of the frames are kept until the
//! end; of a long track only the maximum is learnt, and it is pushed a second time. Both ways give the same bits, however
//! the samples are cut into blocks.

use super::contrast::Contrast;
use super::crossings::Crossings;
use super::levels::{Ceilings, Levels, Statistics};
use super::mel::{BANDS, MelBank};
use super::moments::Moments;
use super::spectrum::{FRAME, HOP, RATE, Spectrum};
use super::{Extractor, Outcome, decibel, shape, tempo};
use crate::track::{Failure, FailureKind};

/// Names of the values, in order.
pub const COLUMNS: [&str; 67] = [
    "mfcc_mean_0",
    "mfcc_mean_1",
    "mfcc_mean_2",
    "mfcc_mean_3",
    "mfcc_mean_4",
    "mfcc_mean_5",
    "mfcc_mean_6",
    "mfcc_mean_7",
    "mfcc_mean_8",
    "mfcc_mean_9",
    "mfcc_mean_10",
    "mfcc_mean_11",
    "mfcc_mean_12",
    "mfcc_std_0",
    "mfcc_std_1",
    "mfcc_std_2",
    "mfcc_std_3",
    "mfcc_std_4",
    "mfcc_std_5",
    "mfcc_std_6",
    "mfcc_std_7",
    "mfcc_std_8",
    "mfcc_std_9",
    "mfcc_std_10",
    "mfcc_std_11",
    "mfcc_std_12",
    "delta_std_0",
    "delta_std_1",
    "delta_std_2",
    "delta_std_3",
    "delta_std_4",
    "delta_std_5",
    "delta_std_6",
    "delta_std_7",
    "delta_std_8",
    "delta_std_9",
    "delta_std_10",
    "delta_std_11",
    "delta_std_12",
    "contrast_mean_0",
    "contrast_mean_1",
    "contrast_mean_2",
    "contrast_mean_3",
    "contrast_mean_4",
    "contrast_mean_5",
    "contrast_mean_6",
    "contrast_std_0",
    "contrast_std_1",
    "contrast_std_2",
    "contrast_std_3",
    "contrast_std_4",
    "contrast_std_5",
    "contrast_std_6",
    "centroid_mean",
    "bandwidth_mean",
    "flatness_mean",
    "rolloff_mean",
    "zcr_mean",
    "centroid_std",
    "bandwidth_std",
    "flatness_std",
    "rolloff_std",
    "zcr_std",
    "onset_mean",
    "onset_std",
    "beats_per_second",
    "tempo",
];

/// Frames whose levels are kept: 12 minutes, 17 MB.
const MOST_KEPT: usize = 12 * 60 * RATE as usize / HOP;
/// Kept levels are allocated this many frames at a time, so that growing copies nothing.
const CHUNK: usize = 512;
/// Shorter tracks (samples) have no vector: 1 s.
const SHORTEST: u64 = RATE as u64;
/// The least peak of a track that is not silence: −80 dBFS.
const FAINTEST: f32 = 1e-4;
/// Samples beyond this are damage, as NaN is; their squares' sums still are finite.
const LOUDEST: f32 = 1e12;
/// Half a frame of zeros stands before the first sample and after the last.
const PADDING: usize = FRAME / 2;

/// The extractor of the built-in vector.
pub struct Mfcc {
    most_kept: usize,
    spectrum: Spectrum,
    bank: MelBank,
    octaves: Contrast,
    /// Samples that frames still to come stand on, with the padding at either end.
    buffer: Vec<f32>,
    samples: u64,
    peak: f32,
    frames: usize,
    crossings: Crossings,
    /// Centroid, bandwidth, flatness, rolloff, zero crossings.
    shape: [Moments; 5],
    pass: Pass,
}

/// What becomes of a frame's levels.
enum Pass {
    /// They are kept until the ceilings are known.
    Keep(Ceilings, Vec<Vec<Levels>>),
    /// There are too many: only the ceilings are learnt.
    Learn(Ceilings),
    /// The second time they are counted at once.
    Count(Box<Statistics>),
}

impl Mfcc {
    pub fn new() -> Self {
        Self::keeping(MOST_KEPT)
    }

    fn keeping(most_kept: usize) -> Self {
        Self {
            most_kept,
            spectrum: Spectrum::new(),
            bank: MelBank::new(),
            octaves: Contrast::new(),
            buffer: vec![0.0; PADDING],
            samples: 0,
            peak: 0.0,
            frames: 0,
            crossings: Crossings::new(),
            shape: Default::default(),
            pass: Pass::Keep(Ceilings::NONE, Vec::new()),
        }
    }

    /// Stands ready for a track, or for the same once more.
    fn restart(&mut self, pass: Pass) {
        self.buffer.clear();
        self.buffer.resize(PADDING, 0.0);
        (self.samples, self.peak, self.frames) = (0, 0.0, 0);
        (self.crossings, self.shape, self.pass) = (Crossings::new(), Default::default(), pass);
    }

    /// Works off the whole frames in the buffer, of which the last `padding` are no samples.
    fn advance(&mut self, padding: usize) {
        let (mut at, end) = (0, self.buffer.len() - padding);
        while at + FRAME <= self.buffer.len() {
            // The first frame brings two hops of samples, each further one brings one.
            let new = if self.frames == 0 { at + PADDING } else { at + FRAME - HOP };
            for hop in (new..at + FRAME).step_by(HOP) {
                self.crossings.push(&self.buffer[hop.min(end)..(hop + HOP).min(end)]);
            }
            self.frame(at);
            at += HOP;
        }
        self.buffer.drain(..at);
    }

    fn frame(&mut self, at: usize) {
        self.spectrum.analyse(&self.buffer[at..at + FRAME]);
        let Spectrum { power, magnitude, .. } = &self.spectrum;
        let (peaks, valleys) = self.octaves.extremes(magnitude);
        let mut levels = Levels { mel: [0.0; BANDS], peaks, valleys };
        self.bank.apply(power, &mut levels.mel);
        decibel::from_power(&mut levels.mel);
        decibel::from_power(&mut levels.peaks);
        decibel::from_power(&mut levels.valleys);
        self.frames += 1;
        match &mut self.pass {
            Pass::Learn(ceilings) => return ceilings.raise(&levels),
            Pass::Count(statistics) => statistics.push(&levels),
            Pass::Keep(ceilings, kept) => {
                ceilings.raise(&levels);
                if self.frames > self.most_kept {
                    self.pass = Pass::Learn(*ceilings);
                    return;
                }
                if kept.last().is_none_or(|chunk| chunk.len() == CHUNK) {
                    kept.push(Vec::with_capacity(CHUNK));
                }
                kept.last_mut().expect("one was just pushed").push(levels);
            }
        }
        let [centroid, bandwidth, flatness, rolloff] = shape::describe(power, magnitude);
        let values = [centroid, bandwidth, flatness, rolloff, self.crossings.rate()];
        self.shape.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }

    fn vector(&self, statistics: Statistics) -> Vec<f32> {
        let mut vector = Vec::with_capacity(COLUMNS.len());
        let (onset, envelope) = statistics.finish(&mut vector);
        vector.extend(self.shape.iter().map(Moments::mean));
        vector.extend(self.shape.iter().map(Moments::deviation));
        let (bpm, beats) = tempo::beat_track(&envelope);
        let seconds = self.samples as f64 / f64::from(RATE);
        vector.extend(onset);
        vector.extend([(beats as f64 / seconds) as f32, bpm]);
        vector
    }

    fn refuse(&self) -> Option<Failure> {
        let seconds = self.samples as f64 / f64::from(RATE);
        let (kind, reason) = match () {
            () if self.samples == 0 => (FailureKind::NoSamples, "nothing to listen to".into()),
            () if self.samples < SHORTEST => (FailureKind::TooShort, format!("{seconds:.2} s, under 1 s")),
            () if self.peak < FAINTEST => (FailureKind::Silence, "never above -80 dBFS".into()),
            () => return None,
        };
        Some(Failure::of_content(kind, reason))
    }
}

impl Default for Mfcc {
    fn default() -> Self {
        Self::new()
    }
}

impl Extractor for Mfcc {
    fn rate(&self) -> u32 {
        RATE
    }

    fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        for samples in samples.chunks(2 * FRAME) {
            let start = self.buffer.len();
            // What is not a number fails the comparison.
            let sound = |&sample: &f32| if sample.abs() <= LOUDEST { sample } else { 0.0 };
            self.buffer.extend(samples.iter().map(sound));
            self.peak = self.buffer[start..].iter().fold(self.peak, |peak, sample| peak.max(sample.abs()));
            self.advance(0);
        }
    }

    fn finish(&mut self) -> Result<Outcome, Failure> {
        let start_over = Pass::Keep(Ceilings::NONE, Vec::new());
        if let Some(failure) = self.refuse() {
            self.restart(start_over);
            return Err(failure);
        }
        self.buffer.resize(self.buffer.len() + PADDING, 0.0);
        self.advance(PADDING);
        let statistics = match std::mem::replace(&mut self.pass, start_over) {
            Pass::Learn(ceilings) => {
                self.restart(Pass::Count(Box::new(Statistics::below(ceilings))));
                return Ok(Outcome::Again);
            }
            Pass::Count(statistics) => *statistics,
            Pass::Keep(ceilings, kept) => {
                let mut statistics = Statistics::below(ceilings);
                kept.into_iter().for_each(|chunk| chunk.iter().for_each(|levels| statistics.push(levels)));
                statistics
            }
        };
        let vector = self.vector(statistics);
        self.restart(Pass::Keep(Ceilings::NONE, Vec::new()));
        Ok(Outcome::Vector(vector))
    }
}
