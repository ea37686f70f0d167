//! Signal processing that features and the inputs of models share.

pub mod mel;
pub mod window;
