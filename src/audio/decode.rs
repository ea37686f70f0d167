//! Coded packets to mono samples.

use std::{io::ErrorKind, path::Path};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::{core::audio::GenericAudioBufferRef, core::errors::Error, core::units::Duration};

use super::completeness::{Completeness, Decoded};
use super::open::{self, Coded, Opened, RATES, unreadable, unsupported};
use super::sbr;
use crate::track::Failure;

/// Decodes one track, block by block, to 32-bit floats: the mean of the channels, without the encoder's delay.
pub(crate) struct Decoder {
    opened: Opened,
    decoder: Box<dyn AudioDecoder>,
    /// Hz, from the first packet to the last: packets of another rate are skipped.
    rate: u32,
    /// Frames still to drop at the start.
    delay: u64,
    /// Frames still to hand out.
    remaining: u64,
    completeness: Completeness,
    ended: bool,
    sbr: sbr::SbrDetector,
    planes: Vec<Vec<f32>>,
    mono: Vec<f32>,
}

impl Decoder {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::new(open::open(path)?)
    }

    /// Errors: `Unsupported`: a variant of the codec that is not decoded, or a rate that no recording has.
    pub(crate) fn new(opened: Opened) -> Result<Self, Failure> {
        let decoder = decoder_of(&opened.track)?;
        let rate = decoder.codec_params().sample_rate.unwrap_or_else(|| opened.track.rate());
        if !RATES.contains(&rate) {
            return Err(unsupported(format!("{} at {rate} Hz", opened.track.codec)));
        }
        let span = opened.track.span;
        let completeness = Completeness { declared: opened.track.declared, ..Completeness::default() };
        Ok(Self {
            delay: span.start,
            remaining: span.length.unwrap_or(u64::MAX),
            opened,
            decoder,
            rate,
            completeness,
            ended: false,
            sbr: sbr::SbrDetector::default(),
            planes: Vec::new(),
            mono: Vec::new(),
        })
    }

    /// Hz.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// The track as its container describes it.
    #[cfg(feature = "testing")]
    pub(crate) fn track(&self) -> &Coded {
        &self.opened.track
    }

    /// The next samples, at least one; `None` at the end, however the stream ends.
    /// Errors: `Unreadable`, or `Unsupported` if only the packets show it.
    pub(crate) fn next_block(&mut self) -> Result<Option<&[f32]>, Failure> {
        while !self.ended {
            self.advance()?;
            if !self.mono.is_empty() {
                return Ok(Some(&self.mono));
            }
        }
        Ok(None)
    }

    /// Judges what was decoded; call it after the last block.
    /// Errors: `Truncated`, `NoSamples`.
    pub(crate) fn finish(self) -> Result<Decoded, Failure> {
        self.completeness.judge(self.rate)
    }

    /// Decodes one packet into `mono`, which stays empty if the packet holds no samples.
    fn advance(&mut self) -> Result<(), Failure> {
        self.mono.clear();
        let mut packet = match self.opened.format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => {
                self.ended = true;
                return Ok(());
            }
            Err(Error::ResetRequired) => return self.restart(),
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => {
                return Err(unreadable(error));
            }
            Err(error) => {
                self.break_off(&error);
                return Ok(());
            }
        };
        if packet.track_id != self.opened.track.id {
            return Ok(());
        }
        if self.opened.track.codec == "aac" && self.sbr.is_he_aac(self.rate, &packet.data) {
            return Err(unsupported("HE-AAC".into()));
        }
        // The end is trimmed by the track's length. symphonia would trim MPEG audio at a length that it may have
        // guessed, and Vorbis at every page whose time does not match that of its packets, such as ffmpeg writes.
        packet.trim_end = Duration::ZERO;
        match self.decoder.decode(&packet) {
            Ok(block) if block.spec().rate() == self.rate => {
                mix(&block, &mut self.planes, &mut self.mono);
                self.trim();
            }
            Ok(block) => {
                self.completeness.complaint = Some(format!("the rate changes to {} Hz", block.spec().rate()));
            }
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => {
                return Err(unreadable(error));
            }
            Err(error) => {
                self.completeness.complaint = Some(error.to_string());
                if matches!(error, Error::ResetRequired) {
                    self.decoder.reset();
                }
            }
        }
        Ok(())
    }

    /// Drops the samples outside of the recording.
    fn trim(&mut self) {
        let dropped = self.delay.min(self.mono.len() as u64);
        self.delay -= dropped;
        self.mono.drain(..dropped as usize);
        self.mono.truncate(usize::try_from(self.remaining).unwrap_or(usize::MAX));
        self.remaining -= self.mono.len() as u64;
        self.completeness.frames += self.mono.len() as u64;
    }

    /// The next stream of a chain has parameters of its own, but belongs to the same recording.
    fn restart(&mut self) -> Result<(), Failure> {
        let track = Coded::choose(&*self.opened.format)?;
        self.decoder = decoder_of(&track)?;
        let declared = self.completeness.declared.zip(track.declared);
        self.completeness.declared = declared.map(|(before, now)| before + now);
        (self.delay, self.remaining) = (track.span.start, track.span.length.unwrap_or(u64::MAX));
        self.opened.track = track;
        Ok(())
    }

    fn break_off(&mut self, error: &Error) {
        self.ended = true;
        self.completeness.broken = true;
        self.completeness.complaint = Some(match error {
            Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => "the file breaks off".into(),
            error => error.to_string(),
        });
    }
}

fn decoder_of(track: &Coded) -> Result<Box<dyn AudioDecoder>, Failure> {
    symphonia::default::get_codecs()
        .make_audio_decoder(&track.params, &AudioDecoderOptions::default())
        .map_err(|error| unsupported(variant(track).unwrap_or_else(|| format!("{}: {error}", track.codec))))
}

/// The name of a variant of AAC that is not decoded. ISO/IEC 14496-3, table 1.17: the object type is in the first
/// five bits.
fn variant(track: &Coded) -> Option<String> {
    let first = *track.params.extra_data.as_ref()?.first().filter(|_| track.codec == "aac")?;
    let name = match first >> 3 {
        // Low complexity that is refused for no other reason has an extension for spectral band replication.
        2 if track.channels() <= 2 => "HE-AAC",
        2 => "AAC of more than two channels",
        5 | 29 => "HE-AAC",
        1 => "AAC Main",
        23 | 31 => "AAC-LD, AAC-ELD or xHE-AAC",
        kind => return Some(format!("AAC of object type {kind}")),
    };
    Some(name.into())
}

/// Writes the mean of the channels of `block` into `mono`, as floats; `planes` is scratch space.
fn mix(block: &GenericAudioBufferRef<'_>, planes: &mut Vec<Vec<f32>>, mono: &mut Vec<f32>) {
    block.copy_to_vecs_planar(planes);
    match planes.as_mut_slice() {
        [] => mono.clear(),
        [only] => std::mem::swap(only, mono),
        [left, right] => {
            mono.clear();
            mono.extend(left.iter().zip(right.iter()).map(|(left, right)| (left + right) / 2.0));
        }
        [first, others @ ..] => {
            let count = 1.0 + others.len() as f32;
            std::mem::swap(first, mono);
            for other in others {
                mono.iter_mut().zip(other.iter()).for_each(|(sum, sample)| *sum += sample);
            }
            mono.iter_mut().for_each(|sum| *sum /= count);
        }
    }
}
