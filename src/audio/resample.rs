//! Changes the rate of a stream of samples the way soxr's high quality does, which is what librosa uses.
//!
//! What decides is where the low-pass lies: one that cuts elsewhere moves dozens of features. So this is
//! soxr's filter (its `HQ`: 20 bits, pass band to 0.914 of the lower Nyquist frequency, stop band from 1),
//! applied to whole blocks in the frequency domain, where leaving out the upper bins changes the rate:
//! Oppenheim and Schafer, "Discrete-Time Signal Processing", overlap-save. The filter has no phase, so
//! nothing is delayed.

use std::f64::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// A sinc under Kaiser's window (IEEE Trans. ASSP 22, 1974).
struct LowPass {
    /// Length, in samples of the lower rate.
    taps: f64,
    /// Shape of the window.
    beta: f64,
    /// Where it cuts: a part of the lower Nyquist frequency.
    cut: f64,
}

/// What meets the answer of soxr 1.1 to sines, from 44 100 to 22 050 Hz, within 2e-7.
const WHOLE_RATIO: LowPass = LowPass { taps: 194.5, beta: 13.04, cut: 0.956_872 };
/// The same from 32 000 to 22 050 Hz, within 7e-4: other ratios go through several stages there.
const OTHER_RATIO: LowPass = LowPass { taps: 213.5, beta: 15.2, cut: 0.956_85 };
/// A block is at least this many times its margin at either end, which is computed twice.
const MARGINS: usize = 8;

/// A stream from one rate to another: as long as librosa's, ceil(n · to / from), and aligned with it.
pub(crate) struct Resampler {
    from: u64,
    to: u64,
    /// `None` where both rates are the same.
    filter: Option<Filter>,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// Hz to Hz, any two rates above 0; those with a large common divisor have short blocks.
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        let filter = (from != to).then(|| Filter::new(from as usize, to as usize));
        Self { from: from.into(), to: to.into(), filter, taken: 0, given: 0 }
    }

    /// Takes samples in blocks of any length; what is ready goes to `sink`.
    pub(crate) fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        match &mut self.filter {
            None => sink(samples),
            Some(filter) => self.given += filter.push(samples, sink),
        }
    }

    /// Gives what is left. The next sample that is pushed begins another stream.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(&[f32])) {
        let length = (self.taken * self.to).div_ceil(self.from);
        if let Some(filter) = &mut self.filter {
            while self.given < length {
                let left = usize::try_from(length - self.given).unwrap_or(usize::MAX);
                self.given += filter.flush(&mut |ready| sink(&ready[..ready.len().min(left)]));
            }
            filter.clear();
        }
        (self.taken, self.given) = (0, 0);
    }
}

/// The low-pass, and the blocks that it works on.
struct Filter {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// One real factor per bin that is kept.
    response: Vec<f32>,
    /// Samples at either end of a block that the filter wraps around: of the input, and of the output.
    margin: usize,
    margin_out: usize,
    /// The block that is being filled, and how far; it begins with the margin of the block before.
    block: Vec<f32>,
    filled: usize,
    wave: Vec<f32>,
    bins: Vec<Complex32>,
    bins_out: Vec<Complex32>,
    wave_out: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Filter {
    fn new(from: usize, to: usize) -> Self {
        let divisor = gcd(from, to);
        let (unit, unit_out) = (from / divisor, to / divisor);
        let lower = (to as f64 / from as f64).min(1.0);
        let low_pass = if unit == 1 || unit_out == 1 { WHOLE_RATIO } else { OTHER_RATIO };
        let half = low_pass.taps / lower / 2.0;
        let units = (half / unit as f64).ceil() as usize;
        let blocks = (MARGINS * units).next_power_of_two();
        let (margin, size, size_out) = (units * unit, blocks * unit, blocks * unit_out);

        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size_out));
        let (bins, bins_out) = (forward.make_output_vec(), inverse.make_input_vec());
        let mut filter = Self {
            response: Vec::new(),
            margin,
            margin_out: units * unit_out,
            block: vec![0.0; size],
            filled: margin,
            wave: low_pass.response(size, lower),
            wave_out: inverse.make_output_vec(),
            scratch: vec![Complex32::ZERO; forward.get_scratch_len().max(inverse.get_scratch_len())],
            forward,
            inverse,
            bins,
            bins_out,
        };
        filter.transform();
        filter.response = filter.bins.iter().map(|bin| bin.re).take(filter.bins_out.len()).collect();
        filter
    }

    /// Returns how many samples it gave.
    fn push(&mut self, mut samples: &[f32], sink: &mut dyn FnMut(&[f32])) -> u64 {
        let mut given = 0;
        while !samples.is_empty() {
            let (head, rest) = samples.split_at(samples.len().min(self.block.len() - self.filled));
            self.block[self.filled..][..head.len()].copy_from_slice(head);
            self.filled += head.len();
            samples = rest;
            if self.filled == self.block.len() {
                given += self.convert(sink);
            }
        }
        given
    }

    /// Fills the block with silence.
    fn flush(&mut self, sink: &mut dyn FnMut(&[f32])) -> u64 {
        self.block[self.filled..].fill(0.0);
        self.convert(sink)
    }

    fn clear(&mut self) {
        self.block.fill(0.0);
        self.filled = self.margin;
    }

    /// Filters the block, gives it without its margins, and keeps both margins' length of its end for the
    /// next.
    fn convert(&mut self, sink: &mut dyn FnMut(&[f32])) -> u64 {
        self.wave.copy_from_slice(&self.block);
        self.transform();
        for ((out, bin), factor) in self.bins_out.iter_mut().zip(&self.bins).zip(&self.response) {
            *out = bin * factor;
        }
        // The inverse transform works in its input: what was above the lower Nyquist frequency must be cleared.
        self.bins_out[self.response.len()..].fill(Complex32::ZERO);
        // The first and the last bin of a real signal are real.
        let last = self.bins_out.len() - 1;
        (self.bins_out[0].im, self.bins_out[last].im) = (0.0, 0.0);
        // The only errors are of wrong lengths, and these are the transforms' own.
        let _ = self.inverse.process_with_scratch(&mut self.bins_out, &mut self.wave_out, &mut self.scratch);
        let kept = self.block.len() - 2 * self.margin..;
        self.filled = 2 * self.margin;
        self.block.copy_within(kept, 0);
        let ready = &self.wave_out[self.margin_out..self.wave_out.len() - self.margin_out];
        sink(ready);
        ready.len() as u64
    }

    /// `wave` to `bins`.
    fn transform(&mut self) {
        let _ = self.forward.process_with_scratch(&mut self.wave, &mut self.bins, &mut self.scratch);
    }
}

impl LowPass {
    /// Its answer to an impulse, wrapped around sample 0 of a block of `size`; `lower` is the lower Nyquist
    /// frequency as a part of the input's. The gain of 1 / size undoes the transforms'.
    fn response(&self, size: usize, lower: f64) -> Vec<f32> {
        let half = self.taps / lower / 2.0;
        let tap = |n: usize| {
            let x = PI * self.cut * lower * n as f64;
            let sinc = if n == 0 { 1.0 } else { x.sin() / x };
            sinc * bessel(self.beta * (1.0 - (n as f64 / half).powi(2)).max(0.0).sqrt())
        };
        let reach = half as usize;
        let sum = tap(0) + 2.0 * (1..=reach).map(tap).sum::<f64>();
        let mut wave = vec![0.0; size];
        for n in 0..=reach {
            let value = (tap(n) / (sum * size as f64)) as f32;
            (wave[n], wave[(size - n) % size]) = (value, value);
        }
        wave
    }
}

/// The modified Bessel function of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let terms = (1..).scan(1.0, |term, k| {
        *term *= (x / (2.0 * f64::from(k))).powi(2);
        Some(*term)
    });
    1.0 + terms.take_while(|&term| term > 1e-12).sum::<f64>()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
