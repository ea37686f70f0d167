//! Damage inside of files: it is counted, told with its place, and costs no more than itself.

use std::fs;
use std::path::Path;

use indexer::testing::{DecodedFile, Refused, decode, identify};

fn clip(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips").join(name)).expect(name)
}

/// Identifies and decodes a file of this name. Its samples are numbers, whatever it is.
fn heard(name: &str, bytes: &[u8]) -> Result<DecodedFile, Refused> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    identify(&path)?;
    decode(&path, &mut |samples| assert!(samples.iter().all(|sample| sample.abs() < 1e6), "{name}"))
}

/// What is missing of a file; nothing, if it is whole.
fn missing(name: &str, bytes: &[u8]) -> String {
    let heard = heard(name, bytes).unwrap_or_else(|refused| panic!("{name}: {refused}"));
    heard.partial.unwrap_or_default()
}

/// Seconds that are damaged, and where that begins: "1.2 s of 5.0 s are damaged, from 2.5 s".
fn told(missing: &str) -> (f64, f64) {
    let words: Vec<_> = missing.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(missing.contains(" are damaged, from ") && words.len() == 3, "{missing:?}");
    (words[0], words[2])
}

/// The length of a frame of raw AAC (ISO/IEC 13818-7, 6.2).
fn frame_length(frame: &[u8]) -> usize {
    usize::from(frame[3] & 3) << 11 | usize::from(frame[4]) << 3 | usize::from(frame[5]) >> 5
}

/// The frames of one rate that a clip begins with.
fn aac() -> Vec<u8> {
    let mut bytes = clip("odd/rates.aac");
    let mut end = 0;
    while bytes[end + 2] == bytes[2] {
        end += frame_length(&bytes[end..]);
    }
    bytes.truncate(end);
    bytes
}

/// With zeros in place of so many bytes in the middle.
fn with_hole(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle..middle + length].fill(0);
    bytes
}

#[test]
fn a_hole_in_the_middle_is_told_with_its_length_and_place() {
    for (name, length, least, most) in [
        ("acoustic_01.mp3", 5000, 0.2, 1.2),
        ("acoustic_02.flac", 5000, 0.09, 0.8),
        ("acoustic_03.ogg", 5000, 0.4, 1.6),
        ("song.aac", 2000, 0.1, 1.0),
    ] {
        let whole = if name == "song.aac" { aac() } else { clip(name) };
        let seconds = heard("song", &whole).expect(name).seconds;
        assert_eq!(missing("song", &whole), "", "{name}");
        let missing = missing("song", &with_hole(whole, length));
        let (lost, from) = told(&missing);
        assert!((least..most).contains(&lost), "{name}: {missing}");
        assert!((from - seconds / 2.0).abs() < 0.2 * seconds, "{name}: {missing}, of {seconds} s");
    }
}

#[test]
fn one_bit_in_a_frame_of_flac_costs_that_frame() {
    let mut bytes = clip("acoustic_02.flac");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let (lost, _) = told(&missing("song.flac", &bytes));
    assert!((0.05..0.3).contains(&lost), "{lost}");
}

#[test]
fn flac_that_is_not_what_was_encoded_is_told_by_its_checksum() {
    let mut bytes = clip("acoustic_02.flac");
    // The last 16 bytes of the block STREAMINFO, which comes first (RFC 9639, 8.2).
    bytes[26] ^= 1;
    assert_eq!(missing("song.flac", &bytes), "the decoded sound does not match its checksum");
    bytes[26..42].fill(0);
    assert_eq!(missing("song.flac", &bytes), "", "zeros stand for no checksum");
}

/// Silent frames of MPEG-1 layer III with 128 kbit/s and checksums (ISO/IEC 11172-3, 2.4.3.1).
fn protected(frames: usize, is_wrong: impl Fn(usize) -> bool) -> Vec<u8> {
    let head = [0xff, 0xfa, 0x90, 0x44];
    let mut crc = 0xffff_u16;
    for byte in [&head[2..], &[0; 32]].concat() {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 };
        }
    }
    let frame = |index| {
        let crc = if is_wrong(index) { !crc } else { crc };
        [&head[..], &crc.to_be_bytes(), &[0; 411]].concat()
    };
    (0..frames).flat_map(frame).collect()
}

#[test]
fn wrong_checksums_of_mp3_are_damage_unless_the_encoder_cannot_make_them() {
    assert_eq!(missing("song.mp3", &protected(1000, |_| false)), "");
    let (lost, from) = told(&missing("song.mp3", &protected(1000, |frame| (500..520).contains(&frame))));
    assert_eq!((lost, from), (0.5, 13.1));
    assert_eq!(missing("song.mp3", &protected(1000, |frame| frame % 10 != 0)), "");
}

#[test]
fn a_download_that_stopped_lacks_what_its_size_stands_for() {
    let mut bytes = protected(2000, |_| false);
    bytes.resize(3 * bytes.len(), 0);
    let (lost, from) = told(&missing("song.mp3", &bytes));
    assert!((lost - 104.5).abs() < 0.2 && (from - 52.2).abs() < 0.2, "{lost} {from}");
}

#[test]
fn junk_between_frames_of_aac_does_not_end_it() {
    let whole = aac();
    let seconds = heard("song.aac", &whole).expect("it is whole").seconds;
    // Before the tenth frame; each pair looks like the start of a frame.
    let mut at = 0;
    for _ in 0..10 {
        at += frame_length(&whole[at..]);
    }
    let bytes = [&whole[..at], &[0xff, 0xf1, 0xff].repeat(200), &whole[at..]].concat();
    let heard = heard("song.aac", &bytes).expect("it is kept");
    assert!(heard.seconds > 0.9 * seconds, "{heard:?}, of {seconds} s");
    told(&heard.partial.expect("it is partial"));
}

/// A page of Ogg begins with its mark, its flags are the sixth byte, and it ends with the segments whose lengths it lists.
fn pages(ogg: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut pages) = (ogg, Vec::new());
    while !rest.is_empty() {
        let segments = usize::from(rest[26]);
        let length =
            27 + segments + rest[27..27 + segments].iter().map(|length| usize::from(*length)).sum::<usize>();
        let (page, after) = rest.split_at(length);
        pages.push(page);
        rest = after;
    }
    pages
}

#[test]
fn a_short_ogg_file_survives_one_page_wherever_it_is() {
    let whole = clip("ambient_03.ogg");
    let pages = pages(&whole);
    let last = pages.len() - 1;
    let seconds = heard("song.ogg", &whole).expect("it is whole").seconds;
    for lost in 2..=last {
        let mut damaged: Vec<_> = pages.iter().map(|page| page.to_vec()).collect();
        damaged[lost][200] ^= 1;
        let mut files = vec![damaged.concat()];
        // Without its last page a file looks like one that is not there yet.
        if lost < last {
            files.push([&pages[..lost], &pages[lost + 1..]].concat().concat());
        }
        for bytes in files {
            let heard = heard("song.ogg", &bytes).unwrap_or_else(|refused| panic!("page {lost}: {refused}"));
            assert!(
                heard.seconds > 0.7 * seconds && heard.seconds < 0.95 * seconds,
                "page {lost}: {heard:?}"
            );
            let missing = heard.partial.unwrap_or_else(|| panic!("page {lost} is not missed"));
            // The page of which the loss shows what is missing may be the next one.
            let place = seconds * (lost - 2) as f64 / (last - 1) as f64;
            if lost > 2 && lost < last - 1 {
                let (length, from) = told(&missing);
                assert!((0.5..2.5).contains(&length) && (from - place).abs() < 1.7, "page {lost}: {missing}");
            }
        }
    }
}

/// A waveform of 32-bit floats: mono, 8 000 Hz.
fn floats(samples: &[f32]) -> Vec<u8> {
    let length = 4 * samples.len() as u32;
    let mut bytes = [&b"RIFF"[..], &(36 + length).to_le_bytes(), b"WAVEfmt \x10\0\0\0\x03\0\x01\0"].concat();
    bytes.extend([8000_u32.to_le_bytes(), 32_000_u32.to_le_bytes()].concat());
    bytes.extend([&b"\x04\0\x20\0data"[..], &length.to_le_bytes()].concat());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

/// The same for two other containers: AIFF-C and Core Audio, both big-endian.
fn big_endian(samples: &[f32]) -> [(&'static str, Vec<u8>); 2] {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let chunk = |name: &[u8], content: &[u8]| [name, &(content.len() as u32).to_be_bytes(), content].concat();
    let common = [
        &1_u16.to_be_bytes()[..],
        &(samples.len() as u32).to_be_bytes(),
        &32_u16.to_be_bytes(),
        b"\x40\x0b\xfa\0\0\0\0\0\0\0fl32\x04fl32\0",
    ];
    let sound = [&[0; 8][..], &data].concat();
    let version = chunk(b"FVER", b"\xa2\x80\x51\x40");
    let content =
        [&b"AIFC"[..], &version, &chunk(b"COMM", &common.concat()), &chunk(b"SSND", &sound)].concat();
    let aiff = chunk(b"FORM", &content);
    let long = |name: &[u8], content: &[u8]| [name, &(content.len() as u64).to_be_bytes(), content].concat();
    let numbers = [1_u32, 4, 1, 1, 32].map(u32::to_be_bytes);
    let desc = [&8000_f64.to_be_bytes()[..], b"lpcm", numbers.as_flattened()].concat();
    let sound = [&[0; 4][..], &data].concat();
    let caf = [&b"caff\0\x01\0\0"[..], &long(b"desc", &desc), &long(b"data", &sound)].concat();
    [("song.aiff", aiff), ("song.caf", caf)]
}

#[test]
fn samples_that_are_no_numbers_are_no_audio_and_a_few_of_them_are_damage() {
    let good: Vec<f32> = (0..80_000).map(|i| (i as f32 * 0.1).sin() / 2.0).collect();
    let files = |samples: &[f32]| {
        let [aiff, caf] = big_endian(samples);
        [("song.wav", floats(samples)), aiff, caf]
    };
    for (name, bytes) in files(&good) {
        assert_eq!(missing(name, &bytes), "");
    }
    for (bad, reason) in [
        (f32::NAN, "its samples are no numbers"),
        (f32::NEG_INFINITY, "its samples are no numbers"),
        (1e38, "its samples are a million times full scale, or more"),
    ] {
        for (name, bytes) in files(&vec![bad; 80_000]) {
            let refused = heard(name, &bytes).expect_err(name);
            assert_eq!(
                (refused.kind, refused.reason.as_str(), refused.is_final),
                ("not audio", reason, true)
            );
        }
        let mut few = good.clone();
        few[40_000..44_000].fill(bad);
        for (name, bytes) in files(&few) {
            let (lost, from) = told(&missing(name, &bytes));
            assert!(lost == 0.5 && (4.7..=5.0).contains(&from), "{name} {bad}: {from}");
        }
    }
}

/// Numbers that look like noise (splitmix64).
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    let words = (0..length.div_ceil(8)).flat_map(|_| next().to_le_bytes());
    words.take(length).collect()
}

#[test]
fn random_bytes_are_no_audio_whatever_their_name() {
    const NAMES: [&str; 14] = [
        "r.mp3", "r.mp2", "r.mp1", "r.aac", "r.flac", "r.ogg", "r.wav", "r.m4a", "r.opus", "r.aiff", "r.caf",
        "r.mka", "r.wv", "r",
    ];
    let refuse = |seed, length, names: &[&str]| {
        let bytes = noise(seed, length);
        for name in names {
            let refused = heard(name, &bytes).expect_err(name);
            assert_ne!(refused.kind, "unreadable", "{name}, {seed}: {refused}");
        }
    };
    (0..300).for_each(|seed| refuse(seed, 1 << 10, &NAMES[..4]));
    (0..20).for_each(|seed| refuse(1000 + seed, 1 << 16, &NAMES));
    (0..2).for_each(|seed| refuse(2000 + seed, 1 << 20, &NAMES[..4]));
    refuse(3000, 10 << 20, &["r.mp3"]);
}

#[test]
fn one_frame_by_chance_makes_no_track() {
    // A frame of raw AAC with 600 bytes, in 1 000.
    let mut bytes = noise(1, 1000);
    bytes.iter_mut().for_each(|byte| *byte &= 0x7f);
    bytes[400..407].copy_from_slice(&[0xff, 0xf1, 0x50, 0x80, 0x4b, 0x1f, 0xfc]);
    assert_eq!(heard("r.aac", &bytes).expect_err("noise").kind, "not audio");
}

#[test]
fn a_core_audio_file_that_lies_about_its_chunks_is_at_fault_itself() {
    let [_, (_, whole)] = big_endian(&[0.25; 80_000]);
    for size in [i64::MAX, i64::MAX - 200, i64::MIN, -2, 1 << 62, 1 << 40] {
        // A chunk between the description, which ends at 52, and the samples; and the samples' own length.
        let chunk = [&b"free"[..], &size.to_be_bytes()].concat();
        let before = [&whole[..52], &chunk, &whole[52..]].concat();
        let mut own = whole.clone();
        own[56..64].copy_from_slice(&size.to_be_bytes());
        for bytes in [before, own] {
            if let Err(refused) = heard("song.caf", &bytes) {
                assert!(refused.is_final && refused.kind != "unreadable", "{size}: {refused}");
            }
        }
    }
}

#[test]
fn nothing_that_could_be_decoded_says_why() {
    // Frames that are not those of the encoder.
    let mut bytes = clip("acoustic_04.m4a");
    let data = bytes.windows(4).position(|name| name == b"mdat").expect("samples") + 4;
    let end = bytes.windows(4).position(|name| name == b"moov").expect("a table") - 4;
    if data < end {
        bytes[data..end].fill(0xff);
    } else {
        bytes[data..].fill(0xff);
    }
    let refused = heard("song.m4a", &bytes).expect_err("nothing is left");
    assert_eq!(refused.reason, "nothing could be decoded: its packets hold no samples");
    let refused = heard("song.wav", &floats(&[])).expect_err("nothing is there");
    assert_eq!(refused.reason, "nothing could be decoded: it has no packets");
}

/// Pages of an Ogg stream (RFC 3533), each with packets of fewer than 255 bytes, and the time at its end.
fn ogg(pages: impl Iterator<Item = (Vec<Vec<u8>>, u64)>) -> Vec<u8> {
    let (mut bytes, mut pages) = (Vec::new(), pages.enumerate().peekable());
    while let Some((index, (packets, time))) = pages.next() {
        let flags = if index == 0 { 2 } else { u8::from(pages.peek().is_none()) * 4 };
        let lengths: Vec<u8> = packets.iter().map(|packet| packet.len() as u8).collect();
        let head =
            [b"OggS\0", &[flags][..], &time.to_le_bytes(), b"song", &(index as u32).to_le_bytes(), &[0; 4]];
        let mut page = [&head.concat()[..], &[lengths.len() as u8], &lengths, &packets.concat()].concat();
        let crc = page.iter().fold(0_u32, |crc, byte| {
            let shift = |crc: u32, _| if crc >> 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04c1_1db7 };
            (0..8).fold(crc ^ u32::from(*byte) << 24, shift)
        });
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        bytes.extend(page);
    }
    bytes
}

/// Opus in Ogg (RFC 7845) of which each packet is the same.
fn opus(packet: &[u8], samples: u64, pages: u64) -> Vec<u8> {
    let head = [&b"OpusHead\x01\x02\0\0"[..], &48_000_u32.to_le_bytes(), &[0; 3]].concat();
    let headers = [(vec![head], 0), (vec![b"OpusTags\0\0\0\0\0\0\0\0".to_vec()], 0)];
    ogg(headers.into_iter().chain((1..=pages).map(|page| (vec![packet.to_vec(); 255], page * 255 * samples))))
}

#[test]
fn files_that_stand_for_days_of_nothing_end_soon() {
    // Two frames of 60 ms without a byte, as an encoder sends them while nobody speaks (RFC 6716, 3.2).
    let silent = opus(&[0x19], 5760, 4000);
    let empty = opus(&[], 960, 4000);
    // Times that nobody lives to hear.
    let late = ogg(pages(&silent).iter().take(20).enumerate().map(|(index, page)| {
        let segments = usize::from(page[26]);
        let (lengths, body) = page[27..].split_at(segments);
        let mut rest = body;
        let packets = lengths.iter().map(|length| {
            let (packet, after) = rest.split_at(usize::from(*length));
            rest = after;
            packet.to_vec()
        });
        (packets.collect(), if index < 2 { 0 } else { 1 << (index + 20) })
    }));
    let mut table = clip("acoustic_04.m4a");
    let sizes = table.windows(4).position(|name| name == b"stsz").expect("sizes") + 4;
    let count = u32::from_be_bytes(table[sizes + 8..sizes + 12].try_into().expect("four bytes")) as usize;
    table[sizes + 12..sizes + 12 + 4 * count].fill(0);
    for (name, bytes, kind) in [
        ("silent.opus", &silent, "not audio"),
        ("empty.opus", &empty, "not audio"),
        ("late.opus", &late, "truncated"),
        ("table.m4a", &table, "no samples"),
    ] {
        let begin = std::time::Instant::now();
        let refused = heard(name, bytes).expect_err(name);
        assert_eq!((refused.kind, refused.is_final), (kind, true), "{name}: {refused}");
        assert!(begin.elapsed().as_secs() < 60, "{name}: {:?}", begin.elapsed());
    }
}

#[test]
fn a_matroska_file_that_breaks_off_is_compared_with_the_length_that_it_declares() {
    let whole = clip("odd/plain.webm");
    assert_eq!(missing("song.webm", &whole), "");
    let missing = missing("song.webm", &whole[..whole.len() * 7 / 10]);
    assert!(missing.starts_with("ends after 1.") && missing.contains(" s of 2.0 s"), "{missing}");
    let refused = heard("song.webm", &whole[..whole.len() * 4 / 10]).expect_err("less than half is left");
    assert_eq!(refused.kind, "truncated", "{refused}");
}
