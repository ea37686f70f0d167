//! Changes the rate of a stream of samples the way soxr's high quality does, which is what librosa uses.
//!
//! What decides is where the low-pass lies: soxr_hq's −6 dB point is at 0.9565 of the lower of both Nyquist
//! frequencies, and a sinc that cuts elsewhere moves dozens of features. rubato's `Fft` sets the cut by window and block.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction, calculate_cutoff};

/// Of the lower Nyquist frequency: soxr_hq's −6 dB point.
const CUTOFF: f32 = 0.9565;
/// Shortest and longest filter that is looked at, in samples of the lower rate.
const TAPS: std::ops::RangeInclusive<usize> = 96..=512;

/// A stream from one rate to another: as long as librosa's, ceil(n · to / from), and aligned with it.
pub struct Resampler {
    /// `None` where both rates are the same.
    fft: Option<Fft<f32>>,
    from: u64,
    to: u64,
    /// Samples that do not fill a block yet.
    pending: Vec<f32>,
    block: Vec<f32>,
    /// Samples of the filter's delay that are still to drop.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// Hz to Hz. Any two rates: those with a large common divisor are fast.
    pub fn new(from: u32, to: u32) -> Self {
        let fft = (from != to).then(|| {
            let (window, block) = design(from as usize, to as usize);
            // The only errors are of a rate or a block of 0.
            Fft::new_custom(from.max(1) as usize, to.max(1) as usize, block, 1, 1, window, FixedSync::Both)
                .expect("rates and block are positive")
        });
        let delay = fft.as_ref().map_or(0, |fft| fft.output_delay());
        let block = vec![0.0; fft.as_ref().map_or(0, Fft::fft_size_out)];
        Self {
            fft,
            from: from.max(1).into(),
            to: to.into(),
            pending: Vec::new(),
            block,
            delay,
            taken: 0,
            given: 0,
        }
    }

    /// Takes samples in blocks of any length; what is ready goes to `sink`.
    pub fn push(&mut self, mut samples: &[f32], sink: &mut dyn FnMut(&[f32])) {
        self.taken += samples.len() as u64;
        let Some(size) = self.fft.as_ref().map(Fft::fft_size_in) else {
            self.given += samples.len() as u64;
            return sink(samples);
        };
        if !self.pending.is_empty() {
            let (head, rest) = samples.split_at(samples.len().min(size - self.pending.len()));
            self.pending.extend_from_slice(head);
            samples = rest;
            if self.pending.len() < size {
                return;
            }
            let full = std::mem::take(&mut self.pending);
            self.convert(&full, sink);
            self.pending = full;
            self.pending.clear();
        }
        let blocks = samples.chunks_exact(size);
        self.pending.extend_from_slice(blocks.remainder());
        blocks.for_each(|block| self.convert(block, sink));
    }

    /// Gives what is left, and stands ready for another stream.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&[f32])) {
        let length = (self.taken * self.to).div_ceil(self.from);
        if let Some(size) = self.fft.as_ref().map(Fft::fft_size_in) {
            let mut last = std::mem::take(&mut self.pending);
            while self.given < length {
                last.resize(size, 0.0);
                let wanted = length - self.given;
                let mut left = usize::try_from(wanted).unwrap_or(usize::MAX);
                self.convert(&last, &mut |samples| {
                    let some = samples.len().min(left);
                    left -= some;
                    sink(&samples[..some]);
                });
                last.clear();
            }
        }
        *self = Self::new(self.from as u32, self.to as u32);
    }

    /// One block of exactly the transform's length.
    fn convert(&mut self, block: &[f32], sink: &mut dyn FnMut(&[f32])) {
        let Some(fft) = &mut self.fft else { return };
        let (size, length) = (block.len(), self.block.len());
        let input = SequentialSlice::new(block, 1, size).expect("one channel of its length");
        let mut output =
            SequentialSlice::new_mut(&mut self.block, 1, length).expect("one channel of its length");
        fft.process_into_buffer(&input, &mut output, None).expect("blocks are of the transform's length");
        let dropped = self.delay.min(length);
        self.delay -= dropped;
        let ready = &self.block[dropped..];
        self.given += ready.len() as u64;
        if !ready.is_empty() {
            sink(ready);
        }
    }
}

/// The window and the block (samples of `from`) whose cut is nearest to soxr's, among lengths that transform fast.
fn design(from: usize, to: usize) -> (WindowFunction, usize) {
    let divisor = gcd(from.max(1), to.max(1));
    let (unit_in, unit_out) = (from.max(1) / divisor, to.max(1) / divisor);
    let unit = unit_in.min(unit_out);
    let multiples = TAPS.start().div_ceil(unit)..=(TAPS.end() / unit).max(1);
    let windows = [WindowFunction::Blackman, WindowFunction::BlackmanHarris];
    multiples
        .filter(|&multiple| is_smooth(multiple) && (multiple * unit_out).is_multiple_of(2))
        .flat_map(|multiple| windows.map(|window| (window, multiple)))
        .min_by(|a, b| {
            let distance = |&(window, multiple): &(WindowFunction, usize)| {
                (calculate_cutoff::<f32>(multiple * unit, window) - CUTOFF).abs()
            };
            distance(a).total_cmp(&distance(b))
        })
        .map_or((WindowFunction::BlackmanHarris, unit_in), |(window, multiple)| (window, multiple * unit_in))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Whether a length has small prime factors only.
fn is_smooth(mut length: usize) -> bool {
    for prime in [2, 3, 5, 7] {
        while length.is_multiple_of(prime) {
            length /= prime;
        }
    }
    length == 1
}
