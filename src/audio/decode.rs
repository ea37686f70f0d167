//! Coded packets to mono samples, and whether enough of a track was decoded: its length against the declared one.

use std::{io::ErrorKind, path::Path};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::{core::audio::GenericAudioBufferRef, core::errors::Error, core::units::Duration};

use super::open::{self, Coded, Opened, RATES, unreadable, unsupported};
use super::sbr::SbrDetector;
use crate::track::{Failure, FailureKind};

/// Decodes one track, block by block, to 32-bit floats: the mean of the channels, without the encoder's delay.
pub(crate) struct Decoder {
    pub opened: Opened,
    decoder: Box<dyn AudioDecoder>,
    /// Hz, from the first packet to the last: packets of another rate are skipped.
    pub rate: u32,
    /// Frames still to drop at the start.
    delay: u64,
    /// Frames still to hand out.
    remaining: u64,
    completeness: Completeness,
    ended: bool,
    sbr: SbrDetector,
    planes: Vec<Vec<f32>>,
    mono: Vec<f32>,
}

impl Decoder {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let opened = open::open(path)?;
        let decoder = decoder_of(&opened.track)?;
        let rate = decoder.codec_params().sample_rate.unwrap_or_else(|| opened.track.rate());
        if !RATES.contains(&rate) {
            return Err(unsupported(format!("{} at {rate} Hz", opened.track.codec)));
        }
        let span = opened.track.span;
        Ok(Self {
            delay: span.start,
            remaining: span.length.unwrap_or(u64::MAX),
            completeness: Completeness { declared: opened.track.declared, ..Completeness::default() },
            opened,
            decoder,
            rate,
            ended: false,
            sbr: SbrDetector::default(),
            planes: Vec::new(),
            mono: Vec::new(),
        })
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
    pub(crate) fn finish(self) -> Result<Decoded, Failure> {
        self.completeness.judge(self.rate)
    }

    /// Decodes one packet into `mono`, which stays empty if the packet holds no samples.
    fn advance(&mut self) -> Result<(), Failure> {
        self.mono.clear();
        let mut packet = match self.opened.format.next_packet() {
            Ok(Some(packet)) if packet.track_id == self.opened.track.id => packet,
            Ok(other) => {
                self.ended = other.is_none();
                return Ok(());
            }
            Err(Error::ResetRequired) => return self.restart(),
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => return Err(unreadable(error)),
            Err(error) => {
                (self.ended, self.completeness.broken) = (true, true);
                self.completeness.complaint = Some(match error {
                    Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
                        "the file breaks off".into()
                    }
                    error => error.to_string(),
                });
                return Ok(());
            }
        };
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
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => return Err(unreadable(error)),
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

/// A track of undeclared length that breaks off is kept if it has at least so many seconds.
const LEAST_SECONDS: u64 = 10;
/// A track may be shorter than declared by this part of a second: containers round lengths, encoders pad them.
const TOLERANCE: u64 = 10;

/// Counts while a track is decoded. A frame is one sample of each channel.
#[derive(Clone, Debug, Default)]
struct Completeness {
    frames: u64,
    /// Frames that the container declares; none without a length, or with one that is only estimated.
    declared: Option<u64>,
    /// The stream broke off.
    broken: bool,
    /// Why the last packet was skipped or the stream broke off.
    complaint: Option<String>,
}

/// What was decoded of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub frames: u64,
    /// Less was decoded than the file declares, or it declares no length and breaks off.
    pub partial: bool,
}

impl Completeness {
    /// Judges the track at its end: half of the declared length is enough.
    fn judge(self, rate: u32) -> Result<Decoded, Failure> {
        let Self { frames, declared, broken, complaint } = self;
        let because = complaint.map(|complaint| format!(": {complaint}")).unwrap_or_default();
        if frames == 0 {
            let reason = format!("nothing could be decoded{because}");
            return Err(Failure::of_content(FailureKind::NoSamples, reason));
        }
        let rate = u64::from(rate).max(1);
        let seconds = |frames: u64| frames as f64 / rate as f64;
        let enough = match declared {
            Some(declared) => frames >= declared / 2,
            None => !broken || frames >= LEAST_SECONDS * rate,
        };
        if !enough {
            let of = declared.map(|declared| format!(" of {:.1} s", seconds(declared))).unwrap_or_default();
            let reason = format!("ends after {:.1} s{of}{because}", seconds(frames));
            return Err(Failure::of_content(FailureKind::Truncated, reason));
        }
        // A file that is complete and ends with junk, such as an ID3v1 tag behind FLAC, is not partial.
        let partial = declared.map_or(broken, |declared| frames + rate / TOLERANCE < declared);
        Ok(Decoded { frames, partial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(frames: u64, declared: Option<u64>, broken: bool) -> Result<bool, FailureKind> {
        let completeness = Completeness { frames, declared, broken, ..Completeness::default() };
        completeness.judge(100).map(|decoded| decoded.partial).map_err(|failure| failure.kind)
    }

    #[test]
    fn half_of_the_declared_length_is_enough() {
        assert_eq!(judge(1000, Some(1000), false), Ok(false));
        assert_eq!(judge(995, Some(1000), false), Ok(false));
        assert_eq!(judge(1000, Some(1000), true), Ok(false));
        assert_eq!(judge(980, Some(1000), true), Ok(true));
        assert_eq!(judge(500, Some(1000), true), Ok(true));
        assert_eq!(judge(500, Some(1000), false), Ok(true));
        assert_eq!(judge(499, Some(1000), false), Err(FailureKind::Truncated));
        assert_eq!(judge(0, Some(1000), false), Err(FailureKind::NoSamples));
    }

    #[test]
    fn without_a_declared_length_ten_seconds_are_enough() {
        assert_eq!(judge(1, None, false), Ok(false));
        assert_eq!(judge(1000, None, true), Ok(true));
        assert_eq!(judge(999, None, true), Err(FailureKind::Truncated));
    }
}
