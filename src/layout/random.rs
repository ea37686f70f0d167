//! Random numbers that depend on a key alone, so that rows can be worked on in any order.

/// The generator SplitMix64 of Steele, Lea and Flood (2014).
pub(super) struct RandomStream(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl RandomStream {
    /// The numbers of a row in a step.
    pub(super) fn of(key: u64, step: u64) -> Self {
        Self(key ^ step.wrapping_add(1).wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// From -0.5 to 0.5.
    pub(super) fn centred(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    }
}
