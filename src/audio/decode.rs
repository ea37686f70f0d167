//! Coded packets to mono samples.

mod start;

use std::io::ErrorKind;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::{errors::Error, units::Duration};

use super::completeness::{Completeness, Decoded};
use super::open::{Opened, RATES};
use super::{clip::Clip, coded::Coded, failure::of_system, ffmpeg::Conversion, limit::Limit};
use super::{losses::Losses, mix::Mixer, mpeg::FrameForm, trim::Trim};
use crate::track::Failure;

/// Mean square of a block: no encoder is given so loud a sound, and a damaged packet may decode to it.
const TOO_LOUD: f64 = 4.0;

/// Decodes one track, block by block, to 32-bit floats: its channels mixed to one, without the encoder's delay.
pub(crate) struct Decoder {
    pub opened: Opened,
    /// What decodes, with its version: it is recorded with the track.
    pub by: String,
    decoder: Box<dyn AudioDecoder>,
    conversion: Option<Conversion>,
    /// Of the last packet, if that is MPEG audio.
    form: Option<FrameForm>,
    /// Hz; a stream may go on at another rate.
    pub rate: u32,
    trim: Trim,
    /// Cuts out what is wanted, where that is not everything.
    clip: Option<Clip>,
    limit: Limit,
    losses: Losses,
    completeness: Completeness,
    ended: bool,
    mixer: Mixer,
    mono: Vec<f32>,
}

/// Decoded samples: at least one, but where a part is wanted and this lies before it.
pub(crate) struct DecodedBlock<'a> {
    pub samples: &'a [f32],
    /// Hz.
    pub rate: u32,
    /// Seconds that were decoded so far.
    pub end: f64,
}

impl Decoder {
    /// The next samples; `None` at the end, however the stream ends.
    /// Errors: `Unreadable`; what is too long, or no audio, where only the packets show it.
    pub(crate) fn next_block(&mut self) -> Result<Option<DecodedBlock<'_>>, Failure> {
        while !self.ended {
            self.advance()?;
            if !self.mono.is_empty() || self.clip.is_some() {
                let end = self.seconds();
                return Ok(Some(DecodedBlock { samples: &self.mono, rate: self.rate, end }));
            }
        }
        Ok(None)
    }

    /// Seconds that were decoded, with those before a part.
    fn seconds(&self) -> f64 {
        self.clip.as_ref().map_or_else(|| self.completeness.seconds(), Clip::seconds)
    }

    /// Judges what was decoded; call it after the last block.
    pub(crate) fn finish(mut self) -> Result<Decoded, Failure> {
        if self.clip.is_none() {
            let seconds = self.losses.length() as f64 / f64::from(self.rate);
            if let Some((first, frames)) = self.losses.wrong_checksums() {
                self.completeness.lose_at(first, frames as f64 * seconds);
            }
            if let Some(hole) = self.opened.hole() {
                self.completeness.lose_at(hole.from, hole.seconds);
            }
            self.verify();
        }
        if self.completeness.seconds() == 0.0 && self.completeness.complaint.is_none() {
            self.completeness.undecoded.get_or_insert_with(|| self.losses.nothing().to_owned());
        }
        self.completeness.judge()
    }

    /// Decodes one packet into `mono`, which stays empty if the packet holds no samples.
    fn advance(&mut self) -> Result<(), Failure> {
        self.mono.clear();
        let mut packet = match self.opened.format.next_packet() {
            Ok(Some(packet)) if packet.track_id == self.opened.track.id => packet,
            Ok(Some(_)) => return Ok(()),
            Ok(None) => return self.end(None),
            Err(Error::ResetRequired) => return self.restart(),
            Err(error) => return self.stumble(error),
        };
        self.limit.take(packet.data.len());
        let loss = self.losses.look(&packet, self.completeness.position());
        self.lose(loss.before);
        // The end is trimmed by the track's length. symphonia would trim MPEG audio at a length that it may have
        // guessed, and Vorbis at every page whose time does not match that of its packets, such as ffmpeg writes.
        packet.trim_end = Duration::ZERO;
        let form = FrameForm::of(&packet.data).filter(|_| self.opened.track.is_mpeg);
        if form != self.form {
            if self.form.is_some() {
                self.decoder = self.opened.track.decoder(false)?;
                // At another rate, times are no longer those of the container.
                self.clip.iter_mut().for_each(|clip| clip.pass(false));
            }
            self.form = form;
        }
        let frames = form.map_or(0, FrameForm::frames).saturating_sub(packet.trim_start.get());
        if self.clip.as_mut().is_some_and(|clip| clip.passes_over(frames)) {
            self.trim.skip(frames);
            return Ok(());
        }
        match self.decoder.decode(&packet) {
            Ok(block) => {
                let rate = block.spec().rate();
                if !RATES.contains(&rate) {
                    self.completeness.undecoded = Some(format!("the rate changes to {rate} Hz"));
                    return Ok(());
                }
                let unsound = self.mixer.mix(&block, &mut self.mono);
                let is_noise = self.opened.track.is_unchecked() && unsound.power > TOO_LOUD;
                if loss.is_damaged || is_noise {
                    let why = if is_noise { "it decodes to noise" } else { "wrong checksums" };
                    self.completeness.undecoded.get_or_insert_with(|| why.to_owned());
                    self.lose(self.mono.len() as u64);
                    self.mono.clear();
                    self.decoder.reset();
                    return Ok(());
                }
                self.losses.decoded(self.mono.len());
                self.trim.apply(&mut self.mono);
                self.rate = rate;
                if let Some(clip) = &mut self.clip {
                    self.ended = clip.apply(&mut self.mono, rate);
                }
                if !self.mono.is_empty() {
                    self.completeness.silence(unsound.no_numbers, unsound.too_large, rate);
                }
                self.completeness.add(self.mono.len(), rate);
                self.limit.check(self.seconds())?;
            }
            Err(error) => {
                let error = match of_system(error) {
                    Ok(failure) => return Err(failure),
                    Err(error) => error,
                };
                let is_warming_up = self.clip.as_ref().is_some_and(Clip::is_warming_up);
                self.lose(if is_warming_up { frames } else { self.losses.length() as u64 });
                self.completeness.undecoded.get_or_insert_with(|| error.to_string());
                if matches!(error, Error::ResetRequired) {
                    self.decoder.reset();
                }
            }
        }
        Ok(())
    }

    /// So many samples that should come now are damaged.
    fn lose(&mut self, samples: u64) {
        self.trim.skip(samples);
        let own = self.clip.as_mut().map_or(samples, |clip| clip.lose(samples));
        self.completeness.lose(own as f64 / f64::from(self.rate));
    }

    /// Whether the sound is that of which the encoder took the checksum; damage that was found says more.
    fn verify(&mut self) {
        let is_other = self.decoder.finalize().verify_ok == Some(false);
        self.completeness.is_other_sound |= is_other && self.completeness.is_intact();
    }

    /// The demuxer finds no packet: the stream breaks off, unless the next one is looked for wherever it may be.
    fn stumble(&mut self, error: Error) -> Result<(), Failure> {
        match of_system(error) {
            Ok(failure) => Err(failure),
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                // A pipe ends so: its program says whether that is the end.
                self.end(self.conversion.is_none().then(|| "the file breaks off".into()))
            }
            Err(Error::DecodeError(_) | Error::Unsupported(_)) if self.opened.track.is_resynchronised() => {
                Ok(())
            }
            Err(error) => self.end(Some(error.to_string())),
        }
    }

    /// The end of a stream, with what is wrong if it breaks off; the file may hold another one.
    fn end(&mut self, complaint: Option<String>) -> Result<(), Failure> {
        let complaint = match (&complaint, &mut self.conversion) {
            (None, Some(conversion)) => conversion.complaint()?,
            _ => complaint,
        };
        if let Some(bytes) = complaint.as_ref().and_then(|_| self.opened.damaged_end()) {
            let seconds = self.completeness.seconds() / self.limit.bytes().max(1) as f64;
            self.completeness.lose(bytes as f64 * seconds);
        } else if let Some(complaint) = complaint {
            (self.completeness.broken, self.completeness.complaint) = (true, Some(complaint));
        } else if self.opened.next_part()? {
            return self.restart();
        }
        self.ended = true;
        Ok(())
    }

    /// The next stream of a chain has parameters of its own, but belongs to the same recording.
    fn restart(&mut self) -> Result<(), Failure> {
        let track = Coded::choose(&*self.opened.format)?;
        self.verify();
        self.decoder = track.decoder(self.clip.is_none())?;
        self.losses = Losses::of(&track);
        if self.clip.is_none() {
            self.completeness.expect(track.seconds());
        }
        self.trim = Trim::new(&track);
        self.opened.track = track;
        Ok(())
    }
}
