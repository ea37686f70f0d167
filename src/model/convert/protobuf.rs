//! As much of Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding) as ONNX needs.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// A message that is being written; fields come in the order of the calls.
#[derive(Default)]
pub struct Message(Vec<u8>);

impl Message {
    fn varint(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    pub fn number(self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3).varint(value)
    }

    pub fn bytes(self, field: u32, bytes: &[u8]) -> Self {
        let mut message = self.varint(u64::from(field) << 3 | 2).varint(bytes.len() as u64);
        message.0.extend_from_slice(bytes);
        message
    }

    pub fn text(self, field: u32, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    pub fn message(self, field: u32, message: &Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// Many fields of one number.
    pub fn messages<'a>(self, field: u32, messages: impl IntoIterator<Item = &'a Message>) -> Self {
        messages.into_iter().fold(self, |whole, message| whole.message(field, message))
    }

    pub fn numbers(self, field: u32, values: impl IntoIterator<Item = u64>) -> Self {
        values.into_iter().fold(self, |whole, value| whole.number(field, value))
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// What a field that is read holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field {
    Number(u64),
    /// A text or a message: where it ends.
    Until(u64),
    /// A fixed number of 4 or 8 bytes, which nobody asked for.
    Other,
}

/// Reads messages from a file without holding them: what is not looked into is passed over.
pub struct Reader<R> {
    source: R,
    at: u64,
}

impl<R: BufRead + Seek> Reader<R> {
    pub fn new(source: R) -> Self {
        Self { source, at: 0 }
    }

    /// The next field of a message that ends at `end`, with its number; none at the end. What the last one held is to
    /// be read or passed over first.
    pub fn field(&mut self, end: u64) -> io::Result<Option<(u32, Field)>> {
        if self.at >= end {
            return if self.at == end { Ok(None) } else { Err(damaged()) };
        }
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| damaged())?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => self.pass(self.at + 8).map(|()| Field::Other)?,
            2 => {
                let length = self.varint()?;
                Field::Until(self.at.checked_add(length).filter(|&until| until <= end).ok_or_else(damaged)?)
            }
            5 => self.pass(self.at + 4).map(|()| Field::Other)?,
            _ => return Err(damaged()),
        };
        Ok(Some((number, field)))
    }

    /// Goes on behind a text or a message.
    pub fn pass(&mut self, until: u64) -> io::Result<()> {
        let rest = i64::try_from(until.checked_sub(self.at).ok_or_else(damaged)?).map_err(|_| damaged())?;
        self.source.seek_relative(rest)?;
        self.at = until;
        Ok(())
    }

    /// A text of at most 4 096 bytes.
    pub fn text(&mut self, until: u64) -> io::Result<String> {
        let length = until.checked_sub(self.at).filter(|&length| length <= 4096).ok_or_else(damaged)?;
        let mut text = String::new();
        self.source.by_ref().take(length).read_to_string(&mut text)?;
        self.at = until;
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

impl<R: Seek> Reader<R> {
    /// Bytes of the whole.
    pub fn length(&mut self) -> io::Result<u64> {
        let length = self.source.seek(SeekFrom::End(0))?;
        self.source.seek(SeekFrom::Start(self.at))?;
        Ok(length)
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
