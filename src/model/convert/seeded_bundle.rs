//! Tables and tensor bundles for tests, with seeded weights, as TensorFlow writes them.

use std::io::{Cursor, Write};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use zip::CompressionMethod::Deflated;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{musicnn, protobuf::EncodedMessage, sorted_table::masked_crc32c};

pub(crate) type Entry = (Vec<u8>, Vec<u8>);

/// A tensor of a bundle: its name, shape and values.
pub(crate) type SeededTensor = (String, Vec<usize>, Vec<f32>);

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Entries, each with only the end of its key that differs from the one before it, then one restart.
fn block(entries: &[Entry]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), &[][..]);
    for (key, value) in entries {
        let shared = key.iter().zip(before).take_while(|(a, b)| a == b).count();
        for length in [shared, key.len() - shared, value.len()] {
            bytes.extend(varint(length));
        }
        bytes.extend([&key[shared..], value].concat());
        before = key;
    }
    bytes.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    bytes
}

/// A table of sorted entries, ten a block. `damage` gets each block, and last their index, before its checksum is made.
pub(crate) fn table(entries: &[Entry], damage: &mut dyn FnMut(&mut Vec<u8>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut seal = |mut contents: Vec<u8>| {
        damage(&mut contents);
        let handle = [varint(file.len()), varint(contents.len())].concat();
        contents.push(0);
        file.extend_from_slice(&contents);
        file.extend(masked_crc32c(&contents).to_le_bytes());
        handle
    };
    let blocks = entries.chunks(10);
    let index: Vec<Entry> =
        blocks.map(|entries| (entries[entries.len() - 1].0.clone(), seal(block(entries)))).collect();
    let mut footer = [seal(block(&[])), seal(block(&index))].concat();
    footer.resize(40, 0);
    footer.extend(0xdb47_7524_8b80_fb57_u64.to_le_bytes());
    file.extend(footer);
    file
}

/// The entries of a bundle's table, and its file of numbers.
pub(crate) fn bundle(tensors: &[SeededTensor]) -> (Vec<Entry>, Vec<u8>) {
    let header = EncodedMessage::default().number(1, 1).message(3, &EncodedMessage::default().number(1, 1));
    let (mut entries, mut data) = (vec![(Vec::new(), header.0)], Vec::new());
    for (name, shape, values) in tensors {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let sizes: Vec<_> =
            shape.iter().map(|&size| EncodedMessage::default().number(1, size as u64)).collect();
        let shape = EncodedMessage::default().messages(2, &sizes);
        let entry = EncodedMessage::default().number(1, 1).message(2, &shape);
        let mut entry = entry.number(4, data.len() as u64).number(5, bytes.len() as u64).0;
        // The checksum has 32 bits.
        entry.push(6 << 3 | 5);
        entry.extend(masked_crc32c(&bytes).to_le_bytes());
        entries.push((name.clone().into_bytes(), entry));
        data.extend(bytes);
    }
    entries.sort();
    (entries, data)
}

/// musicnn's tensors, and some of those that only its training needed.
pub(crate) fn musicnn() -> Vec<SeededTensor> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(13);
    let mut layout = musicnn::layout();
    let kernel = layout.iter().find(|(name, _)| name == "conv2d_7/kernel").unwrap().1.clone();
    layout.extend(["Adam", "Adam_1"].map(|slot| (format!("conv2d_7/kernel/{slot}"), kernel.clone())));
    layout.extend(["beta1_power", "beta2_power"].map(|name| (name.to_owned(), Vec::new())));
    let mut value = |name: &str, fan: usize| {
        let number = f64::from(random.next_u32()) / f64::from(u32::MAX);
        // Variances are positive.
        if name.ends_with("variance") {
            0.5 + number as f32
        } else {
            ((number - 0.5) * 2.0 / (fan as f64).sqrt()) as f32
        }
    };
    let tensor = |(name, shape): (String, Vec<usize>)| {
        let count = shape.iter().product();
        let fan = shape.iter().rev().skip(1).product();
        let values = (0..count).map(|_| value(&name, fan)).collect();
        (name, shape, values)
    };
    layout.into_iter().map(tensor).collect()
}

/// A wheel that has these tensors as musicnn's checkpoint.
pub(crate) fn wheel(tensors: &[SeededTensor]) -> Vec<u8> {
    let (entries, data) = bundle(tensors);
    archive(&[
        ("musicnn/MSD_musicnn/.index", &table(&entries, &mut |_| {})),
        ("musicnn/MSD_musicnn/.data-00000-of-00001", &data),
        ("musicnn-0.1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\n"),
    ])
}

/// A compressed archive of these files.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(Deflated);
        writer.start_file(*name, options.compression_level(Some(1))).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
