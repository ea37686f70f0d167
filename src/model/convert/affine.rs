//! Batch norms at inference.

use std::io;

use super::onnx::Graph;

/// A factor and a summand for each channel: all that a batch norm is at inference.
pub(crate) struct Affine {
    pub scale: Vec<f64>,
    pub shift: Vec<f64>,
}

impl Affine {
    /// Of a norm's weights (gamma), biases (beta), running means and running variances, with what is added to each of
    /// these; none if a variance is below 0.
    pub(crate) fn of_norm([weight, bias, mean, variance]: [&[f32]; 4], epsilon: f64) -> Option<Self> {
        if variance.iter().any(|&variance| variance < 0.0) {
            return None;
        }
        let spread = variance.iter().map(|&variance| (f64::from(variance) + epsilon).sqrt());
        let scale: Vec<f64> =
            weight.iter().zip(spread).map(|(&weight, spread)| f64::from(weight) / spread).collect();
        let shift =
            bias.iter().zip(mean).zip(&scale).map(|((&b, &m), scale)| f64::from(b) - f64::from(m) * scale);
        let shift = shift.collect();
        Some(Self { scale, shift })
    }

    /// Adds its nodes, from `input` to the output `name`; its channels have `shape`, which broadcasts over the input.
    pub(crate) fn write(
        &self,
        graph: &mut Graph,
        input: &str,
        name: &str,
        shape: &[usize],
    ) -> io::Result<()> {
        let [scale, shift, scaled] = ["scale", "shift", "scaled"].map(|part| format!("{name}.{part}"));
        graph.weight(&scale, shape, &single(&self.scale))?;
        graph.weight(&shift, shape, &single(&self.shift))?;
        graph.node("Mul", &[input, &scale], &scaled, &[]);
        graph.node("Add", &[&scaled, &shift], name, &[]);
        Ok(())
    }
}

pub(crate) fn single(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}
