//! The data of the page: a head as JSON, then numbers in planes of bytes, then texts, all compressed by zlib.
//!
//! `decode.js` reads it: what changes here changes there.

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use flate2::{Compression, write::ZlibEncoder};
use serde_json::json;

use super::nearest::planes;
use super::paths::LinkBase;
use crate::app::map::colours::{Rgb, UNLISTED, colour};
use crate::app::map::drawn::{DrawnMap, DrawnSong};
use crate::app::map::{input::MapInput, request::MapRequest};

/// So many paths follow one that is written whole.
const RESTART: usize = 64;

pub(super) fn packed(map: &DrawnMap, request: &MapRequest, input: &MapInput, page: &Path) -> Vec<u8> {
    let folder = LinkBase::of(map.songs.iter().map(|song| song.file.as_path()), page);
    let head = head(map, request, input, &folder).to_string();
    let mut bytes = (head.len() as u32).to_le_bytes().to_vec();
    bytes.extend(head.as_bytes());
    for axis in 0..2 {
        planes_of(&mut bytes, map.positions.iter().map(|position| position[axis]));
    }
    planes_of(&mut bytes, map.lists.iter().copied());
    bytes.extend(map.nearest.iter().flat_map(|nearest| planes(nearest, &map.positions)));
    texts(&mut bytes, &map.songs, &folder.path);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).and_then(|()| encoder.finish()).expect("memory takes all that is written")
}

fn head(map: &DrawnMap, request: &MapRequest, input: &MapInput, folder: &LinkBase) -> serde_json::Value {
    let hex = |[r, g, b]: Rgb| format!("#{r:02x}{g:02x}{b:02x}");
    let playlists = map.playlists.iter().enumerate().map(|(place, playlist)| {
        let ([x, y], colour) = (playlist.label, hex(colour(place)));
        json!({"name": playlist.name, "size": playlist.size, "colour": colour, "x": x, "y": y})
    });
    let parts = map.songs.iter().enumerate().filter_map(|(song, drawn)| Some((song, drawn.part?)));
    json!({
        "songs": map.songs.len(),
        "nearest": map.nearest.as_ref().map(|nearest| nearest.k),
        "method": input.space.name,
        "layout": request.layout.name,
        "set": input.set,
        "run": input.run,
        "playlists": playlists.collect::<Vec<_>>(),
        "unlisted": hex(UNLISTED),
        "folder": folder.path.to_string_lossy(),
        "beside": folder.beside,
        "whole": folder.whole,
        "restart": RESTART,
        "parts": parts.map(|(song, (start, end))| json!([song, start, end])).collect::<Vec<_>>(),
    })
}

/// The low bytes of all, then the high ones.
fn planes_of(bytes: &mut Vec<u8>, values: impl Iterator<Item = u16> + Clone) {
    bytes.extend(values.clone().map(|value| value as u8));
    bytes.extend(values.map(|value| (value >> 8) as u8));
}

/// The artists, then for each song how much of its path is that of the song before, the rest of it, the title, and the number
/// of the artist, from 1.
fn texts(bytes: &mut Vec<u8>, songs: &[DrawnSong], folder: &Path) {
    let (mut numbers, mut artists) = (HashMap::new(), Vec::new());
    for song in songs.iter().filter(|song| !song.artist.is_empty()) {
        numbers.entry(song.artist.as_str()).or_insert_with(|| {
            artists.push(song.artist.as_str());
            artists.len()
        });
    }
    number(bytes, artists.len());
    artists.iter().for_each(|artist| text(bytes, artist.as_bytes()));
    let mut before: &[u8] = &[];
    for (place, song) in songs.iter().enumerate() {
        let path = song.file.strip_prefix(folder).unwrap_or(&song.file).as_os_str().as_bytes();
        let same = path.iter().zip(before).take_while(|(a, b)| a == b).count();
        let same = if place % RESTART == 0 { 0 } else { same };
        number(bytes, same);
        text(bytes, &path[same..]);
        text(bytes, song.title.as_bytes());
        number(bytes, numbers.get(song.artist.as_str()).copied().unwrap_or_default());
        before = path;
    }
}

fn text(bytes: &mut Vec<u8>, text: &[u8]) {
    number(bytes, text.len());
    bytes.extend(text);
}

/// Seven bits in each byte, the low ones first; all but the last have the eighth.
fn number(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_takes_what_its_path_and_artist_have_in_common_with_others_from_them() {
        let song = |file: &str, title: &str, artist: &str| DrawnSong {
            title: title.into(),
            artist: artist.into(),
            file: file.into(),
            part: None,
        };
        let songs =
            [song("/m/a/1.mp3", "One", "A"), song("/m/a/2.mp3", "Two", "A"), song("/m/b.mp3", "", "")];
        let mut bytes = Vec::new();
        texts(&mut bytes, &songs, Path::new("/m"));
        let expected: &[u8] = b"\x01\x01A\0\x07a/1.mp3\x03One\x01\x02\x052.mp3\x03Two\x01\0\x05b.mp3\0\0";
        assert_eq!(bytes, expected);
        let mut long = Vec::new();
        number(&mut long, 300);
        assert_eq!(long, [0xac, 0x02]);
    }
}
