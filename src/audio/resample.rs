//! Changes the rate of a stream of samples with rubato, the way soxr's high quality does, which is what
//! librosa uses.
//!
//! What decides is where the low-pass lies: one that cuts elsewhere moves dozens of features. soxr's answer has
//! fallen by 6 dB at 0.957 of the lower Nyquist frequency. rubato's `Fft` cuts where its window and the length
//! of its blocks put it, and a block is a multiple of the ratio's terms. So one step changes the rate by a
//! whole number, where blocks may have any length, and shapes the answer. Where the ratio is no whole number,
//! another step goes between the higher rate and twice the lower one: it only has to leave alone what the first
//! one lets through.
//!
//! How far the built-in vector is from that of librosa, whose resampler is soxr: the worst of 65 columns (the seventh
//! contrast band apart) over all songs, as a part of that column's spread.
//!
//! | Hz to Hz | steps | worst column |
//! |---|---|---|
//! | 44 100 to 22 050 | [`DIVIDING`] | 0.26 %; flatness 2.4 %, its deviation 1.0 % |
//! | 48 000 to 22 050 | [`BETWEEN`] to 44 100, [`DOWN`] | 2.57 % |
//! | 32 000 to 22 050 | [`BETWEEN`] to 44 100, [`DOWN`] | 1.55 % |

use rubato::{Fft, FixedSync, Resampler as _, WindowFunction, audioadapter_buffers::direct::SequentialSlice};

use super::open::RATES;
use crate::digest::Digest;

/// What shapes resampled samples, in words: part of every space's fingerprint. To be changed with the filters.
const RESAMPLER: &str = "rubato 5: Blackman-Harris, 185 down, 186 and 184 up, 1100 between";
/// What else shapes those at rates up to [`LOW_RATE`].
const OF_LOW_RATES: &str = ", Blackman squared, 220 dividing";
/// Hz: the rate of the built-in vector. Higher rates are those of networks, whose vectors cost hours to make again.
const LOW_RATE: usize = 22_050;

/// The fingerprint of the space whose vectors a method makes by `recipe` from samples that are brought to `rate` (Hz).
pub(crate) fn fingerprint(recipe: &str, rate: u32) -> Digest {
    let of_low_rates = if rate as usize <= LOW_RATE { OF_LOW_RATES } else { "" };
    Digest::of(format!("{recipe}\nresampler: {RESAMPLER}{of_low_rates}").as_bytes())
}

const WINDOW: WindowFunction = WindowFunction::BlackmanHarris;
/// The window and the samples of the lower rate in a block, where all that is done is to divide the rate by a whole
/// number, down to a low one. 220 cuts where 186 of Blackman-Harris does and falls as steeply, but its transforms have no factor
/// above 11 and take half the time. Its stop band is deeper than soxr's, which flatness alone hears.
const DIVIDING: (WindowFunction, usize) = (WindowFunction::Blackman2, 220);
/// The same where another step comes first. Here 220 would be off by 4.3 % from 32 000 Hz. 186 is nearer to soxr, but its
/// transforms have the factor 31. Lengths of small factors are off: 189 by 2.1 %.
const DOWN: (WindowFunction, usize) = (WINDOW, 185);
/// The same where the rate is multiplied, up to 22 050 Hz: within 0.001 of soxr's samples of noise; 184 is not.
const UP: usize = 186;
/// The same for the higher rates, which are those of networks. What leaks into the empty bands above is heard by
/// them, as they see levels in dB: from 22 050 to 32 000 Hz, an embedding of CNN14 is 0.13 % of its peak away from
/// that of soxr's samples. With 186 it would be 0.62 %, with 182 0.36 %.
const UP_FOR_NETWORKS: usize = 184;
/// The least samples of a block of the other step, at its lower rate. Longer ones spread more rounding noise
/// into silence, shorter ones less, and the features of silent frames measure it: this is as soxr does.
const BETWEEN: usize = 1100;
/// What is quieter (-260 dB) is rounding noise of the transforms. Silence stays silence.
const FAINTEST: f32 = 1e-13;

/// A stream from one rate to another: as long as librosa's, ceil(n · to / from), and aligned with it.
pub(crate) struct Resampler {
    from: u64,
    to: u64,
    /// None of them where both rates are the same.
    steps: Vec<Step>,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// Hz to Hz. A rate that no recording has is taken for the nearest one that a recording may have.
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let [from, to] = [from, to].map(|rate| rate.clamp(*RATES.start(), *RATES.end()) as usize);
        let (low, high) = (from.min(to), from.max(to));
        let near = if high % low == 0 { high } else { 2 * low };
        let mut steps = Vec::new();
        if near != high {
            let unit = near.min(high) / gcd(near, high);
            let block = (WINDOW, BETWEEN.div_ceil(unit) * unit);
            steps.push(if from == high { Step::new(from, near, block) } else { Step::new(near, to, block) });
        }
        if from > to {
            let is_divided = near == from && to <= LOW_RATE;
            steps.push(Step::new(near, to, if is_divided { DIVIDING } else { DOWN }));
        } else if from < to {
            let block = (WINDOW, if to > LOW_RATE { UP_FOR_NETWORKS } else { UP });
            steps.insert(0, Step::new(from, near, block));
        }
        Self { from: from as u64, to: to as u64, steps, taken: 0, given: 0 }
    }

    /// Takes samples in blocks of any length; what is ready goes to `sink`.
    pub(crate) fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        self.pass(samples, u64::MAX, sink);
    }

    /// The samples that follow have another rate (Hz): what is left of those before goes to `sink`.
    pub(crate) fn change_rate(&mut self, from: u32, sink: &mut dyn FnMut(&[f32])) {
        if u64::from(from) != self.from {
            self.finish(sink);
            *self = Self::new(from, self.to as u32);
        }
    }

    /// Gives what is left. The next sample that is pushed begins another stream.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(&[f32])) {
        let length = (self.taken * self.to).div_ceil(self.from);
        while self.given < length {
            self.pass(&[0.0; 1024], length, sink);
        }
        self.steps.iter_mut().for_each(Step::clear);
        (self.taken, self.given) = (0, 0);
    }

    /// Gives no more than `length` samples in all.
    fn pass(&mut self, samples: &[f32], length: u64, sink: &mut dyn FnMut(&[f32])) {
        let given = &mut self.given;
        pass(&mut self.steps, samples, &mut |ready| {
            let left = usize::try_from(length - *given).unwrap_or(usize::MAX);
            let ready = &ready[..ready.len().min(left)];
            *given += ready.len() as u64;
            sink(ready);
        });
    }
}

/// Through one step after another.
fn pass(steps: &mut [Step], samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
    match steps.split_first_mut() {
        None => sink(samples),
        Some((step, rest)) => step.push(samples, &mut |ready| pass(rest, ready, sink)),
    }
}

/// One change of rate, in blocks; without delay.
struct Step {
    resampler: Fft<f32>,
    /// The block that is being filled, and how far.
    block: Vec<f32>,
    filled: usize,
    ready: Vec<f32>,
    /// Silence before the first sample, so that the delay is a whole number of samples at both rates.
    lead: usize,
    /// The delay, in samples of the output, and what is still to be dropped of it.
    delay: usize,
    to_drop: usize,
}

impl Step {
    /// The block is in samples of the lower rate: a multiple of that rate's term of the ratio.
    fn new(from: usize, to: usize, (window, block): (WindowFunction, usize)) -> Self {
        let divisor = gcd(from, to);
        let (unit, unit_out) = (from / divisor, to / divisor);
        let block = block / unit.min(unit_out) * unit;
        let resampler = Fft::new_custom(from, to, block, 1, 1, window, FixedSync::Both);
        let resampler = resampler.expect("the rates and the block are above 0");
        let (size, size_out) = (resampler.fft_size_in(), resampler.fft_size_out());
        let middle = size / 2;
        let units = middle.div_ceil(unit);
        let (lead, delay) = (units * unit - middle, units * unit_out);
        let (block, ready) = (vec![0.0; size], vec![0.0; size_out]);
        Self { resampler, block, filled: lead, ready, lead, delay, to_drop: delay }
    }

    fn push(&mut self, mut samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        while !samples.is_empty() {
            let (head, rest) = samples.split_at(samples.len().min(self.block.len() - self.filled));
            self.block[self.filled..][..head.len()].copy_from_slice(head);
            self.filled += head.len();
            samples = rest;
            if self.filled == self.block.len() {
                self.convert();
                let late = self.to_drop.min(self.ready.len());
                self.to_drop -= late;
                sink(&self.ready[late..]);
            }
        }
    }

    /// `block` to `ready`.
    fn convert(&mut self) {
        let (size, size_out) = (self.block.len(), self.ready.len());
        let block = SequentialSlice::new(&self.block, 1, size).expect("one channel of that length");
        let mut ready = SequentialSlice::new_mut(&mut self.ready, 1, size_out).expect("as above");
        self.resampler.process_into_buffer(&block, &mut ready, None).expect("both lengths are rubato's own");
        self.filled = 0;
        // Every sample is written, so that the loop becomes vector instructions.
        for sample in &mut self.ready {
            *sample = if sample.abs() < FAINTEST { 0.0 } else { *sample };
        }
    }

    fn clear(&mut self) {
        self.resampler.reset();
        self.block.fill(0.0);
        (self.filled, self.to_drop) = (self.lead, self.delay);
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_low_rates_make_no_vector_of_a_network_anew() {
        let before = |recipe: &str| Digest::of(format!("{recipe}\nresampler: {RESAMPLER}").as_bytes());
        for rate in [32_000, 44_100, 48_000] {
            assert_eq!(fingerprint("cnn14", rate), before("cnn14"));
        }
        for rate in [16_000, 22_050] {
            assert_ne!(fingerprint("mfcc", rate), before("mfcc"));
        }
        // And so their samples are what they were: 96 000 to 48 000 Hz is a division, too.
        let length = |from, to| Resampler::new(from, to).steps[0].block.len();
        assert_eq!((length(96_000, 48_000), length(44_100, 22_050)), (2 * DOWN.1, 2 * DIVIDING.1));
    }
}
