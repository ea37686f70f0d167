//! A home whose songs have genres and artists.

use std::fs;

use super::{
    environment::TestEnv,
    recordings::{Dice, tone, wav},
};

/// A WAV file with an ID3v2.4 tag that names its artist and its genre.
pub(crate) fn tagged(audio: &[u8], artist: &str, genre: &str) -> Vec<u8> {
    with_tag(audio, [(b"TPE1", artist), (b"TCON", genre)])
}

/// The same with artist and title.
pub(crate) fn titled(audio: &[u8], artist: &str, title: &str) -> Vec<u8> {
    with_tag(audio, [(b"TPE1", artist), (b"TIT2", title)])
}

/// The same with artist and date.
pub(crate) fn dated(audio: &[u8], artist: &str, date: &str) -> Vec<u8> {
    with_tag(audio, [(b"TPE1", artist), (b"TDRC", date)])
}

/// The same with any frames.
pub(crate) fn with_tag<const N: usize>(audio: &[u8], frames: [(&[u8; 4], &str); N]) -> Vec<u8> {
    let frame = |(id, text): (&[u8; 4], &str)| {
        let text = [b"\x03", text.as_bytes()].concat();
        [&id[..], &synchsafe(text.len()), b"\0\0", &text].concat()
    };
    let frames = frames.map(frame).concat();
    let tag = [b"ID3\x04\0\0", &synchsafe(frames.len())[..], &frames].concat();
    let mut bytes = [audio, b"id3 ", &(tag.len() as u32).to_le_bytes(), &tag].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    let size = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// Seven bits a byte.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 127)
}

/// Noise: far from every tone.
pub(crate) fn noise(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    wav(&(0..26_000).map(|_| (dice.roll() >> 49) as i16 - 16_384).collect::<Vec<_>>())
}

/// A home with five tones of one genre and five noises of another.
pub(crate) fn home(tones: &str, noises: &str) -> TestEnv {
    let env = TestEnv::new();
    for seed in 0..5 {
        let artist = ["Ann", "Bob"][seed as usize % 2];
        fs::write(env.path(format!("music/tone_{seed}.wav")), tagged(&tone(seed, 1.2), artist, tones))
            .unwrap();
        fs::write(env.path(format!("music/noise_{seed}.wav")), tagged(&noise(seed), artist, noises)).unwrap();
    }
    env.json("scan music");
    env
}
