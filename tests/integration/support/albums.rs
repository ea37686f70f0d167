//! Albums that are one file.

use super::recordings::{tone, wav};

/// Samples of a tone without the header of its file.
pub(crate) fn samples(seed: u64, seconds: f32) -> Vec<i16> {
    tone(seed, seconds)[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Three songs of two seconds each.
pub(crate) fn album(seed: u64) -> Vec<u8> {
    wav(&(seed..seed + 3).flat_map(|seed| samples(seed, 2.0)).collect::<Vec<_>>())
}

/// Its cue sheet: artist "A", and titles "one", "two" …, from these seconds on.
pub(crate) fn sheet(file: &str, starts: &[u32]) -> String {
    let titles = ["one", "two", "three", "four"];
    let track = |(n, second): (usize, &u32)| {
        format!("  TRACK {:02} AUDIO\n    TITLE \"{}\"\n    INDEX 01 00:{second:02}:00\n", n + 1, titles[n])
    };
    let tracks: String = starts.iter().enumerate().map(track).collect();
    format!("PERFORMER \"A\"\nTITLE \"Album\"\nFILE \"{file}\" WAVE\n{tracks}")
}
