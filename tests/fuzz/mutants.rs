//! Mutants of seeds: bits flipped, bytes that matter to parsers, parts cut out, doubled, and put together of two seeds.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// Values at which lengths and counts turn over.
const TURNS: &[&[u8]] = &[
    &[0],
    &[0x7F],
    &[0x80],
    &[0xFF],
    &[0xFF, 0xFF, 0xFF, 0x7F],
    &[0xFF; 8],
    &[0; 8],
    b"\r\n",
    b"\"",
    b"=",
    b"99:99:99",
];

/// Makes mutants, the same ones each time.
pub(crate) struct Mutator<'a> {
    dice: Xoshiro256Plus,
    seeds: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(name: &str, seeds: &'a [Vec<u8>]) -> Self {
        let seed = name.bytes().fold(15, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
        Self { dice: Xoshiro256Plus::seed_from_u64(seed), seeds }
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.dice.next_u64() >> 8) as usize % limit.max(1)
    }

    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seeds[self.below(self.seeds.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        // Heads are read most closely.
        let reach = if self.below(2) == 0 { bytes.len().min(512) } else { bytes.len() };
        let at = self.below(reach + 1);
        let length = (self.below(64) + 1).min(bytes.len() - at);
        match self.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 => {
                let turn = TURNS[self.below(TURNS.len())];
                let end = (at + turn.len()).min(bytes.len());
                bytes.splice(at..end, turn.iter().copied());
            }
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let part = bytes[at..at + length].to_vec();
                let times = self.below(8) + 1;
                bytes.splice(at..at, part.repeat(times));
            }
            4 => bytes.truncate(at),
            5 => {
                let other = &self.seeds[self.below(self.seeds.len())].clone();
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let random = (0..length).map(|_| self.dice.next_u64() as u8).collect::<Vec<_>>();
                bytes.splice(at..at + length, random);
            }
        }
    }
}
