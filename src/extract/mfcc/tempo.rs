//! Tempo and beats of an onset envelope, exactly as `librosa.beat.beat_track` finds them: the period is the best lag of
//! an averaged, normalised tempogram, and the module `beat` counts the beats at that period.

use realfft::{RealFftPlanner, num_complex::Complex64};

use super::beat;
use crate::dsp::hann;

/// Values of the envelope per second (Hz): 22 050 Hz in hops of 512 samples.
const RATE: f64 = 22_050.0 / 512.0;
/// Frames of one autocorrelation: 8 s.
const WINDOW: usize = 344;
/// At least `2 * WINDOW - 1`, so that no lag wraps around; 64 × 11 is quick.
const TRANSFORM: usize = 704;
/// The first lag slower than 320 BPM.
const SHORTEST: usize = 9;

/// Tempo (BPM) and number of beats of an onset envelope: hops of 512 at 22 050 Hz, median over the mel bands. Without
/// any onset both are 0. Values that are not finite count as no onset.
pub(super) fn beat_track(envelope: &[f32]) -> (f32, usize) {
    let half = WINDOW / 2;
    let mut padded = vec![0f32; envelope.len() + WINDOW];
    let onsets = half..half + envelope.len();
    for (slot, &value) in padded[onsets.clone()].iter_mut().zip(envelope) {
        *slot = if value.is_finite() { value } else { 0.0 };
    }
    if padded.iter().all(|&v| v == 0.0) {
        return (0.0, 0);
    }
    for i in 0..half {
        let ramp = i as f32 / half as f32;
        padded[i] = ramp * padded[onsets.start];
        padded[onsets.end + half - 1 - i] = ramp * padded[onsets.end - 1];
    }
    let period = beat_period(&padded);
    let beats = beat::count(&padded[onsets], period);
    ((60.0 * RATE / period as f64) as f32, beats)
}

/// The lag (frames) where the mean of the frames' autocorrelations, weighed by a log-normal prior around 120 BPM, is
/// highest. Each autocorrelation is normalised by its maximum, which is the frame's energy (lag 0); so the mean can be
/// taken of the power spectra, and one inverse transform serves the whole track.
fn beat_period(padded: &[f32]) -> usize {
    let mut planner = RealFftPlanner::<f64>::new();
    let forward = planner.plan_fft_forward(TRANSFORM);
    let inverse = planner.plan_fft_inverse(TRANSFORM);
    let (mut wave, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    let mut scratch = forward.make_scratch_vec();
    let window: Vec<f64> = hann(WINDOW).collect();

    let frames = padded.len() - WINDOW;
    let mut power = inverse.make_input_vec();
    for frame in padded.windows(WINDOW).take(frames) {
        let (head, tail) = wave.split_at_mut(WINDOW);
        for ((slot, &value), weight) in head.iter_mut().zip(frame).zip(&window) {
            *slot = f64::from(value) * weight;
        }
        tail.fill(0.0);
        let energy = energy(head);
        if energy < f64::MIN_POSITIVE {
            continue;
        }
        forward.process_with_scratch(&mut wave, &mut spectrum, &mut scratch).expect("lengths are the plan's");
        let share = 1.0 / (energy * frames as f64 * TRANSFORM as f64);
        for (sum, bin) in power.iter_mut().zip(&spectrum) {
            *sum += Complex64::from(bin.norm_sqr() * share);
        }
    }
    inverse.process(&mut power, &mut wave).expect("power is real, lengths are the plan's");

    let score = |lag: usize| {
        let octaves = (60.0 * RATE / lag as f64).log2() - 120f64.log2();
        (1e6 * wave[lag]).ln_1p() - 0.5 * octaves * octaves
    };
    let lags = (SHORTEST..WINDOW).map(|lag| (lag, score(lag)));
    lags.fold((SHORTEST, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best }).0
}

/// Sum of squares, in eight lanes that the compiler can vectorise.
fn energy(wave: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    for chunk in wave.chunks(8) {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += v * v;
        }
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames, period, click, noise, fade, floor, seed.
    type Case = (usize, f64, f64, f64, f64, f64, u64);

    #[derive(serde::Deserialize)]
    struct Golden {
        case: Case,
        bpm: f32,
        beats: usize,
    }

    /// The formula of tests/golden/make_tempo.py.
    fn envelope((frames, period, click, noise, fade, floor, seed): Case) -> Vec<f32> {
        let (mut level, mut state) = (0.0, seed);
        let value = |i: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = (state >> 40) as f64 / (1 << 24) as f64;
            let clicked = period > 0.0 && i as f64 % period < 1.0;
            level = if clicked { 1.0 } else { level * 0.5 };
            let value = (click * level + noise * uniform) * (1.0 - fade * i as f64 / frames as f64);
            if value >= floor { value as f32 } else { 0.0 }
        };
        (0..frames).map(value).collect()
    }

    /// Tempi lie on the grid of lags, so any other lag would miss the tolerance, which is that of the printed digits.
    #[test]
    fn tempo_and_beats_are_librosas() {
        let text = include_str!("../../../tests/golden/tempo.json");
        for Golden { case, bpm, beats } in serde_json::from_str::<Vec<Golden>>(text).unwrap() {
            let found = beat_track(&envelope(case));
            let same = (found.0 - bpm).abs() <= 1e-4 * bpm && found.1 == beats;
            assert!(same, "{case:?}: {found:?}, not {:?}", (bpm, beats));
        }
    }

    #[test]
    fn any_envelope_has_an_answer() {
        let odd = [1.0, -1.0, f32::NAN, f32::INFINITY, f32::MAX, f32::MIN_POSITIVE];
        for (value, length) in odd.iter().flat_map(|&v| [0, 1, 2, 9, 1000].map(|l| (v, l))) {
            let (bpm, beats) = beat_track(&vec![value; length]);
            assert!(bpm.is_finite() && beats <= length, "{length} × {value}: {bpm}, {beats}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_no_onset() {
        let clicks = envelope((800, 21.0, 1.0, 0.1, 0.0, 0.9, 1));
        let holes: Vec<f32> = clicks.iter().map(|&v| if v == 0.0 { f32::NAN } else { v }).collect();
        assert_eq!(beat_track(&holes), beat_track(&clicks));
    }
}
