//! Checks a pickle's opcodes before anything builds objects from them: a pickle is a program, and only the few
//! instructions that list tensors are accepted.

use std::io::{BufRead, Read};
use std::{collections::HashMap, rc::Rc};

/// The names that a pickle may refer to: an ordered dictionary, a tensor, and storages of two element types.
const ALLOWED: [&str; 4] =
    ["collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch.FloatStorage", "torch.LongStorage"];
/// The longest pickle (bytes); CNN14's has 20 000.
const LONGEST_PICKLE: u64 = 1 << 20;
/// The most tensors of one pickle; CNN14 has 90.
const MOST_TENSORS: usize = 10_000;
/// The longest name (bytes): longer texts are not among the allowed names.
const LONGEST_NAME: usize = 256;

/// Why a pickle is refused.
#[derive(Debug, thiserror::Error)]
pub enum PickleError {
    #[error(
        "its pickle would call `{0}`, which no list of weights needs: it may be an attack; get the file from its publisher"
    )]
    Forbidden(String),
    #[error(
        "its pickle has the instruction {opcode:#04x} at byte {at}, which no list of weights needs: get the file from its publisher"
    )]
    Instruction { opcode: u8, at: u64 },
    #[error("its pickle names more than {MOST_TENSORS} tensors: it is not the checkpoint of a known model")]
    Tensors,
    #[error("its pickle is damaged, or longer than {} MB: get the file again", LONGEST_PICKLE >> 20)]
    Cut,
    #[error("the checkpoint cannot be read (check the disk)")]
    Io(#[source] std::io::Error),
}

impl From<std::io::Error> for PickleError {
    /// An error of the operating system is passed on; any other means that the pickle ends too early.
    fn from(error: std::io::Error) -> Self {
        if error.raw_os_error().is_some() { Self::Io(error) } else { Self::Cut }
    }
}

/// Reads one pickle up to its end, and refuses everything but a list of tensors. No object is built, nothing is called.
pub(crate) fn inspect(source: &mut impl BufRead) -> Result<(), PickleError> {
    let mut pickle = Pickle(source.take(LONGEST_PICKLE));
    let (mut texts, mut tensors) = (Texts::default(), 0);
    loop {
        let at = LONGEST_PICKLE - pickle.0.limit();
        let opcode = pickle.number(1)? as u8;
        match opcode {
            b'.' => return Ok(()),
            // Texts (SHORT_BINUNICODE, BINUNICODE and the like), and the memo.
            0x8c | b'U' => texts.push(pickle.text(1)?),
            b'X' | b'T' => texts.push(pickle.text(4)?),
            b'q' => texts.put(pickle.number(1)?),
            b'r' => texts.put(pickle.number(4)?),
            0x94 => texts.put(texts.memo.len() as u32),
            b'h' => texts.get(pickle.number(1)?),
            b'j' => texts.get(pickle.number(4)?),
            // GLOBAL and INST, STACK_GLOBAL: names of classes and functions.
            b'c' | b'i' => {
                texts.forget();
                allow([Some(pickle.line()?), Some(pickle.line()?)])?;
            }
            0x93 => allow(std::mem::take(&mut texts.last))?,
            // BINPERSID: the storage of a tensor.
            b'Q' if tensors == MOST_TENSORS => return Err(PickleError::Tensors),
            b'Q' => {
                tensors += 1;
                texts.forget();
            }
            // LONG1.
            0x8a => {
                texts.forget();
                pickle.text(1)?;
            }
            _ => {
                texts.forget();
                pickle.skip(argument_length(opcode).ok_or(PickleError::Instruction { opcode, at })?)?;
            }
        }
    }
}

/// The length (bytes) of the argument of an instruction that only makes numbers and containers; none for any other.
fn argument_length(opcode: u8) -> Option<u64> {
    Some(match opcode {
        // MARK, NONE, true, false; tuples, lists, dictionaries; REDUCE, BUILD.
        b'(' | b'N' | 0x88 | 0x89 | b')' | b't' | 0x85..=0x87 | b']' | b'a' | b'e' | b'l' => 0,
        b'}' | b'd' | b's' | b'u' | b'R' | b'b' => 0,
        // PROTO, BININT1; BININT2; BININT; BINFLOAT, FRAME.
        0x80 | b'K' => 1,
        b'M' => 2,
        b'J' => 4,
        b'G' | 0x95 => 8,
        _ => return None,
    })
}

/// Accepts an allowed name; a computed one (none) is not allowed.
fn allow(name: [Option<Rc<str>>; 2]) -> Result<(), PickleError> {
    let name = match name {
        [Some(module), Some(name)] => format!("{module}.{name}"),
        _ => "a computed name".to_owned(),
    };
    let forbidden = || PickleError::Forbidden(name.escape_debug().to_string());
    if ALLOWED.contains(&name.as_str()) { Ok(()) } else { Err(forbidden()) }
}

/// The two texts on top of the stack, if the last instructions have pushed them, and those in the memo: as much of the
/// stack machine as the names of STACK_GLOBAL need.
#[derive(Default)]
struct Texts {
    last: [Option<Rc<str>>; 2],
    memo: HashMap<u32, Option<Rc<str>>>,
}

impl Texts {
    fn forget(&mut self) {
        self.last = [None, None];
    }

    fn push(&mut self, text: Option<Rc<str>>) {
        self.last = [self.last[1].take(), text];
    }

    fn put(&mut self, place: u32) {
        self.memo.insert(place, self.last[1].clone());
    }

    fn get(&mut self, place: u32) {
        self.push(self.memo.get(&place).cloned().flatten());
    }
}

/// The bytes of one pickle.
struct Pickle<R>(std::io::Take<R>);

impl<R: BufRead> Pickle<R> {
    /// An unsigned little-endian number of 1 to 4 bytes.
    fn number(&mut self, bytes: usize) -> Result<u32, PickleError> {
        let mut number = [0; 4];
        self.0.read_exact(&mut number[..bytes])?;
        Ok(u32::from_le_bytes(number))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), PickleError> {
        let skipped = std::io::copy(&mut self.0.by_ref().take(bytes), &mut std::io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(PickleError::Cut) }
    }

    /// A text after its length, which takes `bytes` bytes; none if it is too long for a name.
    fn text(&mut self, bytes: usize) -> Result<Option<Rc<str>>, PickleError> {
        let length = self.number(bytes)? as usize;
        if length > LONGEST_NAME {
            return self.skip(length as u64).map(|()| None);
        }
        let mut text = vec![0; length];
        text.iter_mut().try_for_each(|byte| self.number(1).map(|read| *byte = read as u8))?;
        Ok(Some(String::from_utf8_lossy(&text).into()))
    }

    /// A text up to the end of the line.
    fn line(&mut self) -> Result<Rc<str>, PickleError> {
        let mut line = Vec::new();
        while line.len() <= LONGEST_NAME {
            match self.number(1)? as u8 {
                b'\n' => return Ok(String::from_utf8_lossy(&line).into()),
                byte => line.push(byte),
            }
        }
        Err(PickleError::Forbidden(line.escape_ascii().to_string()))
    }
}

#[cfg(test)]
mod tests;
