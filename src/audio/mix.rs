//! Channels to mono, without losing what a listener hears, and without what is no sound.
//!
//! The mix is that of ITU-R BS.775-3, table 2: left and right at 1, the centre at √2, surround channels at √½, all of
//! it halved so that stereo is the mean of its channels; the channel of low frequencies is left out, as it is there.
//! Channels without positions are averaged.
//!
//! A mix loses what is in opposite phase in two channels: a rip with one channel inverted, an encoder's fault, a
//! surround channel that mirrors a front one. While the mix has less than an eighth of the power that its parts would
//! have if they were unrelated, the loudest channel is heard instead.

use symphonia::core::audio::{Channels, GenericAudioBufferRef, Position};

/// Power of the mix to that of its parts: below the first the mix is cancelled, above the second it is not.
const CANCELLED: f64 = 1.0 / 8.0;
const RECOVERED: f64 = 1.0 / 4.0;
/// Seconds over which powers are averaged.
const SMOOTHING: f64 = 1.0;
/// Sums of powers side by side.
const LANES: usize = 16;
/// From one source to another in as many seconds.
const CROSSFADE: f64 = 0.01;
/// Times full scale: no recording has such samples, however it is scaled.
const TOO_LARGE: f32 = 1e6;

/// Mixes the blocks of one track, in order.
#[derive(Default)]
pub(super) struct Mixer {
    planes: Vec<Vec<f32>>,
    channels: Channels,
    weights: Vec<f32>,
    /// Power of the mix, and of each channel.
    mixed: f64,
    powers: Vec<f64>,
    /// Of each channel in the last block.
    last_powers: Vec<f64>,
    /// The channel that is heard instead of the mix.
    alone: Option<usize>,
}

/// What of a block is not in the mix.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Unsound {
    /// Frames in which a sample is no number, and in which one is too large: they are silent.
    pub no_numbers: usize,
    pub too_large: usize,
    /// Mean square of the loudest channel.
    pub power: f64,
}

impl Mixer {
    /// Writes `block` into `mono` as floats.
    pub(super) fn mix(&mut self, block: &GenericAudioBufferRef<'_>, mono: &mut Vec<f32>) -> Unsound {
        block.copy_to_vecs_planar(&mut self.planes);
        let mut unsound = Unsound::default();
        self.measure();
        // One such sample makes the sum so large, or no number.
        if !self.last_powers.iter().all(|power| *power < f64::from(TOO_LARGE).powi(2)) {
            unsound = silence(&mut self.planes);
            self.measure();
        }
        let loudest = self.last_powers.iter().copied().fold(0.0, f64::max);
        unsound.power = loudest / block.frames().max(1) as f64;
        let spec = block.spec();
        if *spec.channels() != self.channels {
            self.channels = spec.channels().clone();
            self.weights = weights(&self.channels);
            (self.mixed, self.alone) = (0.0, None);
            self.powers = vec![0.0; self.weights.len()];
        }
        match self.planes.as_mut_slice() {
            [] => mono.clear(),
            [only] => std::mem::swap(only, mono),
            _ => self.mix_planes(f64::from(spec.rate()), mono),
        }
        unsound
    }

    fn measure(&mut self) {
        self.last_powers.clear();
        self.last_powers.extend(self.planes.iter().map(|plane| power(plane)));
    }

    fn mix_planes(&mut self, rate: f64, mono: &mut Vec<f32>) {
        let length = self.planes[0].len();
        mono.clear();
        mono.resize(length, 0.0);
        for (plane, &weight) in self.planes.iter().zip(&self.weights) {
            add(mono, plane, weight);
        }
        let before = self.alone;
        self.decide(mono, (-(length as f64) / rate / SMOOTHING).exp());
        if before.is_none() && self.alone.is_none() {
            return;
        }
        let fade = if before == self.alone { 0 } else { (CROSSFADE * rate) as usize };
        let source =
            |alone: Option<usize>, mix: f32, i: usize| alone.map_or(mix, |plane| self.planes[plane][i]);
        for (i, sample) in mono.iter_mut().enumerate() {
            let now = source(self.alone, *sample, i);
            *sample = match fade {
                fade if i < fade => {
                    let then = source(before, *sample, i);
                    then + (now - then) * (i as f32 / fade as f32)
                }
                _ => now,
            };
        }
    }

    /// Chooses what is heard of a block; what was before it counts `kept` times.
    fn decide(&mut self, mono: &[f32], kept: f64) {
        self.mixed = kept * self.mixed + power(mono);
        for (sum, power) in self.powers.iter_mut().zip(&self.last_powers) {
            *sum = kept * *sum + power;
        }
        let weighted = self.powers.iter().zip(&self.weights);
        let parts: f64 = weighted.map(|(power, &weight)| power * f64::from(weight).powi(2)).sum();
        if self.mixed > RECOVERED * parts {
            self.alone = None;
        } else if self.mixed < CANCELLED * parts && self.alone.is_none() {
            let heard = (0..self.powers.len()).filter(|&channel| self.weights[channel] > 0.0);
            self.alone = heard.max_by(|&a, &b| self.powers[a].total_cmp(&self.powers[b]));
        }
    }
}

/// Makes all channels silent where one has no sound, and counts those places.
fn silence(planes: &mut [Vec<f32>]) -> Unsound {
    let mut unsound = Unsound::default();
    for i in 0..planes.first().map_or(0, Vec::len) {
        if planes.iter().any(|plane| !plane[i].is_finite()) {
            unsound.no_numbers += 1;
        } else if planes.iter().any(|plane| plane[i].abs() >= TOO_LARGE) {
            unsound.too_large += 1;
        } else {
            continue;
        }
        planes.iter_mut().for_each(|plane| plane[i] = 0.0);
    }
    unsound
}

/// By index: the parts of a chained iterator are not inlined without optimisation across units.
fn add(sums: &mut [f32], samples: &[f32], weight: f32) {
    let samples = &samples[..sums.len()];
    for i in 0..sums.len() {
        sums[i] += weight * samples[i];
    }
}

/// In sums side by side, which become vector instructions: a single one has to wait for itself at every sample.
fn power(samples: &[f32]) -> f64 {
    let (blocks, rest) = samples.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane] * block[lane];
        }
    }
    for i in 0..rest.len() {
        sums[i] += rest[i] * rest[i];
    }
    f64::from(sums.iter().sum::<f32>())
}

/// What each channel counts in the mix.
fn weights(channels: &Channels) -> Vec<f32> {
    let Channels::Positioned(positions) = channels else {
        return vec![1.0 / channels.count() as f32; channels.count()];
    };
    let low = Position::LFE1 | Position::LFE2;
    // One channel, or low frequencies alone, are all there is.
    if (*positions & !low).is_empty() || channels.count() == 1 {
        return vec![1.0 / channels.count() as f32; channels.count()];
    }
    let weight = |position: Position| match position {
        Position::FRONT_LEFT | Position::FRONT_RIGHT => 0.5,
        Position::FRONT_CENTER => std::f32::consts::FRAC_1_SQRT_2,
        position if low.contains(position) => 0.0,
        _ => std::f32::consts::FRAC_1_SQRT_2 / 2.0,
    };
    positions.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use symphonia::core::audio::{AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec};

    use super::*;

    const RATE: u32 = 1000;
    const STEREO: Position = Position::FRONT_LEFT.union(Position::FRONT_RIGHT);

    /// A second of noise, another for each seed.
    fn noise(seed: u32) -> Vec<f32> {
        let number = |i: u32| (i ^ seed << 16).wrapping_mul(2_654_435_761).wrapping_mul(i | 1) >> 8;
        (0..RATE).map(|i| number(i + 1) as f32 / (1 << 23) as f32 - 1.0).collect()
    }

    fn scaled(samples: &[f32], by: f32) -> Vec<f32> {
        samples.iter().map(|sample| sample * by).collect()
    }

    fn block(positions: Position, planes: &[Vec<f32>]) -> AudioBuffer<f32> {
        let mut buffer = AudioBuffer::new(AudioSpec::new(RATE, positions.into()), planes[0].len());
        buffer.render_silence(None);
        for (index, plane) in planes.iter().enumerate() {
            buffer.plane_mut(index).unwrap().copy_from_slice(plane);
        }
        buffer
    }

    fn mixed(mixer: &mut Mixer, positions: Position, planes: &[Vec<f32>]) -> Vec<f32> {
        let mut mono = Vec::new();
        mixer.mix(&block(positions, planes).as_generic_audio_buffer_ref(), &mut mono);
        mono
    }

    #[test]
    fn stereo_is_the_mean_of_its_channels_also_where_one_is_silent() {
        let (left, right) = (noise(1), noise(2));
        let mono = mixed(&mut Mixer::default(), STEREO, &[left.clone(), right.clone()]);
        assert!(mono.iter().zip(left.iter().zip(&right)).all(|(m, (l, r))| (m - (l + r) / 2.0).abs() < 1e-6));
        let mono = mixed(&mut Mixer::default(), STEREO, &[scaled(&left, 0.0), right.clone()]);
        assert_eq!(mono, scaled(&right, 0.5));
    }

    #[test]
    fn an_inverted_channel_cancels_nothing() {
        let (left, hiss) = (noise(1), scaled(&noise(2), 0.01));
        let right: Vec<f32> = left.iter().zip(&hiss).map(|(left, hiss)| hiss - left).collect();
        let mut mixer = Mixer::default();
        let planes = [left.clone(), right];
        assert!(power(&mixed(&mut mixer, STEREO, &planes)) > 0.95 * power(&left));
        assert!(power(&mixed(&mut mixer, STEREO, &planes)) > 0.99 * power(&left), "and goes on so");
        // And back, once it is no longer so.
        let planes = [left.clone(), left.clone()];
        (0..2).for_each(|_| drop(mixed(&mut mixer, STEREO, &planes)));
        assert_eq!(mixer.alone, None);
        assert_eq!(mixed(&mut mixer, STEREO, &planes), left);
    }

    #[test]
    fn a_surround_channel_that_mirrors_a_front_one_cancels_nothing() {
        let six = Position::from_count(6).unwrap();
        let (music, none) = (noise(1), vec![0.0; RATE as usize]);
        let mirrored = scaled(&music, -std::f32::consts::SQRT_2);
        let planes = [music.clone(), none.clone(), none.clone(), none.clone(), mirrored, none];
        let mono = mixed(&mut Mixer::default(), six, &planes);
        assert!(power(&mono) > 0.95 * power(&music));
    }

    #[test]
    fn what_is_no_sound_is_silent_and_spoils_nothing_after_it() {
        let (left, right) = (noise(1), noise(2));
        let mut broken = left.clone();
        (broken[3], broken[5], broken[7], broken[9]) = (f32::NAN, f32::INFINITY, 1e38, -1e6);
        let mut mixer = Mixer::default();
        for planes in [vec![broken.clone(), right.clone()], vec![broken.clone()]] {
            let positions = if planes.len() == 2 { STEREO } else { Position::FRONT_LEFT };
            let (mut mono, buffer) = (Vec::new(), block(positions, &planes));
            let unsound = mixer.mix(&buffer.as_generic_audio_buffer_ref(), &mut mono);
            assert_eq!((unsound.no_numbers, unsound.too_large), (2, 2));
            assert!((0.2..0.5).contains(&unsound.power), "that of the rest: {unsound:?}");
            assert!(mono.iter().all(|sample| sample.abs() <= 1.0) && mono[3] == 0.0 && mono[9] == 0.0);
        }
        let mono = mixed(&mut mixer, STEREO, &[left.clone(), left.clone()]);
        assert_eq!(mono, left);
    }

    #[test]
    fn surround_is_mixed_as_bs_775_says() {
        let six = Position::from_count(6).unwrap();
        for (channel, expected) in
            [0.5, 0.5, 0.5_f32.sqrt(), 0.0, 0.125_f32.sqrt(), 0.125_f32.sqrt()].into_iter().enumerate()
        {
            assert!((weights(&six.into())[channel] - expected).abs() < 1e-4, "{channel}");
        }
        assert_eq!(weights(&Channels::Discrete(5)), [0.2; 5]);
        assert_eq!(weights(&Position::FRONT_LEFT.into()), [1.0]);
        assert_eq!(weights(&Position::LFE1.into()), [1.0]);
    }
}
