//! The pass over a track that makes the `mfcc` vector.
//!
//! Everything comes from one pass over frames of 2048 samples, 512 apart, of mono sound at 22 050 Hz. Only `top_db` and the
//! gate depend on the whole track: levels 80 dB below the track's highest are cut. So the levels of the
//! frames are kept until the end; of a long track only the maximum is found, and it is pushed a second time.
//! Both ways give the same bits, however the samples are cut into blocks.

use super::frame::{Analyser, Measured};
use super::levels::{Ceilings, Levels};
use super::spectrum::{FRAME, HOP, RATE};
use super::statistics::{GATE, Statistics, Totals};
use super::{columns, crossings::Crossings, moments::Moments, tempo, timbre};
use crate::audio::{Finish, Produced, SampleConsumer};
use crate::track::{Failure, FailureKind};

/// Values of a vector: librosa's, then the timbre's.
pub(crate) const WIDTH: usize = columns::WIDTH + timbre::WIDTH;

/// The most frames whose levels are kept: 12 minutes, 17 MB.
const MOST_KEPT: usize = 12 * 60 * RATE as usize / HOP;
/// Levels are allocated for this many frames at a time, so that nothing is copied when they grow.
const CHUNK: usize = 512;
/// Shorter tracks (samples) have no vector: 1 s.
const SHORTEST: u64 = RATE as u64;
/// A track whose peak is lower is silence: −80 dBFS.
const LEAST_PEAK: f32 = 1e-4;
/// Samples beyond this are damage, as NaN is. The sums of the squares of those below it are finite.
const LARGEST_SAMPLE: f32 = 1e12;
/// Half a frame of zeros stands before the first sample and after the last.
const PADDING: usize = FRAME / 2;

/// The extractor of the built-in vector.
pub(crate) struct Mfcc {
    most_kept: usize,
    /// How far below the loudest frame the others count for the timbre (dB).
    gate: f32,
    analyser: Analyser,
    /// The samples that frames still to come need, with the padding at either end.
    buffer: Vec<f32>,
    samples: u64,
    peak: f32,
    frames: usize,
    crossings: Crossings,
    /// Centroid, bandwidth, flatness, rolloff, zero crossings.
    shape: [Moments; 5],
    pass: Pass,
}

/// What is done with a frame's levels.
enum Pass {
    /// They are kept until the ceilings are known.
    Keep(Ceilings, Vec<Vec<Levels>>),
    /// There are too many frames: only the ceilings are found.
    FindCeilings(Ceilings),
    /// The second time they are counted at once, as the ceilings are known.
    Count(Box<Statistics>),
}

impl Mfcc {
    pub(crate) fn new() -> Self {
        Self::keeping(MOST_KEPT)
    }

    /// All frames count, as in the reference of the timbre.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn without_gate() -> Self {
        Self { gate: f32::INFINITY, ..Self::new() }
    }

    fn keeping(most_kept: usize) -> Self {
        Self {
            most_kept,
            gate: GATE,
            analyser: Analyser::new(),
            buffer: vec![0.0; PADDING],
            samples: 0,
            peak: 0.0,
            frames: 0,
            crossings: Crossings::new(),
            shape: Default::default(),
            pass: Pass::Keep(Ceilings::NONE, Vec::new()),
        }
    }

    /// Makes ready for another track, or for the same one again.
    fn restart(&mut self, pass: Pass) {
        self.buffer.clear();
        self.buffer.resize(PADDING, 0.0);
        (self.samples, self.peak, self.frames) = (0, 0.0, 0);
        (self.crossings, self.shape, self.pass) = (Crossings::new(), Default::default(), pass);
    }

    /// Measures the whole frames in the buffer, whose last `padding` values are no samples.
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
        let Measured { levels, shape } = self.analyser.measure(&self.buffer[at..at + FRAME]);
        self.frames += 1;
        match &mut self.pass {
            Pass::FindCeilings(ceilings) => return ceilings.raise(&levels),
            Pass::Count(statistics) => statistics.push(&levels),
            Pass::Keep(ceilings, kept) => {
                ceilings.raise(&levels);
                if self.frames > self.most_kept {
                    self.pass = Pass::FindCeilings(*ceilings);
                    return;
                }
                if kept.last().is_none_or(|chunk| chunk.len() == CHUNK) {
                    kept.push(Vec::with_capacity(CHUNK));
                }
                kept.last_mut().expect("one was just pushed").push(levels);
            }
        }
        for (k, value) in shape.into_iter().enumerate() {
            self.shape[k].push(value);
        }
        self.shape[shape.len()].push(self.crossings.rate());
    }

    fn vector(&self, statistics: Statistics) -> Vec<f32> {
        let mut vector = Vec::with_capacity(WIDTH);
        let Totals { onset, envelope, timbre } = statistics.finish(&mut vector);
        vector.extend(self.shape.iter().map(Moments::mean));
        vector.extend(self.shape.iter().map(Moments::deviation));
        let (bpm, beats) = tempo::beat_track(&envelope);
        let seconds = self.samples as f64 / f64::from(RATE);
        vector.extend(onset);
        vector.extend([(beats as f64 / seconds) as f32, bpm]);
        timbre.finish(&mut vector);
        vector
    }

    fn refuse(&self) -> Option<Failure> {
        let seconds = self.samples as f64 / f64::from(RATE);
        let (kind, reason) = match () {
            () if self.samples == 0 => (FailureKind::NoSamples, "nothing to listen to".into()),
            () if self.samples < SHORTEST => (FailureKind::TooShort, format!("{seconds:.2} s, under 1 s")),
            () if self.peak < LEAST_PEAK => (FailureKind::Silence, "never above -80 dBFS".into()),
            () => return None,
        };
        Some(Failure::of_content(kind, reason))
    }
}

impl SampleConsumer for Mfcc {
    fn rate(&self) -> u32 {
        RATE
    }

    fn push(&mut self, samples: &[f32], _: &mut dyn FnMut(Produced)) {
        self.samples += samples.len() as u64;
        for samples in samples.chunks(8 * FRAME) {
            let start = self.buffer.len();
            self.buffer.extend_from_slice(samples);
            for sample in &mut self.buffer[start..] {
                // NaN fails the comparison.
                *sample = if sample.abs() <= LARGEST_SAMPLE { *sample } else { 0.0 };
            }
            self.peak = peak(self.peak, &self.buffer[start..]);
            self.advance(0);
        }
    }

    fn finish(&mut self, emit: &mut dyn FnMut(Produced)) -> Result<Finish, Failure> {
        let start_over = Pass::Keep(Ceilings::NONE, Vec::new());
        if let Some(failure) = self.refuse() {
            self.restart(start_over);
            return Err(failure);
        }
        self.buffer.resize(self.buffer.len() + PADDING, 0.0);
        self.advance(PADDING);
        let statistics = match std::mem::replace(&mut self.pass, start_over) {
            Pass::FindCeilings(ceilings) => {
                self.restart(Pass::Count(Box::new(Statistics::below(ceilings, self.gate))));
                return Ok(Finish::Again);
            }
            Pass::Count(statistics) => *statistics,
            Pass::Keep(ceilings, kept) => {
                let mut statistics = Statistics::below(ceilings, self.gate);
                kept.into_iter().for_each(|chunk| chunk.iter().for_each(|levels| statistics.push(levels)));
                statistics
            }
        };
        let vector = self.vector(statistics);
        self.restart(Pass::Keep(Ceilings::NONE, Vec::new()));
        emit(Produced::Vector(vector));
        Ok(Finish::Done)
    }
}

/// The greatest of `peak` and the magnitudes of samples, none of which is NaN.
fn peak(mut peak: f32, samples: &[f32]) -> f32 {
    for sample in samples {
        peak = if sample.abs() > peak { sample.abs() } else { peak };
    }
    peak
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise that grows, so that the highest level comes last.
    fn growing(length: usize) -> Vec<f32> {
        let mut state = 7_u32;
        let mut next = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32 * (i as f32 / length as f32).powi(8)
        };
        (0..length).map(&mut next).collect()
    }

    /// Feeds a track in blocks: its vector, or none where it must be fed once more.
    fn feed(mfcc: &mut Mfcc, samples: &[f32], block: usize) -> Result<Option<Vec<f32>>, Failure> {
        let mut vector = None;
        let mut emit = |produced| match produced {
            Produced::Vector(values) => vector = Some(values),
            Produced::Window(_) => panic!("a vector is no window"),
        };
        samples.chunks(block).for_each(|block| mfcc.push(block, &mut emit));
        let finish = mfcc.finish(&mut emit)?;
        assert_eq!(finish == Finish::Done, vector.is_some());
        Ok(vector)
    }

    fn kind(samples: &[f32]) -> FailureKind {
        feed(&mut Mfcc::new(), samples, usize::MAX).expect_err("a failure").kind
    }

    #[test]
    fn a_long_track_is_pushed_twice_and_gives_the_same_bits() {
        let samples = growing(5 * RATE as usize + 77);
        let once = feed(&mut Mfcc::new(), &samples, usize::MAX);
        assert!(matches!(&once, Ok(Some(vector)) if vector.len() == WIDTH));

        let mut long = Mfcc::keeping(100);
        assert_eq!(feed(&mut long, &samples, usize::MAX), Ok(None));
        assert_eq!(feed(&mut long, &samples, 1000), once);
        // And it is ready for another track.
        assert!(matches!(feed(&mut long, &samples[4 * RATE as usize..], usize::MAX), Ok(Some(_))));
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let mut samples = growing(2 * RATE as usize);
        let mut zeros = samples.clone();
        for (i, damage) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30].into_iter().enumerate() {
            (samples[9000 + 500 * i], zeros[9000 + 500 * i]) = (damage, 0.0);
        }
        let vector = |samples: &[f32]| feed(&mut Mfcc::new(), samples, usize::MAX);
        assert_eq!(vector(&samples), vector(&zeros));
        let loud: Vec<f32> = zeros.iter().map(|sample| sample * 1e12).collect();
        assert!(matches!(vector(&loud), Ok(Some(vector)) if vector.iter().all(|value| value.is_finite())));
    }

    #[test]
    fn tracks_without_anything_to_hear_are_refused() {
        assert_eq!(kind(&[]), FailureKind::NoSamples);
        assert_eq!(kind(&[0.5; RATE as usize - 1]), FailureKind::TooShort);
        assert_eq!(kind(&[0.99e-4; 2 * RATE as usize]), FailureKind::Silence);
        assert_eq!(kind(&[f32::NAN; 2 * RATE as usize]), FailureKind::Silence);
    }
}
