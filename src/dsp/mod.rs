//! Signal processing that features and the inputs of models share.

pub(crate) mod mel;
pub(crate) mod window;
