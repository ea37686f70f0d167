//! Tempo and beats of an onset envelope, exactly as `librosa.beat.beat_track` finds them: the period is the best lag of
//! an averaged, normalised tempogram, and beats at that period are found by dynamic programming (Ellis, "Beat Tracking by
//! Dynamic Programming", JNMR 36, 2007).

use std::iter::successors;

use realfft::{RealFftPlanner, num_complex::Complex64};

use crate::dsp::hann;

/// Values of the envelope per second (Hz): 22 050 Hz in hops of 512 samples.
const RATE: f64 = 22_050.0 / 512.0;
/// Frames of one autocorrelation: 8 s.
const WINDOW: usize = 344;
/// At least `2 * WINDOW - 1`, so that no lag wraps around; 64 × 11 is quick.
const TRANSFORM: usize = 704;
/// The first lag slower than 320 BPM.
const SHORTEST: usize = 9;
/// How firmly a beat keeps the period.
const TIGHTNESS: f64 = 100.0;

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
    let beats = count_beats(&padded[onsets], period);
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

/// The number of beats about `period` frames apart, without weak ones at either end.
fn count_beats(onsets: &[f32], period: usize) -> usize {
    let score = local_score(onsets, period);
    let (total, steps) = best_paths(&score, period);
    let back = |&beat: &usize| (steps[beat] > 0).then(|| beat - usize::from(steps[beat]));
    let mut beats: Vec<usize> = successors(Some(last_beat(&total)), back).collect();
    beats.reverse();

    // Half the RMS of the beats' smoothed scores. librosa's slice takes two values past the last beat.
    let at = |i: usize| beats.get(i).map_or(0.0, |&beat| score[beat]);
    let smooth = |i: usize| at(i) + 0.5 * at(i + 1) + if i > 0 { 0.5 * at(i - 1) } else { 0.0 };
    let length = (beats.len() + 2).min(score.len());
    let threshold = 0.5 * ((0..length).map(|i| smooth(i).powi(2)).sum::<f64>() / length as f64).sqrt();
    let strong = |&s: &f64| s > threshold;
    match (score.iter().position(strong), score.iter().rposition(strong)) {
        (Some(first), Some(last)) => beats.iter().filter(|&&b| first <= b && b <= last).count(),
        _ => 0,
    }
}

/// The onsets in units of their deviation, smoothed by a Gaussian of `period / 32` frames. As in librosa 0.11, the very
/// first onset is left out.
fn local_score(onsets: &[f32], period: usize) -> Vec<f64> {
    let count = onsets.len() as f64;
    let mean = onsets.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let squares: f64 = onsets.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum();
    let scale = 1.0 / ((squares / (count - 1.0).max(1.0)).sqrt() + f64::from(f32::MIN_POSITIVE));
    // Nine deviations out the window is below 1e-17.
    let reach = period.min((9 * period).div_ceil(32));
    let gauss: Vec<f64> =
        (0..=reach).map(|d| scale * (-0.5 * (d as f64 * 32.0 / period as f64).powi(2)).exp()).collect();
    (0..onsets.len())
        .map(|i| {
            (i.saturating_sub(reach).max(1)..onsets.len().min(i + reach + 1))
                .map(|j| gauss[i.abs_diff(j)] * f64::from(onsets[j]))
                .sum()
        })
        .collect()
}

/// For every frame the score of the best chain of beats that ends there, and the step back (frames) to the beat before;
/// 0 where the chain begins.
fn best_paths(score: &[f64], period: usize) -> (Vec<f64>, Vec<u16>) {
    let shortest = (period as f64 / 2.0).round_ties_even() as usize;
    let cost: Vec<f64> = (shortest..=2 * period)
        .map(|lag| TIGHTNESS * ((lag as f64).ln() - (period as f64).ln()).powi(2))
        .collect();
    let threshold = 0.01 * score.iter().copied().fold(f64::MIN, f64::max);
    let mut total: Vec<f64> = Vec::with_capacity(score.len());
    let mut steps = Vec::with_capacity(score.len());
    let mut begun = false;
    for (i, &own) in score.iter().enumerate() {
        let before = &total[..(i + 1).saturating_sub(shortest)];
        let chains = before.iter().rev().zip(&cost).map(|(total, cost)| total - cost);
        let none = (0, f64::NEG_INFINITY);
        let best = |best: (u16, f64), next: (u16, f64)| if next.1 > best.1 { next } else { best };
        let (step, best) = (shortest as u16..).zip(chains).fold(none, best);
        begun |= own >= threshold;
        steps.push(if begun { step } else { 0 });
        total.push(if step > 0 { own + best } else { own });
    }
    (total, steps)
}

/// The last local maximum that reaches half the median of all local maxima; else the last frame.
fn last_beat(total: &[f64]) -> usize {
    let end = total.len() - 1;
    let peak = |&i: &usize| total[i] > total[i - 1] && (i == end || total[i] >= total[i + 1]);
    let mut heights: Vec<f64> = (1..=end).filter(peak).map(|i| total[i]).collect();
    if heights.is_empty() {
        return end;
    }
    heights.sort_unstable_by(f64::total_cmp);
    let middle = heights.len() / 2;
    let median = 0.5 * (heights[middle] + heights[(heights.len() - 1) / 2]);
    (1..=end).rev().filter(peak).find(|&i| total[i] >= 0.5 * median).unwrap_or(end)
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
