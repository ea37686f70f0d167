//! Picks the windows of a track while it streams past: trimmed, evenly spread, as loud as wanted, none of them silent.

pub(crate) mod spread;
pub(crate) mod trim;

use std::ops::Range;

use self::{spread::Cutter, trim::Edges};
use super::loudness::Loudness;
use crate::{
    audio::Finish,
    model::spec::{ModelSpec, Whole, Window},
    track::{Failure, FailureKind},
};

/// A window that never rises above this (−80 dBFS) is silent.
const FAINTEST: f32 = 1e-4;
/// Louder samples than this come from damaged files.
const LOUDEST: f32 = 16.0;
/// Seconds of a track that are kept until its end is known; longer ones are heard twice.
const KEPT: u32 = 360;

/// Samples that are looked at together.
const BLOCK: usize = 1 << 14;

/// Picks the windows of one track, which is pushed in blocks of any length.
pub struct Picker {
    rate: u32,
    window: u64,
    most: usize,
    shortest: u64,
    /// Sees the beginning of the track only, which needs no end.
    whole: bool,
    trim: bool,
    edges: Edges,
    loudness: Loudness,
    gain: f32,
    pass: Pass,
    silent: bool,
}

enum Pass {
    /// The track so far.
    Keep(Vec<f32>),
    /// It is too long: only its edges are looked for.
    Measure,
    /// Edges are known.
    Cut(Cutter),
}

impl Picker {
    pub fn new(spec: &ModelSpec) -> Self {
        Self {
            rate: spec.rate,
            window: spec.window_samples() as u64,
            most: spec.max_windows,
            shortest: spec.shortest as u64,
            whole: spec.window == Window::Named(Whole::Whole),
            trim: spec.trim,
            edges: Edges::new(spec.rate),
            loudness: Loudness::new(spec.loudness, spec.rate),
            gain: 1.0,
            pass: Pass::Keep(Vec::new()),
            silent: true,
        }
    }

    /// Takes the next samples of the track; windows that are complete go to `sink`.
    pub fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        // What is not a number fails the comparison.
        let clean = |&sample: &f32| if sample.abs() <= LOUDEST { sample } else { 0.0 };
        for samples in samples.chunks(BLOCK) {
            let samples: Vec<f32> = samples.iter().map(clean).collect();
            match &mut self.pass {
                Pass::Cut(cutter) => cutter.push(&samples, &mut audible(&mut self.silent, self.gain, sink)),
                Pass::Measure => {
                    self.edges.push(&samples);
                    self.loudness.push(&samples);
                }
                Pass::Keep(kept) => {
                    self.edges.push(&samples);
                    let room = if self.whole { self.window as usize - kept.len() } else { samples.len() };
                    let samples = &samples[..samples.len().min(room)];
                    self.loudness.push(samples);
                    kept.extend_from_slice(samples);
                    if !self.whole && kept.len() > (KEPT * self.rate) as usize {
                        self.pass = Pass::Measure;
                    }
                }
            }
        }
    }

    /// Ends the track, or its first hearing.
    ///
    /// # Errors
    /// The track is too short, or silent: a final state.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&[f32])) -> Result<Finish, Failure> {
        self.edges.close();
        let pass = std::mem::replace(&mut self.pass, Pass::Measure);
        let kept = match pass {
            // Windows that a second, shorter hearing left incomplete are not given.
            Pass::Cut(_) => return self.verdict(),
            Pass::Keep(kept) => Some(kept),
            Pass::Measure => None,
        };
        let sound = self.sound()?;
        self.gain = self.loudness.gain();
        let mut cutter = Cutter::new(&sound, self.window, self.most);
        match kept {
            Some(kept) => {
                let mut sink = audible(&mut self.silent, self.gain, sink);
                kept.chunks(BLOCK).for_each(|samples| cutter.push(samples, &mut sink));
                drop(sink);
                self.verdict()
            }
            None => {
                self.pass = Pass::Cut(cutter);
                Ok(Finish::Again)
            }
        }
    }

    /// The part of the track that counts.
    fn sound(&self) -> Result<Range<u64>, Failure> {
        let end = if self.whole { self.edges.heard.min(self.window) } else { self.edges.heard };
        let sound = if self.trim { self.edges.sound.clone() } else { Some(0..end) };
        let failure = |kind, reason| Err(Failure::of_content(kind, reason));
        match sound {
            _ if end == 0 => failure(FailureKind::NoSamples, "nothing to listen to".to_owned()),
            None => failure(FailureKind::Silence, "never above -60 dBFS".to_owned()),
            Some(sound) if sound.end - sound.start < self.shortest => {
                let seconds = |samples: u64| samples as f64 / f64::from(self.rate);
                let (length, least) = (seconds(sound.end - sound.start), seconds(self.shortest));
                failure(FailureKind::TooShort, format!("{length:.2} s of sound, under {least:.2} s"))
            }
            Some(sound) => Ok(sound),
        }
    }

    fn verdict(&self) -> Result<Finish, Failure> {
        if self.silent {
            let reason = "no window rises above -80 dBFS";
            return Err(Failure::of_content(FailureKind::Silence, reason));
        }
        Ok(Finish::Done)
    }
}

/// Lets through what can be heard, at its new loudness, and notes that something can.
fn audible<'a>(silent: &'a mut bool, gain: f32, sink: &'a mut dyn FnMut(&[f32])) -> impl FnMut(&[f32]) + 'a {
    move |window| {
        if window.iter().any(|sample| sample.abs() >= FAINTEST) {
            *silent = false;
            if gain == 1.0 {
                sink(window);
            } else {
                sink(&window.iter().map(|sample| sample * gain).collect::<Vec<_>>());
            }
        }
    }
}

#[cfg(test)]
mod tests;
