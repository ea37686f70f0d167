//! Opens a file as a stream of coded packets of one track.

use std::io::ErrorKind;
use std::{collections::VecDeque, fs::File, path::Path, process::ChildStdout};

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::{core::common::Limit, core::errors::Error, core::formats::probe::Hint};

use super::failure::{of_system, unreadable, unsupported};
use super::gapless::{self, Span};
use super::{coded::Coded, source::Hole, source::Source, unsupported_format};
use crate::track::{Failure, FailureKind};

/// Cover art and tags of more bytes are not kept in memory.
const MAX_METADATA: usize = 64 * 1024;
/// How a Matroska or WebM file begins (EBML).
const MATROSKA: &[u8] = b"\x1a\x45\xdf\xa3";
/// Sample rates of recordings (Hz); any other comes from a damaged header.
pub(super) const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// A file whose container is known and whose packets can be read.
pub(crate) struct Opened {
    pub format: Box<dyn FormatReader>,
    pub track: Coded,
    /// Bytes of the file without the tag blocks around it.
    pub bytes: u64,
    /// What follows in the same file, as streams of their own.
    rest: VecDeque<Source>,
    /// The first and the last part of the file; none of a pipe.
    ends: Option<(Source, Source)>,
}

impl Opened {
    /// What is missing between the frames of a stream whose demuxer looks for them wherever they may be.
    pub(super) fn hole(&self) -> Option<Hole> {
        let (first, last) = self.ends.as_ref().filter(|_| self.track.is_resynchronised())?;
        first.hole(last)
    }

    /// Whether there are more frames in a row than chance makes, in such a stream.
    pub(super) fn has_run(&self) -> bool {
        self.ends.as_ref().is_some_and(|(first, last)| first.has_run(last))
    }

    /// Bytes of the last page of an Ogg stream, where that is damaged.
    pub(super) fn damaged_end(&self) -> Option<u64> {
        let (_, last) = self.ends.as_ref().filter(|_| self.track.container == "ogg")?;
        last.damaged_end()
    }

    /// Goes on with the next part of the file, if there is one.
    pub(super) fn next_part(&mut self) -> Result<bool, Failure> {
        let Some(source) = self.rest.pop_front() else { return Ok(false) };
        self.format = probe(Box::new(source), &Hint::new())?;
        Ok(true)
    }
}

/// Opens `path`; its extension is only a hint.
/// Errors: `Empty`, `NotAudio`, `Truncated` (within its header), `Unsupported` (named), `Unreadable` (not final).
pub(super) fn open(path: &Path) -> Result<Opened, Failure> {
    let file = File::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(Failure::of_content(FailureKind::NotAudio, "is not a regular file"));
    }
    if about.len() == 0 {
        return Err(Failure::of_content(FailureKind::Empty, "has no bytes"));
    }
    let mut parts: VecDeque<_> =
        Source::parts(file.try_clone().map_err(unreadable)?).map_err(unreadable)?.into();
    let bytes = parts.iter().map(Source::length).sum();
    let first = parts.pop_front().ok_or_else(|| Failure::of_content(FailureKind::Empty, "has no parts"))?;
    let ends = Some((first.clone(), parts.back().unwrap_or(&first).clone()));
    let is_opus_in_caf = first.is_opus_in_caf();
    let (head, length) = first.start::<{ unsupported_format::HEAD }>();
    unsupported_format::refuse(&head[..length])?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let format = match probe(Box::new(first.clone()), &hint) {
        // In an AIFF that breaks off within its samples symphonia looks for the chunks behind them, and in a Matroska file
        // for its index, unless it cannot seek.
        Err(failure)
            if failure.kind == FailureKind::Truncated && head.starts_with(b"FORM")
                || head.starts_with(MATROSKA) =>
        {
            probe(Box::new(ReadOnlySource::new(first)), &hint)
        }
        probed => probed,
    }?;

    let mut opened = Opened { track: Coded::choose(&*format)?, format, bytes, rest: parts, ends };
    if is_opus_in_caf {
        opened.track.become_opus();
    }
    if opened.format.format_info().short_name == "isomp4" {
        let track = &mut opened.track;
        let edited = gapless::edit_list(&file, track.id, track.rate());
        let span = edited.filter(|span| span.start > 0).or_else(|| itunes(&mut *opened.format)).or(edited);
        let pre_skip = Span { start: track.span.start, length: None };
        track.span =
            span.unwrap_or(if track.params.codec == CODEC_ID_OPUS { pre_skip } else { Span::default() });
        let left = track.declared.map(|declared| declared.saturating_sub(track.span.start));
        track.declared = left.into_iter().chain(track.span.length).min();
    }
    Ok(opened)
}

/// What ffmpeg writes: a waveform of unknown length.
pub(super) fn from_pipe(output: ChildStdout) -> Result<Opened, Failure> {
    let format = probe(Box::new(ReadOnlySource::new(output)), &Hint::new())?;
    Ok(Opened { track: Coded::choose(&*format)?, format, bytes: 0, rest: VecDeque::new(), ends: None })
}

fn probe(source: Box<dyn MediaSource>, hint: &Hint) -> Result<Box<dyn FormatReader>, Failure> {
    let limit = Limit::Maximum(MAX_METADATA);
    let metadata = MetadataOptions::default().limit_visual_bytes(limit).limit_tag_bytes(limit);
    let stream = MediaSourceStream::new(source, Default::default());
    let probe = symphonia::default::get_probe();
    probe.probe(hint, stream, FormatOptions::default(), metadata).map_err(why_not_probed)
}

fn why_not_probed(error: Error) -> Failure {
    let error = match of_system(error) {
        Ok(failure) => return failure,
        Err(error) => error,
    };
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Failure::of_content(FailureKind::Truncated, "its header leads past its end")
        }
        Error::Unsupported("isomp4: missing moov atom") => {
            Failure::of_content(FailureKind::Truncated, "ends before its table of contents (moov)")
        }
        Error::Unsupported(what) if !what.starts_with("core (probe)") && !what.contains("missing") => {
            unsupported(what.into())
        }
        Error::Unsupported(_) => Failure::of_content(FailureKind::NotAudio, "no known format"),
        error => Failure::of_content(FailureKind::NotAudio, error.to_string()),
    }
}

fn itunes(format: &mut dyn FormatReader) -> Option<Span> {
    let mut metadata = format.metadata();
    let tags = &metadata.skip_to_latest()?.media.tags;
    let tag = tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    match &tag.raw.value {
        RawValue::String(text) => gapless::itunes(text),
        _ => None,
    }
}
