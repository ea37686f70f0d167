//! Picks the windows of a track from its stream of samples: trimmed, evenly spread, at the model's loudness, and none of
//! them silent.

pub(crate) mod spread;
pub(crate) mod trim;

use std::ops::Range;

use self::{spread::WindowCutter, trim::SilenceTrimmer};
use super::loudness::Loudness;
use crate::track::{Failure, FailureKind};
use crate::{audio::Finish, model::spec::ModelSpec, model::spec::Whole, model::spec::Window};

/// A window whose samples all stay below this (−80 dBFS) is silent.
const SILENT_PEAK: f32 = 1e-4;
/// Samples above this come from damaged files.
const LOUDEST: f32 = 16.0;
/// Seconds of a track that are kept in memory until its end is known; a longer track is decoded twice.
const MOST_KEPT_SECONDS: u32 = 360;
/// Samples that are processed together.
const BLOCK: usize = 1 << 14;

/// Picks the windows of one track, which is pushed in blocks of any length.
pub(crate) struct WindowPicker {
    pub spec: ModelSpec,
    /// Samples.
    window: u64,
    /// The only window is the beginning of the track, so that its end need not be known.
    whole: bool,
    trimmer: SilenceTrimmer,
    loudness: Loudness,
    gain: f32,
    state: PickerState,
    silent: bool,
}

enum PickerState {
    /// The track so far.
    Keep(Vec<f32>),
    /// The track is too long: only its silence and loudness are measured.
    Measure,
    /// They are known.
    Cut(WindowCutter),
}

impl WindowPicker {
    pub(crate) fn new(spec: &ModelSpec) -> Self {
        Self {
            spec: spec.clone(),
            window: spec.window_samples() as u64,
            whole: spec.window == Window::Named(Whole::Whole),
            trimmer: SilenceTrimmer::new(spec.rate),
            loudness: Loudness::new(spec.loudness, spec.rate),
            gain: 1.0,
            state: PickerState::Keep(Vec::new()),
            silent: true,
        }
    }

    /// Takes the next samples of the track; each window goes to `sink` when it is complete.
    pub(crate) fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        // NaN fails the comparison.
        let clean = |&sample: &f32| if sample.abs() <= LOUDEST { sample } else { 0.0 };
        for samples in samples.chunks(BLOCK) {
            let samples: Vec<f32> = samples.iter().map(clean).collect();
            match &mut self.state {
                PickerState::Cut(cutter) => {
                    cutter.push(&samples, &mut audible(&mut self.silent, self.gain, sink))
                }
                PickerState::Measure => {
                    self.trimmer.push(&samples);
                    self.loudness.push(&samples);
                }
                PickerState::Keep(kept) => {
                    self.trimmer.push(&samples);
                    let room = if self.whole { self.window as usize - kept.len() } else { samples.len() };
                    let samples = &samples[..samples.len().min(room)];
                    self.loudness.push(samples);
                    kept.extend_from_slice(samples);
                    if !self.whole && kept.len() > (MOST_KEPT_SECONDS * self.spec.rate) as usize {
                        self.state = PickerState::Measure;
                    }
                }
            }
        }
    }

    /// Ends the track, or its first pass; a track that is too short, or silent, has no windows.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(&[f32])) -> Result<Finish, Failure> {
        self.trimmer.close();
        let state = std::mem::replace(&mut self.state, PickerState::Measure);
        let kept = match state {
            // Windows that are incomplete because the second pass was shorter are dropped.
            PickerState::Cut(_) => return self.verdict(),
            PickerState::Keep(kept) => Some(kept),
            PickerState::Measure => None,
        };
        let sound = self.sound()?;
        self.gain = self.loudness.gain();
        let hop = self.spec.window_hop() as u64;
        let mut cutter = WindowCutter::new(&sound, self.window, hop, self.spec.max_windows);
        match kept {
            Some(kept) => {
                let mut sink = audible(&mut self.silent, self.gain, sink);
                kept.chunks(BLOCK).for_each(|samples| cutter.push(samples, &mut sink));
                drop(sink);
                self.verdict()
            }
            None => {
                self.state = PickerState::Cut(cutter);
                Ok(Finish::Again)
            }
        }
    }

    /// The parts of the track that count.
    #[expect(clippy::single_range_in_vec_init, reason = "the one part of a track that is not trimmed")]
    fn sound(&self) -> Result<Vec<Range<u64>>, Failure> {
        let end = if self.whole { self.trimmer.length.min(self.window) } else { self.trimmer.length };
        let sound = if self.spec.trim { self.trimmer.sound() } else { vec![0..end] };
        let length: u64 = sound.iter().map(|part| part.end - part.start).sum();
        let failure = |kind, reason| Err(Failure::of_content(kind, reason));
        match length {
            _ if end == 0 => failure(FailureKind::NoSamples, "nothing to listen to".to_owned()),
            0 => failure(FailureKind::Silence, "never above -80 dBFS".to_owned()),
            _ if length < self.spec.shortest as u64 => {
                let seconds = |samples: u64| samples as f64 / f64::from(self.spec.rate);
                let (length, least) = (seconds(length), seconds(self.spec.shortest as u64));
                let name = &self.spec.name;
                let remedy = match self.spec.pad_short {
                    None => format!("; `pad_short` in {name}.toml would fill it up"),
                    Some(_) => String::new(),
                };
                let reason = format!("{length:.2} s of sound, under the {least:.2} s of {name}{remedy}");
                failure(FailureKind::TooShort, reason)
            }
            _ => Ok(sound),
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

/// Passes on windows that are not silent, at their new loudness, and notes that there was one.
fn audible<'a>(silent: &'a mut bool, gain: f32, sink: &'a mut dyn FnMut(&[f32])) -> impl FnMut(&[f32]) + 'a {
    move |window| {
        if window.iter().any(|sample| sample.abs() >= SILENT_PEAK) {
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
