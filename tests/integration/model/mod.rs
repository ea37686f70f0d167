//! `model`, and what models hear.

mod fetch;
mod inference;
mod installation;
mod musicnn;
