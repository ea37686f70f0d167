//! `model`, and what models hear.

mod comparing;
mod fetch;
mod inference;
mod installation;
mod musicnn;
mod own_process;
