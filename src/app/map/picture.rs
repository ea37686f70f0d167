//! The map as a PNG: its dots, without names, on white.

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::colours::{Rgb, UNLISTED, colour};
use super::drawn::{DrawnMap, GRID};
use super::output::MARK;

/// Pixels to each side, and of those the margin.
const SIZE: usize = 1200;
const MARGIN: f32 = 24.0;
/// Of many songs the dots are smaller, down to about a pixel: radius of one dot, and of a hundred thousand.
const RADIUS: (f32, f32) = (9.0, 1.2);
/// How much of a dot lets through what lies below it.
const OPACITY: f32 = 0.8;

/// The bytes of the picture.
pub(super) fn picture(map: &DrawnMap) -> Vec<u8> {
    let mut pixels = vec![[255_u8; 3]; SIZE * SIZE];
    let songs = map.songs.len().max(1) as f32;
    let radius = (RADIUS.0 - (RADIUS.0 - RADIUS.1) * songs.log10() / 5.0).max(RADIUS.1);
    for (position, list) in map.positions.iter().zip(&map.lists) {
        let colour = list.checked_sub(1).map_or(UNLISTED, |place| colour(place.into()));
        let scale = (SIZE as f32 - 2.0 * MARGIN) / GRID;
        let x = MARGIN + f32::from(position[0]) * scale;
        // Rows of pixels go down.
        dot(&mut pixels, [x, SIZE as f32 - MARGIN - f32::from(position[1]) * scale], radius, colour);
    }
    png(&pixels)
}

/// Draws a disc whose edge is blurred over a pixel.
fn dot(pixels: &mut [Rgb], [x, y]: [f32; 2], radius: f32, colour: Rgb) {
    let range = |at: f32| {
        let last = (SIZE - 1) as f32;
        (at - radius - 1.0).clamp(0.0, last) as usize..=(at + radius + 1.0).clamp(0.0, last) as usize
    };
    for row in range(y) {
        for column in range(x) {
            let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            let cover = OPACITY * (radius + 0.5 - distance).clamp(0.0, 1.0);
            let pixel = &mut pixels[row * SIZE + column];
            for (value, of_dot) in pixel.iter_mut().zip(colour) {
                *value = (f32::from(*value) * (1.0 - cover) + f32::from(of_dot) * cover).round() as u8;
            }
        }
    }
}

/// PNG (ISO 15948): a head, a word by which it is known as ours, the rows, each without a filter, and an end.
fn png(pixels: &[Rgb]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = (SIZE as u32).to_be_bytes();
    // Eight bits each of red, green and blue.
    chunk(&mut bytes, b"IHDR", &[&size[..], &size, &[8, 2, 0, 0, 0]].concat());
    chunk(&mut bytes, b"tEXt", format!("Software\0{MARK}").as_bytes());
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let rows = pixels.chunks(SIZE).flat_map(|row| [&[0], row.as_flattened()].concat()).collect::<Vec<_>>();
    let compressed = encoder.write_all(&rows).and_then(|()| encoder.finish());
    chunk(&mut bytes, b"IDAT", &compressed.expect("memory takes all that is written"));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    bytes.extend((data.len() as u32).to_be_bytes());
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    bytes.extend(kind.iter().chain(data).copied().chain(sum.sum().to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_dot_is_where_it_belongs_and_the_rest_is_white() {
        let mut pixels = vec![[255; 3]; SIZE * SIZE];
        dot(&mut pixels, [100.5, 50.5], 3.0, [0, 0, 0]);
        dot(&mut pixels, [0.0, SIZE as f32], 3.0, [0, 0, 0]);
        assert_eq!(pixels[50 * SIZE + 100], [51; 3]);
        assert_eq!(pixels[50 * SIZE + 105], [255; 3]);
        assert_ne!(pixels[(SIZE - 1) * SIZE], [255; 3]);

        let bytes = png(&pixels);
        assert_eq!(&bytes[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        // crc32 of "IEND"
        assert!(bytes.ends_with(b"IEND\xae\x42\x60\x82"));
        let begin = bytes.windows(4).position(|window| window == b"IDAT").unwrap() + 4;
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&bytes[begin..]).read_to_end(&mut rows).unwrap();
        assert_eq!(rows.len(), SIZE * (1 + 3 * SIZE));
        assert_eq!(rows[50 * (1 + 3 * SIZE) + 1 + 300], 51);
    }
}
