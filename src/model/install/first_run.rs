//! Runs a network before it is installed, somewhere else: one that crashes, hangs or gives no numbers is refused at once, not
//! in the middle of a scan.

use super::installed::Installed;
use crate::audio::Tensor;
use crate::model::input::front_end::FrontEnd;
use crate::model::run::{backend::EngineReport, session::Prediction};
use crate::model::spec::{ModelSpec, Whole, Window};

/// Seconds that a network gets which could have a whole track.
const PART_OF_TRACK: usize = 10;

/// What computes a network that is not installed yet.
pub(crate) struct Trial {
    pub engine: EngineReport,
    pub run: Box<Run>,
}

/// Computes a window, or says why not.
pub(crate) type Run = dyn FnMut(&Installed, &Tensor) -> Result<Prediction, String>;

/// Computes a window of silence, and one of noise; the error says why one cannot be computed. That what comes out are numbers,
/// and as many as described, is checked with every window.
pub(super) fn first_run(model: &Installed, run: &mut Run) -> Result<(), String> {
    let samples = samples(&model.spec);
    let mut random = 1_u32;
    let mut noise = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    let noise: Vec<f32> = (0..samples).map(|_| noise()).collect();
    for (what, window) in [("silence", vec![0.0; samples]), ("noise", noise)] {
        let input = FrontEnd::new(&model.spec).input(&window);
        run(model, &input).map_err(|reason| format!("on {what}, {reason}"))?;
    }
    Ok(())
}

/// Samples of a window.
fn samples(spec: &ModelSpec) -> usize {
    let whole = spec.window_samples();
    match spec.window {
        Window::Named(Whole::Whole) => {
            whole.min(PART_OF_TRACK * spec.rate as usize).max(spec.shortest_input())
        }
        Window::Seconds(_) | Window::Frames(_) => whole,
    }
}
