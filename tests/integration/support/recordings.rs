//! Recordings made on the spot: small, and each of its own content.

use std::{fs, path::Path};

pub(crate) const RATE: u32 = 22050;

/// Random numbers from a seed (splitmix64): the same on every machine.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// Puts `items` in a random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// A mono WAV file (16 bit, 22 050 Hz) of these samples.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    let length = samples.len() as u32 * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((2 * RATE).to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

/// A tone with some noise; every seed is another recording.
pub(crate) fn tone(seed: u64, seconds: f32) -> Vec<u8> {
    let mut dice = Dice(seed);
    let step = std::f32::consts::TAU * (110.0 + dice.below(2000) as f32) / RATE as f32;
    let sample = |n: usize| {
        let noise = (dice.roll() >> 52) as f32 - 2048.0;
        ((n as f32 * step).sin() * 8000.0 + noise) as i16
    };
    wav(&(0..(RATE as f32 * seconds) as usize).map(sample).collect::<Vec<_>>())
}

/// Files `prefix_N.wav` of a little more than a second, one for each seed.
pub(crate) fn tones(folder: &Path, prefix: &str, seeds: std::ops::Range<u64>) {
    fs::create_dir_all(folder).unwrap();
    for seed in seeds {
        fs::write(folder.join(format!("{prefix}_{seed}.wav")), tone(seed, 1.1)).unwrap();
    }
}

/// An MP3 file without its tag and without the frame in which its encoder says how long it is.
pub(crate) fn undeclared(mp3: &[u8]) -> Vec<u8> {
    let tag = mp3[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    let audio = &mp3[if mp3.starts_with(b"ID3") { 10 + tag } else { 0 }..];
    // MPEG 1 layer III: kbit/s and Hz as the header numbers them.
    let rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    let frequency = [44_100, 48_000, 32_000][usize::from(audio[2] >> 2 & 3)];
    let frame = 144_000 * rates[usize::from(audio[2] >> 4)] / frequency + usize::from(audio[2] >> 1 & 1);
    assert!(audio[..frame].windows(4).any(|name| name == b"Xing" || name == b"Info"), "no such frame");
    audio[frame..].to_vec()
}
