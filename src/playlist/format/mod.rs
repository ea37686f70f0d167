//! Playlists as text. A new format is one file with an implementation of [`Format`], and its row in [`FORMATS`].

mod json;
mod line;
mod m3u8;
mod pls;
mod uri;
mod writer;
mod xspf;

pub(crate) use self::{json::document, writer::About};
pub use self::{json::location, writer::Format};

/// Every format, the default first.
pub static FORMATS: &[&dyn Format] = &[&m3u8::M3u8, &xspf::Xspf, &pls::Pls, &json::Json];

/// The format of this name.
pub(crate) fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests;
