//! Decoders that begin: the one that a file needs, at the start of what is wanted.

use std::path::Path;

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::units::Timestamp;

use super::Decoder;
use crate::audio::clip::{self, Clip};
use crate::audio::completeness::Completeness;
use crate::audio::decoding::{Decoding, OPUS, SYMPHONIA};
use crate::audio::failure::{unreadable, unsupported};
use crate::audio::ffmpeg::Ffmpeg;
use crate::audio::open::{self, Opened, RATES};
use crate::audio::{limit::Limit, losses::Losses, mix::Mixer, sbr, trim::Trim};
use crate::track::{Extent, Failure, FailureKind};

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
        self.cut(extent, first)?;
        Ok(self)
    }

    fn cut(&mut self, extent: Extent, first: u64) -> Result<(), Failure> {
        // A checksum is that of the whole.
        self.decoder = self.opened.track.decoder(false)?;
        self.completeness = Completeness::new(extent.seconds(self.opened.track.seconds()));
        let mut clip = Clip::new(extent, self.rate, first);
        clip.pass(self.opened.track.is_mpeg);
        self.clip = Some(clip);
        Ok(())
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
            decoder.cut(extent, clip::sample(extent.start, decoder.rate))?;
        }
        Ok(Self { conversion: Some(conversion), ..decoder })
    }

    fn of(opened: Opened, by: String, limit: Limit) -> Result<Self, Failure> {
        let decoder = opened.track.decoder(true)?;
        let rate = decoder.codec_params().sample_rate.unwrap_or_else(|| opened.track.rate());
        if !RATES.contains(&rate) {
            return Err(unsupported(format!("{} at {rate} Hz", opened.track.codec)));
        }
        Ok(Self {
            trim: Trim::new(&opened.track),
            clip: None,
            limit,
            losses: Losses::of(&opened.track),
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
}

/// Whether a file of AAC is HE-AAC though its header does not say so.
fn is_he_aac(path: &Path) -> Result<bool, Failure> {
    let Opened { mut format, track, .. } = open::open(path)?;
    let packets = std::iter::from_fn(|| format.next_packet().ok().flatten());
    let packets = packets.filter(|packet| packet.track_id == track.id).map(|packet| packet.data);
    Ok(sbr::is_he_aac(packets))
}
