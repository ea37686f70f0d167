//! The report's JSON and a little more: `playlists` with `id`, `name` and `songs`, then how they were made.

use std::io::{self, Write};
use std::{path::Path, slice};

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::text::{About, PlaylistText};
use super::uri::{file_uri, reference};
use crate::playlist::{Playlist, Song, output::GENERATOR};

pub(super) fn write(playlist: &Playlist, about: &About) -> PlaylistText {
    PlaylistText { bytes: document(slice::from_ref(playlist), about), left_out: 0 }
}

#[derive(Serialize)]
struct Document<'a> {
    generator: &'static str,
    playlists: &'a [Playlist],
    #[serde(flatten)]
    about: &'a About,
}

impl Serialize for Song {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&location(self.path()))
    }
}

/// All playlists in one JSON object: what `--output` writes. Songs are paths as they are, one per line; a
/// path that is not UTF-8 is a `file:` URI.
pub(crate) fn document(playlists: &[Playlist], about: &About) -> Vec<u8> {
    let document = Document { generator: GENERATOR, playlists, about };
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, OneItemPerLine::default());
    document.serialize(&mut serializer).expect("plain values into memory");
    bytes.push(b'\n');
    bytes
}

/// The path, or its `file:` URI (RFC 8089) if it is not UTF-8; a relative one is a reference then, as in XSPF.
pub fn location(path: &Path) -> String {
    let uri = || if path.is_absolute() { file_uri(path) } else { reference(path) };
    path.to_str().map_or_else(uri, str::to_owned)
}

/// Every item of a list and every field of the outer object is on a line of its own; objects in lists are on
/// one line, but for the lists in them.
#[derive(Default)]
struct OneItemPerLine {
    /// How many lists are open.
    lists: usize,
    /// The list that is about to end has no items.
    is_empty: bool,
}

impl OneItemPerLine {
    fn new_line<W: Write + ?Sized>(writer: &mut W, steps: usize) -> io::Result<()> {
        write!(writer, "\n{:1$}", "", 2 * steps)
    }
}

impl Formatter for OneItemPerLine {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        (self.lists, self.is_empty) = (self.lists + 1, true);
        writer.write_all(b"[")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { &b""[..] } else { b"," })?;
        Self::new_line(writer, self.lists + 1)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_empty = false;
        Ok(())
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if !self.is_empty {
            Self::new_line(writer, self.lists)?;
        }
        self.lists -= 1;
        writer.write_all(b"]")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { &b""[..] } else { b"," })?;
        match self.lists {
            0 => Self::new_line(writer, 1),
            _ if first => Ok(()),
            _ => writer.write_all(b" "),
        }
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.lists == 0 {
            Self::new_line(writer, 0)?;
        }
        writer.write_all(b"}")
    }
}
