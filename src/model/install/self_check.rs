//! Whether an installed network gives the values that its authors' own program gives (tests/golden/musicnn has the script):
//! two windows of a song, and what was computed from them.

use super::{first_run::Run, installed::Installed};
use crate::audio::Tensor;
use crate::model::spec::ModelSpec;

/// Windows, frames and bands of the input.
const SHAPE: [usize; 3] = [2, 187, 96];
static INPUT: &[u8] = include_bytes!("../../../models/musicnn.input.npy");
static EMBEDDING: &[u8] = include_bytes!("../../../models/musicnn.embedding.npy");
static SCORES: &[u8] = include_bytes!("../../../models/musicnn.scores.npy");
/// How far a value may be off. The embedding's lie between -1.2 and 1.6, scores between 0 and 1.
const TOLERANCE: f32 = 1e-4;

/// Has musicnn's windows computed; the error says what differs.
pub(super) fn self_check(model: &Installed, run: &mut Run) -> Result<(), String> {
    // The network is what it is, whatever its description takes of it.
    let mut spec = ModelSpec::built_in("musicnn").ok_or("it is not built in")?;
    spec.weights.blake3.clone_from(&model.spec.weights.blake3);
    let model = Installed { spec, onnx: model.onnx.clone() };
    let [windows, frames, bands] = SHAPE;
    let [input, embedding, scores] = [INPUT, EMBEDDING, SCORES].map(numbers);
    for window in 0..windows {
        let values = part(&input, window).to_vec();
        let input = Tensor { shape: vec![1, 1, frames, bands], values };
        let found = run(&model, &input)?;
        for (what, found, wanted) in
            [("its embedding", &found.embedding, &embedding), ("its scores", &found.scores, &scores)]
        {
            let wanted = part(wanted, window);
            let off = found.iter().zip(wanted).map(|(found, wanted)| (found - wanted).abs());
            let off = off.fold(0.0, f32::max);
            let is_whole = found.len() == wanted.len() && found.iter().all(|value| value.is_finite());
            if !is_whole || off > TOLERANCE {
                return Err(format!("{what} is {off} off"));
            }
        }
    }
    Ok(())
}

/// The values of one of the windows.
fn part(values: &[f32], window: usize) -> &[f32] {
    let length = values.len() / SHAPE[0];
    &values[window * length..][..length]
}

/// The numbers of an `.npy` file of 32-bit floats (numpy.org, format version 1); one of ours, so it is not checked.
fn numbers(npy: &[u8]) -> Vec<f32> {
    let header = 10 + usize::from(u16::from_le_bytes([npy[8], npy[9]]));
    npy[header..].as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[cfg(test)]
mod tests;
