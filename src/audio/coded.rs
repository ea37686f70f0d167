//! The one track of a file whose packets count, as its container describes it.

use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known as codecs,
};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, Track, TrackType};

use super::failure::unsupported;
use super::{aac, codecs::codecs, gapless::Span, opus};
use crate::track::{Failure, FailureKind};

/// A track of coded packets.
pub(crate) struct Coded {
    pub id: u32,
    pub params: AudioCodecParameters,
    /// Short name of the codec: `mp3`, `flac`, `vorbis`, `pcm_s16le`, …
    pub codec: &'static str,
    /// Frames that the container declares, unless that is only an estimate.
    pub declared: Option<u64>,
    /// The recording within the decoded frames.
    pub span: Span,
    /// Frames behind the recording that the encoder declares.
    pub padding: u32,
    /// Short name of the container, as symphonia gives it.
    pub container: &'static str,
    /// The stream is MPEG audio, whose length stands in a first packet that may lie.
    pub is_mpeg: bool,
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
        let known = codecs().get_audio_decoder(params.codec);
        let codec = known.map_or_else(|| name_of(params.codec), |codec| codec.codec.info.short_name);
        let container = format.format_info().short_name;
        let mut coded = Self {
            id: track.id,
            codec,
            declared: declared(container, track, params.sample_rate)
                .or_else(|| declared_by_matroska(format, params.sample_rate)),
            span: Span::default(),
            container,
            padding: track.padding.unwrap_or(0),
            is_mpeg: matches!(container, "mp1" | "mp2" | "mp3"),
            params,
        };
        coded.span = match container {
            _ if coded.params.codec == codecs::CODEC_ID_OPUS => coded.opus_span(container, track),
            // Their decoders drop the delay themselves.
            "ogg" | "mp1" | "mp2" | "mp3" => Span { start: 0, length: coded.declared },
            "caf" => Span { start: track.delay.unwrap_or(0).into(), length: coded.declared },
            _ => Span::default(),
        };
        Ok(coded)
    }

    /// Whether a crate decodes it, as far as its codec's name tells.
    pub(super) fn is_decoded(&self) -> bool {
        codecs().get_audio_decoder(self.params.codec).is_some()
    }

    /// What decodes it, and with `verify` compares the sound with a checksum, where there is one.
    pub(super) fn decoder(&self, verify: bool) -> Result<Box<dyn AudioDecoder>, Failure> {
        let refused = |error| match (self.codec, error) {
            ("aac", error) => {
                let config = self.params.extra_data.as_deref().unwrap_or_default();
                unsupported(aac::variant(config, self.channels()).unwrap_or_else(|| format!("aac: {error}")))
            }
            (codec, Error::Unsupported(why)) if why.starts_with("core (codec)") => {
                unsupported(codec.to_owned())
            }
            (codec, error) => unsupported(format!("{codec}: {error}")),
        };
        let options = AudioDecoderOptions::default().verify(verify);
        codecs().make_audio_decoder(&self.params, &options).map_err(refused)
    }

    /// Whether a damaged packet may decode to anything, beyond what its encoder can have been given.
    pub(super) fn is_unchecked(&self) -> bool {
        self.is_mpeg || self.codec == "aac"
    }

    /// Whether its demuxer looks for packets in whatever bytes there are.
    pub(super) fn is_resynchronised(&self) -> bool {
        self.is_mpeg || self.container == "aac"
    }

    /// Whether a seek ends at a known sample, and decoding goes on from it with the same samples as from the start.
    pub(super) fn leads_to_every_sample(&self) -> bool {
        let is_pcm = self.codec.starts_with("pcm_") && matches!(self.container, "wave" | "aiff");
        self.container == "flac" || is_pcm
    }

    /// Hz, as the header says; 0 if it does not.
    pub(crate) fn rate(&self) -> u32 {
        self.params.sample_rate.unwrap_or(0)
    }

    pub(crate) fn channels(&self) -> u16 {
        self.params.channels.as_ref().map_or(0, |channels| channels.count() as u16)
    }

    /// Hz of what AAC without its extensions has: a container may tell the rate of the whole where its description tells that
    /// of the core. `None` for other codecs.
    pub(super) fn aac_core_rate(&self) -> Option<u32> {
        let described = self.params.extra_data.as_deref().and_then(aac::core).map(|(_, rate)| rate);
        described.or(self.params.sample_rate).filter(|_| self.codec == "aac")
    }

    /// The declared length.
    pub(super) fn seconds(&self) -> Option<f64> {
        self.declared.filter(|_| self.rate() > 0).map(|frames| frames as f64 / f64::from(self.rate()))
    }

    /// Only the core of an AAC stream with spectral band replication, which has its lower half; `None` for a core that is no
    /// low complexity.
    pub(super) fn into_aac_core(mut self) -> Option<Self> {
        // A stream that does not describe itself is its core.
        let Some(config) = self.params.extra_data.as_deref() else { return Some(self) };
        let (config, rate) = aac::core(config)?;
        let before = self.rate();
        self.params.with_extra_data(config).with_sample_rate(rate);
        let scaled = |frames: u64| frames * u64::from(rate) / u64::from(before.max(1));
        self.declared = self.declared.map(scaled);
        self.span = Span { start: scaled(self.span.start), length: self.span.length.map(scaled) };
        Some(self)
    }

    /// Packets that [`super::source`] had to call AAC.
    pub(super) fn become_opus(&mut self) {
        let channels = self.channels() as u8;
        let pre_skip = self.span.start as u16;
        (self.params.codec, self.codec) = (codecs::CODEC_ID_OPUS, "opus");
        self.params.with_extra_data(opus::Head::of_caf(channels, pre_skip));
    }

    /// Opus counts the frames to skip as part of the stream.
    fn opus_span(&mut self, container: &str, track: &Track) -> Span {
        let head = opus::Head::parse(self.params.extra_data.as_deref().unwrap_or_default());
        let start = head.map_or(0, |head| u64::from(head.pre_skip));
        if container == "ogg" {
            // A stream that was cut out of another one begins late.
            let begin = u64::try_from(track.start_ts.get()).unwrap_or(0);
            self.declared = self.declared.map(|end| end.saturating_sub(begin + start));
            return Span { start, length: self.declared };
        }
        Span { start, length: None }
    }
}

/// The declared length in frames, unless it is an estimate: that of raw AAC, and of MPEG audio without a LAME tag, comes
/// from the first packets.
fn declared(container: &str, track: &Track, rate: Option<u32>) -> Option<u64> {
    let is_guessed = match container {
        "aac" => true,
        "mp1" | "mp2" | "mp3" => track.delay.is_none(),
        _ => false,
    };
    let frames = track.num_frames.filter(|&frames| !is_guessed && frames > 0)?;
    // MP4 may count in other units than the codec's frames.
    let in_frames = |base: symphonia::core::units::TimeBase| {
        let (numer, denom) = (u128::from(base.numer.get()), u128::from(base.denom.get()));
        (u128::from(frames) * numer * u128::from(rate?))
            .checked_div(denom)
            .and_then(|frames| frames.try_into().ok())
    };
    match container {
        "isomp4" => track.time_base.and_then(in_frames).or(Some(frames)),
        _ => Some(frames),
    }
}

/// The declared length in frames of a Matroska file, whose only track has none of its own.
fn declared_by_matroska(format: &dyn FormatReader, rate: Option<u32>) -> Option<u64> {
    let is_alone = format.format_info().short_name == "matroska" && format.tracks().len() == 1;
    let media = Some(format.media_info()).filter(|_| is_alone)?;
    let (base, ticks) = (media.time_base?, media.duration?.get());
    let seconds = ticks as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get());
    Some((seconds * f64::from(rate?)) as u64)
}

/// The name of a codec that is not decoded here.
fn name_of(codec: AudioCodecId) -> &'static str {
    const NAMES: [(AudioCodecId, &str); 11] = [
        (codecs::CODEC_ID_SPEEX, "Speex"),
        (codecs::CODEC_ID_AC3, "AC-3"),
        (codecs::CODEC_ID_EAC3, "E-AC-3"),
        (codecs::CODEC_ID_AC4, "AC-4"),
        (codecs::CODEC_ID_DCA, "DTS"),
        (codecs::CODEC_ID_TRUEHD, "TrueHD"),
        (codecs::CODEC_ID_WAVPACK, "WavPack"),
        (codecs::CODEC_ID_TTA, "TTA"),
        (codecs::CODEC_ID_WMA, "WMA"),
        (codecs::CODEC_ID_MONKEYS_AUDIO, "Monkey's Audio"),
        (codecs::CODEC_ID_MUSEPACK, "Musepack"),
    ];
    NAMES.iter().find(|(id, _)| *id == codec).map_or("an unknown codec", |(_, name)| name)
}
