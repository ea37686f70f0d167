//! A checkpoint of CNN14 in full size with seeded weights, in the legacy format of `torch.save`: what the published file
//! costs, without its meaning.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const WIDTHS: [usize; 6] = [64, 128, 256, 512, 1024, 2048];
const CLASSES: usize = 527;

struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// Uniform around it, up to `spread` away.
    mean: f32,
    spread: f32,
}

/// Writes it to `path`: 320 MB.
pub(crate) fn write(path: &Path) -> io::Result<()> {
    let tensors = tensors();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    // The magic number, the protocol's number 1001, and that bytes are in little-endian order.
    file.write_all(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}(")?;
    text(&mut file, "little_endian")?;
    file.write_all(b"\x88u.")?;
    file.write_all(b"\x80\x02}(")?;
    text(&mut file, "iteration")?;
    file.write_all(b"J\xc0\x27\x09\x00")?;
    text(&mut file, "model")?;
    file.write_all(b"ccollections\nOrderedDict\n)R(")?;
    for (key, tensor) in tensors.iter().enumerate() {
        text(&mut file, &tensor.name)?;
        file.write_all(b"ctorch._utils\n_rebuild_tensor_v2\n((")?;
        text(&mut file, "storage")?;
        file.write_all(b"ctorch\nFloatStorage\n")?;
        text(&mut file, &key.to_string())?;
        text(&mut file, "cuda:0")?;
        integer(&mut file, tensor.count())?;
        file.write_all(b"NtQK\x00")?;
        tuple(&mut file, &tensor.shape)?;
        let stride = |axis: usize| tensor.shape[axis + 1..].iter().product();
        tuple(&mut file, &(0..tensor.shape.len()).map(stride).collect::<Vec<_>>())?;
        file.write_all(b"\x89ccollections\nOrderedDict\n)RtR")?;
    }
    file.write_all(b"uu.\x80\x02](")?;
    for key in 0..tensors.len() {
        text(&mut file, &key.to_string())?;
    }
    file.write_all(b"e.")?;
    let mut seed = 431_u32;
    for tensor in &tensors {
        file.write_all(&(tensor.count() as u64).to_le_bytes())?;
        for _ in 0..tensor.count() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let unit = (seed >> 8) as f32 / (1 << 23) as f32 - 1.0;
            file.write_all(&(tensor.mean + tensor.spread * unit).to_le_bytes())?;
        }
    }
    file.flush()
}

/// Every tensor that a reader needs; weights spread as He et al. (2015) do, so that no activation vanishes.
fn tensors() -> Vec<Tensor> {
    let mut tensors = norm("bn0", 64, -30.0, 400.0);
    let mut from = 1;
    for (block, to) in (1..).zip(WIDTHS) {
        for (conv, from) in [(1, from), (2, to)] {
            let name = format!("conv_block{block}.conv{conv}.weight");
            tensors.push(weight(name, &[to, from, 3, 3], from * 9));
        }
        for bn in [1, 2] {
            tensors.extend(norm(&format!("conv_block{block}.bn{bn}"), to, 0.0, 1.0));
        }
        from = to;
    }
    for (name, classes) in [("fc1", from), ("fc_audioset", CLASSES)] {
        tensors.push(weight(format!("{name}.weight"), &[classes, from], from));
        tensors.push(flat(format!("{name}.bias"), classes, 0.0, 0.05));
    }
    tensors
}

fn weight(name: String, shape: &[usize], inputs: usize) -> Tensor {
    Tensor { name, shape: shape.to_vec(), mean: 0.0, spread: (6.0 / inputs as f32).sqrt() }
}

fn flat(name: String, length: usize, mean: f32, spread: f32) -> Tensor {
    Tensor { name, shape: vec![length], mean, spread }
}

fn norm(name: &str, length: usize, mean: f32, variance: f32) -> Vec<Tensor> {
    vec![
        flat(format!("{name}.weight"), length, 1.0, 0.3),
        flat(format!("{name}.bias"), length, 0.0, 0.3),
        flat(format!("{name}.running_mean"), length, mean, 0.3),
        flat(format!("{name}.running_var"), length, variance, 0.3 * variance),
    ]
}

impl Tensor {
    fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

fn text(file: &mut impl Write, text: &str) -> io::Result<()> {
    file.write_all(b"X")?;
    file.write_all(&(text.len() as u32).to_le_bytes())?;
    file.write_all(text.as_bytes())
}

fn integer(file: &mut impl Write, number: usize) -> io::Result<()> {
    file.write_all(b"J")?;
    file.write_all(&(number as u32).to_le_bytes())
}

fn tuple(file: &mut impl Write, numbers: &[usize]) -> io::Result<()> {
    file.write_all(b"(")?;
    numbers.iter().try_for_each(|number| integer(file, *number))?;
    file.write_all(b"t")
}
