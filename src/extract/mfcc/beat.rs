//! Beats by dynamic programming: Ellis, "Beat Tracking by Dynamic Programming" (JNMR 36, 2007), in librosa's form.

use std::iter::successors;

/// How firmly a beat keeps the period.
const TIGHTNESS: f64 = 100.0;

/// The number of beats about `period` frames apart, without weak ones at either end.
pub(super) fn count(onsets: &[f32], period: usize) -> usize {
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
