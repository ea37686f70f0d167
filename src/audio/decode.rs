//! Coded packets to mono samples.

use std::{io::ErrorKind, path::Path};

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::units::{Duration, Timestamp};

use super::clip::{self, Clip};
use super::completeness::{Completeness, Decoded};
use super::decoding::{Decoding, OPUS, SYMPHONIA};
use super::failure::{unreadable, unsupported};
use super::ffmpeg::{Conversion, Ffmpeg};
use super::open::{self, Opened, RATES};
use super::{aac, codecs::codecs, coded::Coded, limit::Limit, mix::Mixer, mpeg::FrameForm, sbr, trim::Trim};
use crate::track::{Extent, Failure, FailureKind};

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
    /// Opens a file, or a `part` of it, with whatever decodes it: the crates, ffmpeg, or of HE-AAC its core alone.
    /// Errors: those of opening, and codecs or rates that nothing here decodes.
    pub(crate) fn open(path: &Path, part: Option<Extent>, decoding: &Decoding) -> Result<Self, Failure> {
        let refused = match Self::built_in(path, decoding) {
            Err(failure) if failure.kind == FailureKind::Unsupported => failure,
            opened => return opened?.at(path, part, decoding),
        };
        if let Some(ffmpeg) = &decoding.ffmpeg {
            return Self::by_ffmpeg(path, part, ffmpeg, decoding);
        }
        if refused.reason == sbr::NAME {
            return Self::aac_core(path, decoding)?.at(path, part, decoding);
        }
        Err(decoding.refusal(refused))
    }

    /// Goes to a part: at once where the container leads to every sample, packet by packet in MPEG audio, else by decoding what
    /// lies before it.
    fn at(mut self, path: &Path, part: Option<Extent>, decoding: &Decoding) -> Result<Self, Failure> {
        let Some(extent) = part else { return Ok(self) };
        let mut first = 0;
        if self.opened.track.leads_to_every_sample() && extent.start > 0 {
            let wanted = clip::sample(extent.start, self.rate);
            let to = SeekTo::Timestamp { ts: Timestamp::new(wanted as i64), track_id: self.opened.track.id };
            let reached = self.opened.format.seek(SeekMode::Accurate, to).ok();
            let reached = reached.and_then(|seeked| u64::try_from(seeked.actual_ts.get()).ok());
            match reached.filter(|reached| *reached <= wanted) {
                Some(reached) => first = reached,
                // Wherever that has led: from the start then.
                None => self = Self::built_in(path, decoding)?,
            }
        }
        self.trim.skip(first);
        self.cut(extent, first);
        Ok(self)
    }

    fn cut(&mut self, extent: Extent, first: u64) {
        self.completeness = Completeness::new(extent.seconds(self.opened.track.seconds()));
        let mut clip = Clip::new(extent, self.rate, first);
        clip.pass(self.opened.track.is_mpeg);
        self.clip = Some(clip);
    }

    fn built_in(path: &Path, decoding: &Decoding) -> Result<Self, Failure> {
        let opened = open::open(path)?;
        if opened.track.aac_core_rate().is_some_and(|rate| rate <= sbr::MAX_CORE_RATE) && is_he_aac(path)? {
            return Err(unsupported(sbr::NAME.into()));
        }
        let by = if opened.track.params.codec == CODEC_ID_OPUS { OPUS } else { SYMPHONIA };
        Self::of(opened, by.to_owned(), Limit::new(0, decoding.longest))
    }

    fn aac_core(path: &Path, decoding: &Decoding) -> Result<Self, Failure> {
        let mut opened = open::open(path)?;
        opened.track =
            opened.track.into_aac_core().ok_or_else(|| decoding.refusal(unsupported(sbr::NAME.into())))?;
        Self::of(opened, format!("{SYMPHONIA}{}", sbr::CORE_ONLY), Limit::new(0, decoding.longest))
    }

    fn by_ffmpeg(
        path: &Path,
        part: Option<Extent>,
        ffmpeg: &Ffmpeg,
        decoding: &Decoding,
    ) -> Result<Self, Failure> {
        let bytes = path.metadata().map_err(unreadable)?.len();
        let (mut conversion, output) = ffmpeg.decode(path, part.map_or(0.0, Extent::start_seconds))?;
        let opened = match open::from_pipe(output) {
            Ok(opened) => opened,
            Err(failure) => return Err(conversion.complaint()?.map_or(failure, unsupported)),
        };
        let mut decoder = Self::of(opened, ffmpeg.name(), Limit::new(bytes, decoding.longest))?;
        if let Some(extent) = part {
            decoder.cut(extent, clip::sample(extent.start, decoder.rate));
        }
        Ok(Self { conversion: Some(conversion), ..decoder })
    }

    fn of(opened: Opened, by: String, limit: Limit) -> Result<Self, Failure> {
        let decoder = decoder_of(&opened.track)?;
        let rate = decoder.codec_params().sample_rate.unwrap_or_else(|| opened.track.rate());
        if !RATES.contains(&rate) {
            return Err(unsupported(format!("{} at {rate} Hz", opened.track.codec)));
        }
        Ok(Self {
            trim: Trim::new(&opened.track),
            clip: None,
            limit,
            completeness: Completeness::new(opened.track.seconds()),
            opened,
            by,
            decoder,
            conversion: None,
            form: None,
            rate,
            ended: false,
            mixer: Mixer::default(),
            mono: Vec::new(),
        })
    }

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
    pub(crate) fn finish(self) -> Result<Decoded, Failure> {
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
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => return Err(unreadable(error)),
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                // A pipe ends so: its program says whether that is the end.
                let complaint = self.conversion.is_none().then(|| "the file breaks off".into());
                return self.end(complaint);
            }
            Err(error) => return self.end(Some(error.to_string())),
        };
        self.limit.take(packet.data.len());
        // The end is trimmed by the track's length. symphonia would trim MPEG audio at a length that it may have
        // guessed, and Vorbis at every page whose time does not match that of its packets, such as ffmpeg writes.
        packet.trim_end = Duration::ZERO;
        let form = FrameForm::of(&packet.data).filter(|_| self.opened.track.is_mpeg);
        if form != self.form {
            if self.form.is_some() {
                self.decoder = decoder_of(&self.opened.track)?;
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
                    self.completeness.complaint = Some(format!("the rate changes to {rate} Hz"));
                    return Ok(());
                }
                self.mixer.mix(&block, &mut self.mono);
                self.trim.apply(&mut self.mono);
                self.rate = rate;
                if let Some(clip) = &mut self.clip {
                    self.ended = clip.apply(&mut self.mono, rate);
                }
                self.completeness.add(self.mono.len(), rate);
                self.limit.check(self.seconds())?;
            }
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => return Err(unreadable(error)),
            Err(error) => {
                self.clip.iter_mut().for_each(|clip| clip.miss(frames));
                self.completeness.complaint = Some(error.to_string());
                if matches!(error, Error::ResetRequired) {
                    self.decoder.reset();
                }
            }
        }
        Ok(())
    }

    /// The end of a stream, with what is wrong if it breaks off; the file may hold another one.
    fn end(&mut self, complaint: Option<String>) -> Result<(), Failure> {
        let complaint = match (&complaint, &mut self.conversion) {
            (None, Some(conversion)) => conversion.complaint()?,
            _ => complaint,
        };
        if let Some(complaint) = complaint {
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
        self.decoder = decoder_of(&track)?;
        if self.clip.is_none() {
            self.completeness.expect(track.seconds());
        }
        self.trim = Trim::new(&track);
        self.opened.track = track;
        Ok(())
    }
}

/// Whether a file of AAC is HE-AAC though its header does not say so.
fn is_he_aac(path: &Path) -> Result<bool, Failure> {
    let Opened { mut format, track, .. } = open::open(path)?;
    let packets = std::iter::from_fn(|| format.next_packet().ok().flatten());
    let packets = packets.filter(|packet| packet.track_id == track.id).map(|packet| packet.data);
    Ok(sbr::is_he_aac(packets))
}

fn decoder_of(track: &Coded) -> Result<Box<dyn AudioDecoder>, Failure> {
    let refused = |error| match (track.codec, error) {
        ("aac", error) => {
            let config = track.params.extra_data.as_deref().unwrap_or_default();
            unsupported(aac::variant(config, track.channels()).unwrap_or_else(|| format!("aac: {error}")))
        }
        (codec, Error::Unsupported(why)) if why.starts_with("core (codec)") => unsupported(codec.to_owned()),
        (codec, error) => unsupported(format!("{codec}: {error}")),
    };
    codecs().make_audio_decoder(&track.params, &AudioDecoderOptions::default()).map_err(refused)
}
