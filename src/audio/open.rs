//! Opens a file as a stream of coded packets of one track.

use std::io::{self, ErrorKind};
use std::{fs::File, os::unix::fs::FileExt, path::Path};

use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, well_known as codecs};
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::{core::common::Limit, core::errors::Error, core::formats::probe::Hint};

use super::gapless::{self, Span};
use super::unsupported_format;
use crate::track::{Failure, FailureKind};

/// Cover art and tags of more bytes are not kept in memory.
const MAX_METADATA: usize = 64 * 1024;
/// Sample rates of recordings (Hz); any other comes from a damaged header.
pub(super) const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// A file whose container is known and whose packets can be read.
pub(crate) struct Opened {
    pub format: Box<dyn FormatReader>,
    pub track: Coded,
}

/// The one track of a file whose packets count.
pub(crate) struct Coded {
    pub id: u32,
    pub params: AudioCodecParameters,
    /// Short name of the codec: `mp3`, `flac`, `vorbis`, `pcm_s16le`, …
    pub codec: &'static str,
    /// Frames that the container declares, unless that is only an estimate.
    pub declared: Option<u64>,
    /// The recording within the decoded frames.
    pub span: Span,
}

impl Coded {
    /// Chooses the track: at the start, and where a chained stream begins anew.
    pub(crate) fn choose(format: &dyn FormatReader) -> Result<Self, Failure> {
        let Some(track) = format.default_track(TrackType::Audio) else {
            return Err(match format.tracks().is_empty() {
                true => Failure::of_content(FailureKind::NotAudio, "has no tracks"),
                false => unsupported(format!("no known audio codec in {}", format.format_info().long_name)),
            });
        };
        let params =
            track.codec_params.as_ref().and_then(|params| params.audio()).cloned().unwrap_or_default();
        let known = symphonia::default::get_codecs().get_audio_decoder(params.codec);
        let Some(codec) = known.map(|codec| codec.codec.info.short_name) else {
            return Err(unsupported(name_of(params.codec)));
        };
        let declared = declared(format, track);
        let span = match format.format_info().short_name {
            // Their decoders drop the delay themselves.
            "ogg" | "mp1" | "mp2" | "mp3" => Span { start: 0, length: declared },
            "caf" => Span { start: track.delay.unwrap_or(0).into(), length: declared },
            _ => Span::default(),
        };
        Ok(Self { id: track.id, params, codec, declared, span })
    }

    /// Hz, as the header says; 0 if it does not.
    pub(crate) fn rate(&self) -> u32 {
        self.params.sample_rate.unwrap_or(0)
    }

    pub(crate) fn channels(&self) -> u16 {
        self.params.channels.as_ref().map_or(0, |channels| channels.count() as u16)
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
    if let Some(name) = unsupported_format::recognise(&file) {
        return Err(unsupported(name.into()));
    }
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    // The second handle, with a position of its own, reads the edit list.
    let second = File::open(path).map_err(unreadable)?;
    let format = match probe(Box::new(file), &hint) {
        // In an AIFF that breaks off within its samples symphonia looks for the chunks behind them, unless it
        // cannot seek.
        Err(failure) if failure.kind == FailureKind::Truncated && is_aiff(&second) => {
            probe(Box::new(ReadOnlySource::new(File::open(path).map_err(unreadable)?)), &hint)
        }
        probed => probed,
    }?;

    let mut opened = Opened { track: Coded::choose(&*format)?, format };
    if opened.format.format_info().short_name == "isomp4" {
        let track = &mut opened.track;
        let edited = gapless::edit_list(&second, track.id, track.rate());
        let span = edited.filter(|span| span.start > 0).or_else(|| itunes(&mut *opened.format)).or(edited);
        track.span = span.unwrap_or_default();
        let left = track.declared.map(|declared| declared.saturating_sub(track.span.start));
        track.declared = left.into_iter().chain(track.span.length).min();
    }
    Ok(opened)
}

fn probe(source: Box<dyn MediaSource>, hint: &Hint) -> Result<Box<dyn FormatReader>, Failure> {
    let limit = Limit::Maximum(MAX_METADATA);
    let metadata = MetadataOptions::default().limit_visual_bytes(limit).limit_tag_bytes(limit);
    let stream = MediaSourceStream::new(source, Default::default());
    let probe = symphonia::default::get_probe();
    probe.probe(hint, stream, FormatOptions::default(), metadata).map_err(why_not_probed)
}

fn is_aiff(file: &File) -> bool {
    let mut mark = [0; 4];
    file.read_exact_at(&mut mark, 0).is_ok() && &mark == b"FORM"
}

/// A failure of the system: the number of the error comes first, as its text may be translated.
pub(super) fn unreadable(error: io::Error) -> Failure {
    let reason = match error.raw_os_error() {
        Some(number) => format!("errno {number}, {error}"),
        None => error.to_string(),
    };
    Failure::of_system(FailureKind::Unreadable, reason)
}

pub(super) fn unsupported(what: String) -> Failure {
    Failure::of_content(FailureKind::Unsupported, what)
}

fn why_not_probed(error: Error) -> Failure {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Failure::of_content(FailureKind::Truncated, "its header leads past its end")
        }
        Error::IoError(error) if error.raw_os_error().is_some() => unreadable(error),
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

/// The declared length, unless it is an estimate: that of raw AAC, and of MPEG audio without a LAME tag, comes from
/// the first packets.
fn declared(format: &dyn FormatReader, track: &Track) -> Option<u64> {
    let guessed = match format.format_info().short_name {
        "aac" => true,
        "mp1" | "mp2" | "mp3" => track.delay.is_none(),
        _ => false,
    };
    track.num_frames.filter(|&frames| !guessed && frames > 0)
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

/// The name of a codec that is not decoded.
fn name_of(codec: AudioCodecId) -> String {
    const NAMES: [(AudioCodecId, &str); 8] = [
        (codecs::CODEC_ID_OPUS, "Opus"),
        (codecs::CODEC_ID_SPEEX, "Speex"),
        (codecs::CODEC_ID_AC3, "AC-3"),
        (codecs::CODEC_ID_EAC3, "E-AC-3"),
        (codecs::CODEC_ID_DCA, "DTS"),
        (codecs::CODEC_ID_TRUEHD, "TrueHD"),
        (codecs::CODEC_ID_WAVPACK, "WavPack"),
        (codecs::CODEC_ID_TTA, "TTA"),
    ];
    let known = NAMES.iter().find(|(id, _)| *id == codec);
    known.map_or_else(|| format!("codec {codec}"), |(_, name)| (*name).into())
}
