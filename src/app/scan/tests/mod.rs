//! A scan as a whole.

mod simulation;
