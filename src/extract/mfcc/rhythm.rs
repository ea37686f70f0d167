//! Rhythm as the autocorrelation of onsets: how strongly a track repeats itself after a fraction of a second to two and a
//! half, and the tempo of its beat.

use realfft::{RealFftPlanner, num_complex::Complex64};

use super::mel_bands::BANDS;
use super::spectrum::{HOP, RATE};

/// Lags (frames) from an eighth of a second to two and a half, in steps of about a seventh.
const LAGS: [usize; WIDTH] =
    [5, 6, 7, 8, 10, 11, 13, 14, 16, 19, 22, 25, 28, 32, 37, 42, 48, 55, 63, 72, 82, 94, 107];
/// Values of a track.
pub(super) const WIDTH: usize = 23;

/// Frames of one autocorrelation for the tempo, and from one to the next: 9 s and 2 s.
const WINDOW: usize = 384;
const STEP: usize = 96;
/// No lag wraps around.
const TRANSFORM: usize = 2 * WINDOW;
/// Energies below are rounding.
const LEAST_ENERGY: f64 = 1e-9;

/// Tempi that are tried (beats per minute): from the slowest on, each 0.5 % faster, up to the fastest.
const SLOWEST: f64 = 50.0;
const FASTEST: f64 = 210.0;
const FASTER: f64 = 1.005;
/// Beats over which a tempo must repeat: teeth of the comb.
const TEETH: usize = 8;
/// The prior: log-normal around this tempo, as wide as this (octaves).
const USUAL: f64 = 120.0;
const SPREAD: f64 = 1.2;

/// The longest pause (frames, 2.5 s) that belongs to the rhythm: there are no longer lags. Silence that lasts longer is cut.
const LONGEST_PAUSE: usize = LAGS[WIDTH - 1] + 1;

/// Onset strengths of a track: how much its mel bands rise from frame to frame, in the mean.
#[derive(Default)]
pub(super) struct Onsets {
    last: Option<[f32; BANDS]>,
    strengths: Vec<f32>,
    pause: Pause,
}

/// Frames since the last loud one.
#[derive(Default)]
struct Pause {
    /// The loud frame.
    before: Option<[f32; BANDS]>,
    /// At most `LONGEST_PAUSE` and one more.
    strengths: Vec<f32>,
}

impl Onsets {
    /// The next frame's mel spectrum in decibels, and whether it is above the gate. What is below it keeps the time between
    /// two beats, and is nothing at either end of the track.
    pub(super) fn push(&mut self, mel: &[f32; BANDS], is_loud: bool) {
        let Some(last) = self.last.replace(*mel).filter(|_| !self.strengths.is_empty()) else {
            if is_loud {
                self.strengths.push(0.0);
            }
            return;
        };
        let pause = &mut self.pause;
        if !is_loud {
            pause.before.get_or_insert(last);
            if pause.strengths.len() <= LONGEST_PAUSE {
                pause.strengths.push(rise(&last, mel));
            }
            return;
        }
        let before = pause.before.take();
        let is_long = pause.strengths.len() > LONGEST_PAUSE;
        let kept = pause.strengths.drain(..).filter(|_| !is_long);
        self.strengths.extend(kept);
        self.strengths.push(rise(&before.filter(|_| is_long).unwrap_or(last), mel));
    }

    /// Appends the autocorrelation over the whole track: at each of the lags the greatest of three neighbours.
    pub(super) fn autocorrelation(&self, vector: &mut Vec<f32>) {
        let onsets = centred(&self.strengths);
        let energy = dot(&onsets, &onsets).max(LEAST_ENERGY);
        let at = |lag: usize| dot(&onsets, &onsets[lag..]) / energy;
        vector.extend(LAGS.map(|lag| match lag + 2 < onsets.len() {
            true => (lag - 1..lag + 2).map(at).fold(f64::NEG_INFINITY, f64::max) as f32,
            false => 0.0,
        }));
    }

    /// The tempo (beats per minute) whose multiples repeat best; 0 where nothing repeats.
    pub(super) fn tempo(&self) -> f32 {
        let repeats = self.mean_autocorrelation();
        let at = |lag: f64| {
            let lag = lag.min((repeats.len() - 1) as f64);
            let (below, part) = (lag as usize, lag.fract());
            let above = repeats.get(below + 1).copied().unwrap_or(0.0);
            repeats[below] * (1.0 - part) + above * part
        };
        let frames_per_minute = 60.0 * f64::from(RATE) / HOP as f64;
        let score = |tempo: f64| {
            let comb: f64 = (1..=TEETH).map(|beat| at(beat as f64 * frames_per_minute / tempo)).sum();
            comb / TEETH as f64 * (-0.5 * ((tempo / USUAL).log2() / SPREAD).powi(2)).exp()
        };
        let steps = ((FASTEST / SLOWEST).ln() / FASTER.ln()) as i32;
        let tempi = (0..steps).map(|step| SLOWEST * FASTER.powi(step));
        let best = tempi.map(|tempo| (tempo, score(tempo)));
        best.fold((0.0, 0.0), |best, next| if next.1 > best.1 { next } else { best }).0 as f32
    }

    /// The mean of the autocorrelations of windows, each of which is 1 at lag 0. As it is linear in the windows' power
    /// spectra, one inverse transform serves the whole track.
    fn mean_autocorrelation(&self) -> Vec<f64> {
        let length = self.strengths.len().min(WINDOW);
        if length == 0 {
            return vec![0.0];
        }
        let mut planner = RealFftPlanner::<f64>::new();
        let (forward, inverse) = (planner.plan_fft_forward(TRANSFORM), planner.plan_fft_inverse(TRANSFORM));
        let (mut wave, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
        let (mut scratch, mut power) = (forward.make_scratch_vec(), inverse.make_input_vec());
        let windows = self.strengths.windows(length).step_by(STEP);
        let count = windows.len();
        for window in windows {
            let onsets = centred(window);
            let share = 1.0 / (dot(&onsets, &onsets).max(LEAST_ENERGY) * (count * TRANSFORM) as f64);
            wave.fill(0.0);
            wave[..length].copy_from_slice(&onsets);
            forward.process_with_scratch(&mut wave, &mut spectrum, &mut scratch).expect("the plan's lengths");
            for (sum, bin) in power.iter_mut().zip(&spectrum) {
                *sum += Complex64::from(bin.norm_sqr() * share);
            }
        }
        inverse.process(&mut power, &mut wave).expect("power is real, lengths are the plan's");
        wave.truncate(length);
        wave
    }
}

/// How much the bands rise in the mean.
fn rise(before: &[f32; BANDS], now: &[f32; BANDS]) -> f32 {
    let mut sums = [0.0; 8];
    for row in (0..BANDS).step_by(8) {
        for i in 0..8 {
            let rise = now[row + i] - before[row + i];
            sums[i] += if rise > 0.0 { rise } else { 0.0 };
        }
    }
    sums.iter().sum::<f32>() / BANDS as f32
}

/// The values less their mean.
fn centred(values: &[f32]) -> Vec<f64> {
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|&value| f64::from(value) - mean).collect()
}

/// The sum of products, as far as both reach, in lanes that become vector instructions.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let ((a, a_rest), (b, b_rest)) = (a[..length].as_chunks::<8>(), b[..length].as_chunks::<8>());
    let mut lanes = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for i in 0..8 {
            lanes[i] += a[i] * b[i];
        }
    }
    lanes.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A click every so many frames.
    fn clicks(frames: usize, period: f64) -> Onsets {
        let is_click = |t: usize| t as f64 % period < 1.0;
        let strengths = (0..frames).map(|t| f32::from(u8::from(is_click(t)))).collect();
        Onsets { strengths, ..Onsets::default() }
    }

    #[test]
    fn clicks_have_their_own_tempo() {
        let per_minute = 60.0 * f64::from(RATE) / HOP as f64;
        for bpm in [70.0, 96.0, 120.0, 150.0] {
            for frames in [300, 2000, 20_000] {
                let found = f64::from(clicks(frames, per_minute / bpm).tempo());
                assert!((found / bpm - 1.0).abs() < 0.02, "{frames} frames of {bpm} bpm: {found}");
            }
        }
    }

    #[test]
    fn what_repeats_after_a_lag_is_near_one_there() {
        let mut vector = Vec::new();
        clicks(4000, 22.0).autocorrelation(&mut vector);
        assert_eq!(vector.len(), WIDTH);
        let at = |lag: usize| vector[LAGS.iter().position(|&other| other == lag).unwrap()];
        assert!(at(22) > 0.98 && at(16) < 0.1, "{vector:?}");
    }

    #[test]
    fn a_pause_between_beats_keeps_time_and_a_long_one_is_cut() {
        // Two loud frames, then silence.
        let beats = |frames: usize, period: usize| {
            (0..frames).map(move |t| if t % period < 2 { (60.0, true) } else { (0.0, false) })
        };
        let strengths = |frames: &[(f32, bool)]| {
            let mut onsets = Onsets::default();
            frames.iter().for_each(|&(level, is_loud)| onsets.push(&[level; BANDS], is_loud));
            onsets.strengths
        };
        let two: Vec<_> = beats(LONGEST_PAUSE + 4, LONGEST_PAUSE + 2).collect();
        let wanted = |pause: usize, rise: f32| [vec![0.0; 2 + pause], vec![rise, 0.0]].concat();
        assert_eq!(strengths(&two), wanted(LONGEST_PAUSE, 60.0));
        let two: Vec<_> = beats(LONGEST_PAUSE + 5, LONGEST_PAUSE + 3).collect();
        assert_eq!(strengths(&two), wanted(0, 0.0));
        // Neither end is longer for its silence.
        let silence = [(0.0, false); 30];
        let around = [&silence[..], &[(60.0, true); 3], &silence[..]].concat();
        assert_eq!(strengths(&around), [0.0; 3]);
    }

    #[test]
    fn any_track_has_an_answer_and_silence_no_tempo() {
        for frames in [0, 1, 2, 5, 44, 383, 384, 385, 480] {
            let mut onsets = Onsets::default();
            (0..frames).for_each(|t| onsets.push(&[(t % 7) as f32; BANDS], true));
            let mut vector = Vec::new();
            onsets.autocorrelation(&mut vector);
            assert!(vector.iter().all(|value| value.is_finite()) && onsets.tempo().is_finite());
            let still = Onsets { strengths: vec![0.0; frames], ..Onsets::default() };
            assert_eq!(still.tempo(), 0.0);
        }
    }
}
