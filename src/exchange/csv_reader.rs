//! CSV as other programs write it, a record at a time.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader};

/// Bytes of the longest record: a table of a few short columns has none that is longer.
const LONGEST: usize = 1 << 16;
const MOST_FIELDS: usize = 256;

/// The records of a text, which are checked one after the other: memory does not grow with it.
pub(crate) struct CsvReader<R> {
    input: R,
    reader: Reader,
    values: Vec<u8>,
    ends: Vec<usize>,
    is_begun: bool,
}

/// One record.
#[derive(Debug, PartialEq)]
pub(crate) struct CsvRecord {
    /// The line in which it begins, from 1 on.
    pub line: u64,
    /// Its values, without space around them.
    pub fields: Vec<String>,
}

/// Why a text ends before its end.
#[derive(Debug)]
pub(crate) enum CsvFault {
    Unreadable(io::Error),
    /// What is no CSV, and in which line.
    Invalid(u64, &'static str),
}

impl<R: BufRead> CsvReader<R> {
    pub(crate) fn new(input: R) -> Self {
        let (values, ends) = (vec![0; LONGEST], vec![0; MOST_FIELDS]);
        Self { input, reader: Reader::new(), values, ends, is_begun: false }
    }

    /// The next record; empty lines are none.
    pub(crate) fn next(&mut self) -> Result<Option<CsvRecord>, CsvFault> {
        self.skip_byte_order_mark()?;
        let (mut written, mut known) = (0, 0);
        let mut begin = None;
        loop {
            let input = self.input.fill_buf().map_err(CsvFault::Unreadable)?;
            let line = self.reader.line();
            let (values, ends) = (&mut self.values[written..], &mut self.ends[known..]);
            let (result, read, wrote, ended) = self.reader.read_record(input, values, ends);
            let ends_of_lines = input[..read].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let (passed, lines) = ends_of_lines
                .fold((0, 0), |(bytes, lines), byte| (bytes + 1, lines + u64::from(*byte == b'\n')));
            if passed < read {
                begin.get_or_insert(line + lines);
            }
            self.input.consume(read);
            (written, known) = (written + wrote, known + ended);
            let line = begin.unwrap_or(line);
            match result {
                // An empty rest says that there is no more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull => return Err(CsvFault::Invalid(line, "the line is too long")),
                ReadRecordResult::OutputEndsFull => {
                    return Err(CsvFault::Invalid(line, "there are too many columns"));
                }
                ReadRecordResult::Record => {
                    let starts = [0].into_iter().chain(self.ends.iter().copied());
                    let spans = starts.zip(&self.ends).take(known);
                    let field =
                        |(start, end): (usize, &usize)| std::str::from_utf8(&self.values[start..*end]);
                    let fields = spans.map(|span| Ok(field(span)?.trim().to_owned()));
                    let fields: Result<Vec<String>, std::str::Utf8Error> = fields.collect();
                    let mut fields = fields.map_err(|_| CsvFault::Invalid(line, "the text is not UTF-8"))?;
                    // One that was not read in one piece.
                    if line == 1
                        && let Some(first) = fields.first_mut()
                    {
                        *first = first.trim_start_matches('\u{feff}').to_owned();
                    }
                    return Ok(Some(CsvRecord { line, fields }));
                }
            }
        }
    }

    /// csv_core takes a mark with nothing behind it for the end.
    fn skip_byte_order_mark(&mut self) -> Result<(), CsvFault> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        if is_first && self.input.fill_buf().map_err(CsvFault::Unreadable)?.starts_with(MARK) {
            self.input.consume(MARK.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// All records, and why there are no more.
    fn records(text: &[u8], buffer: usize) -> (Vec<(u64, Vec<String>)>, String) {
        let mut reader = CsvReader::new(BufReader::with_capacity(buffer, text));
        let mut records = Vec::new();
        loop {
            match reader.next() {
                Ok(Some(record)) => records.push((record.line, record.fields)),
                Ok(None) => return (records, String::new()),
                Err(fault) => return (records, format!("{fault:?}")),
            }
        }
    }

    #[test]
    fn records_are_told_with_the_lines_in_which_they_begin() {
        let text = "\u{feff}a,b\r\n\n1, x \n\"2\n2\",\"y \"\"z\"\"\"\n\r\n\n3,\"ü\"";
        let expected =
            [(1, vec!["a", "b"]), (3, vec!["1", "x"]), (4, vec!["2\n2", "y \"z\""]), (8, vec!["3", "ü"])];
        let expected = expected.map(|(line, fields)| (line, fields.into_iter().map(str::to_owned).collect()));
        for buffer in [1, 3, 5, 4096] {
            assert_eq!(records(text.as_bytes(), buffer), (expected.to_vec(), String::new()), "{buffer}");
        }
        assert_eq!(records(b"", 8).0, []);
    }

    #[test]
    fn what_is_no_text_of_short_lines_is_told_with_its_line() {
        let long = [b"a\n", &vec![b'b'; LONGEST + 1][..]].concat();
        let wide = [b"a\nb\n\n", &vec![b','; MOST_FIELDS + 1][..]].concat();
        for (text, fault) in [
            (&b"a,b\n\xff,b\n"[..], "Invalid(2, \"the text is not UTF-8\")"),
            // Side by side both would be a letter.
            (b"\xc3,\xa9\n", "Invalid(1, \"the text is not UTF-8\")"),
            (&long, "Invalid(2, \"the line is too long\")"),
            (&wide, "Invalid(4, \"there are too many columns\")"),
        ] {
            assert_eq!(records(text, 4096).1, fault);
        }
    }
}
