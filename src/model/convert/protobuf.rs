//! The part of Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding) that ONNX and TensorFlow's bundles
//! need.
//!
//! `prost` would need more code, not less: its fifteen messages are 145 lines, and it decodes from memory, while an ONNX
//! file is as long as its weights, which are skipped here. Untrusted files are bounded: a text has at most 4 096 bytes,
//! and messages are entered only as deep as the caller names them.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// The longest text (bytes).
const LONGEST_TEXT: u64 = 4096;

/// A message that is being written; its fields come in the order of the calls.
#[derive(Default)]
pub(crate) struct EncodedMessage(pub Vec<u8>);

impl EncodedMessage {
    fn varint(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    pub(crate) fn number(self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3).varint(value)
    }

    pub(crate) fn bytes(self, field: u32, bytes: &[u8]) -> Self {
        let mut message = self.varint(u64::from(field) << 3 | 2).varint(bytes.len() as u64);
        message.0.extend_from_slice(bytes);
        message
    }

    pub(crate) fn text(self, field: u32, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    pub(crate) fn message(self, field: u32, message: &EncodedMessage) -> Self {
        self.bytes(field, &message.0)
    }

    /// Many fields of one number.
    pub(crate) fn messages<'a>(
        self,
        field: u32,
        messages: impl IntoIterator<Item = &'a EncodedMessage>,
    ) -> Self {
        messages.into_iter().fold(self, |whole, message| whole.message(field, message))
    }

    /// Many fields of one number.
    pub(crate) fn numbers(self, field: u32, values: impl IntoIterator<Item = u64>) -> Self {
        values.into_iter().fold(self, |whole, value| whole.number(field, value))
    }
}

/// How a field with a length is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Content {
    Message,
    Text,
    /// It is skipped without being read.
    Skipped,
}

/// A field that has been read.
#[derive(Debug, PartialEq)]
pub(crate) enum Field {
    /// Of variable length, or of 32 bits.
    Number(u64),
    Text(String),
    /// The fields of this message follow.
    Message,
}

/// Reads a message that fills `source`. A field's path is its number, after the numbers of the messages around it:
/// `content` says how it is read, and `visit` gets it.
/// Errors: `InvalidData` or `UnexpectedEof` if it is no such message; otherwise the errors of `source`.
pub(crate) fn read(
    mut source: impl BufRead + Seek,
    content: fn(&[u32]) -> Content,
    visit: &mut dyn FnMut(&[u32], Field),
) -> io::Result<()> {
    let end = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    Reader { source, at: 0, content, visit }.message(end, &mut Vec::new())
}

struct Reader<'a, R> {
    source: R,
    /// Bytes that have been read or skipped.
    at: u64,
    content: fn(&[u32]) -> Content,
    visit: &'a mut dyn FnMut(&[u32], Field),
}

impl<R: BufRead + Seek> Reader<'_, R> {
    /// The fields of a message that ends at `end` and has this path.
    fn message(&mut self, end: u64, path: &mut Vec<u32>) -> io::Result<()> {
        while self.at < end {
            let key = self.varint()?;
            path.push(u32::try_from(key >> 3).map_err(|_| damaged())?);
            match key & 7 {
                0 => {
                    let number = self.varint()?;
                    (self.visit)(path, Field::Number(number));
                }
                1 => self.skip(8)?,
                2 => self.content(end, path)?,
                5 => {
                    let mut bytes = [0; 4];
                    self.source.read_exact(&mut bytes)?;
                    self.at += 4;
                    (self.visit)(path, Field::Number(u32::from_le_bytes(bytes).into()));
                }
                _ => return Err(damaged()),
            }
            path.pop();
        }
        if self.at == end { Ok(()) } else { Err(damaged()) }
    }

    /// A field with a length, in a message that ends at `end`.
    fn content(&mut self, end: u64, path: &mut Vec<u32>) -> io::Result<()> {
        let length = self.varint()?;
        let until = self.at.checked_add(length).filter(|&until| until <= end).ok_or_else(damaged)?;
        match (self.content)(path) {
            Content::Message => {
                (self.visit)(path, Field::Message);
                return self.message(until, path);
            }
            Content::Text => {
                let text = self.text(length)?;
                (self.visit)(path, Field::Text(text));
            }
            Content::Skipped => self.skip(length)?,
        }
        Ok(())
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        self.source.seek_relative(i64::try_from(length).map_err(|_| damaged())?)?;
        self.at += length;
        Ok(())
    }

    fn text(&mut self, length: u64) -> io::Result<String> {
        let mut text = String::new();
        if length <= LONGEST_TEXT {
            self.at += self.source.by_ref().take(length).read_to_string(&mut text)? as u64;
        }
        if text.len() as u64 == length { Ok(text) } else { Err(damaged()) }
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.source.read_exact(&mut byte)?;
            self.at += 1;
            value |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged())
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
