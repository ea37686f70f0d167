//! The nearest songs of each song in few bytes: by how far they are behind it on a curve through the map, on which songs that
//! lie together follow each other. The page makes the same curve from the positions.

use crate::layout::Nearest;

/// The bits of both coordinates in turn: the place of a position on Morton's curve.
fn on_curve([x, y]: [u16; 2]) -> u32 {
    let spread = |value: u16| {
        let mut bits = u32::from(value);
        bits = (bits | (bits << 8)) & 0x00ff_00ff;
        bits = (bits | (bits << 4)) & 0x0f0f_0f0f;
        bits = (bits | (bits << 2)) & 0x3333_3333;
        (bits | (bits << 1)) & 0x5555_5555
    };
    spread(x) | (spread(y) << 1)
}

/// The songs in the order of the curve, and of those at one place in their own.
pub(super) fn curve(positions: &[[u16; 2]]) -> Vec<u32> {
    let mut songs: Vec<u32> = (0..positions.len() as u32).collect();
    songs.sort_by_key(|song| on_curve(positions[*song as usize]));
    songs
}

/// Three planes of bytes, the low ones first: for each song in turn how many places each of its nearest is behind it, twice
/// that, and one less if it is before it. There are at most 2^23 songs.
pub(super) fn planes(nearest: &Nearest, positions: &[[u16; 2]]) -> Vec<u8> {
    let mut place_of = vec![0_i64; positions.len()];
    curve(positions).iter().enumerate().for_each(|(place, song)| place_of[*song as usize] = place as i64);
    let steps = (0..nearest.len()).flat_map(|song| {
        let own = place_of[song];
        nearest.of(song).0.iter().map(move |other| (own, *other))
    });
    let steps: Vec<u32> = steps
        .map(|(own, other)| {
            let step = place_of[other as usize] - own;
            ((step << 1) ^ (step >> 63)) as u32
        })
        .collect();
    [0, 8, 16].iter().flat_map(|shift| steps.iter().map(move |step| (step >> shift) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn songs_of_a_quarter_follow_each_other_on_the_curve() {
        let positions = [[0, 0], [65535, 0], [1, 0], [65535, 65535], [0, 65535], [0, 0]];
        assert_eq!(curve(&positions), [0, 5, 2, 1, 4, 3]);
    }

    #[test]
    fn a_step_forward_is_even_and_a_step_back_odd() {
        let positions = [[0, 0], [1, 0], [2, 0]];
        let nearest = Nearest { k: 2, rows: vec![1, 2, 0, 2, 1, 0], distances: vec![1.0; 6] };
        assert_eq!(planes(&nearest, &positions), [&[2, 4, 1, 2, 1, 3][..], &[0; 12]].concat());
    }
}
