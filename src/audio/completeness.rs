//! Whether enough of a track was decoded, and what of it is lost.

use crate::track::{Failure, FailureKind};

/// A track of undeclared length that breaks off is kept if it has at least so many seconds.
const LEAST_SECONDS: f64 = 10.0;
/// A track may be shorter than declared by so many seconds: containers round lengths, encoders pad them.
const TOLERANCE: f64 = 0.1;

/// Counts while a track is decoded. A frame is one sample of each channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Completeness {
    /// Frames at `rate`, and seconds before them, at other rates.
    frames: u64,
    rate: u32,
    before: f64,
    /// Seconds that the container declares; none without a length, or with one that is only estimated.
    declared: Option<f64>,
    /// Seconds that are damaged, and where they begin.
    lost: f64,
    first_lost: Option<f64>,
    /// Seconds that count as decoded and are silent, as their samples were no numbers, or beyond all measure.
    no_numbers: f64,
    too_large: f64,
    /// The stream broke off.
    pub broken: bool,
    /// Why it broke off.
    pub complaint: Option<String>,
    /// Why a packet could not be decoded: the first one that could not.
    pub undecoded: Option<String>,
    /// The sound is not that of which the encoder took the checksum.
    pub is_other_sound: bool,
}

/// What was decoded of a track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoded {
    pub seconds: f64,
    /// What is missing, where that is not all of the track.
    pub partial: Option<String>,
}

impl Completeness {
    pub(super) fn new(declared: Option<f64>) -> Self {
        Self { declared, ..Self::default() }
    }

    /// Another stream follows, which declares so many seconds.
    pub(super) fn expect(&mut self, declared: Option<f64>) {
        self.declared = self.declared.zip(declared).map(|(before, now)| before + now);
    }

    pub(super) fn add(&mut self, frames: usize, rate: u32) {
        if self.rate != rate {
            (self.before, self.frames, self.rate) = (self.seconds(), 0, rate);
        }
        self.frames += frames as u64;
    }

    /// So many seconds that should come now are damaged.
    pub(super) fn lose(&mut self, seconds: f64) {
        self.lose_at(self.position(), seconds);
    }

    /// So many seconds are damaged, the first of which are `at` this second.
    pub(super) fn lose_at(&mut self, at: f64, seconds: f64) {
        if seconds > 0.0 {
            self.lost += seconds;
            self.first_lost = Some(self.first_lost.map_or(at, |first| first.min(at)));
        }
    }

    /// So many of the frames that come next are no sound, and silent.
    pub(super) fn silence(&mut self, no_numbers: usize, too_large: usize, rate: u32) {
        let seconds = |frames: usize| frames as f64 / f64::from(rate);
        self.lose(seconds(no_numbers + too_large));
        self.no_numbers += seconds(no_numbers);
        self.too_large += seconds(too_large);
    }

    pub(super) fn is_intact(&self) -> bool {
        self.first_lost.is_none() && !self.broken && self.undecoded.is_none()
    }

    pub(super) fn seconds(&self) -> f64 {
        self.before + self.frames as f64 / f64::from(self.rate.max(1))
    }

    /// Seconds that came, with those that are lost.
    pub(super) fn position(&self) -> f64 {
        self.seconds() + self.lost - self.no_numbers - self.too_large
    }

    /// Judges the track at its end: half of the declared length is enough.
    pub(super) fn judge(self) -> Result<Decoded, Failure> {
        let seconds = self.seconds();
        if seconds == 0.0 {
            let because = because(self.undecoded.as_ref().or(self.complaint.as_ref()));
            let reason = format!("nothing could be decoded{because}");
            return Err(Failure::of_content(FailureKind::NoSamples, reason));
        }
        let heard = seconds - self.no_numbers - self.too_large;
        if heard < seconds / 2.0 {
            let what = if self.no_numbers >= self.too_large {
                "are no numbers"
            } else {
                "are a million times full scale, or more"
            };
            return Err(Failure::of_content(FailureKind::NotAudio, format!("its samples {what}")));
        }
        let enough = match self.declared {
            Some(declared) => heard >= declared / 2.0,
            None => heard >= LEAST_SECONDS || !self.broken && heard >= self.lost,
        };
        if !enough {
            let because = because(self.undecoded.as_ref());
            let reason = match self.damage(heard).filter(|_| self.first_lost.is_some()) {
                Some(damage) => format!("{damage}{because}"),
                None => self.end(seconds),
            };
            return Err(Failure::of_content(FailureKind::Truncated, reason));
        }
        Ok(Decoded { seconds, partial: self.damage(heard) })
    }

    /// What is missing, in a line. A file that is complete and ends with junk, such as an ID3v1 tag behind FLAC, lacks nothing.
    fn damage(&self, heard: f64) -> Option<String> {
        let short = self.declared.map_or(0.0, |declared| declared - heard);
        if let Some(first) = self.first_lost {
            // Times may lie, and what is between two frames may have been put there: no more is lost than is short.
            let lost = if self.declared.is_some() { short.max(0.0) } else { self.lost };
            let shown = if lost < 0.05 { "under 0.1".to_owned() } else { format!("{lost:.1}") };
            return Some(format!("{shown} s of {:.1} s are damaged, from {first:.1} s", heard + lost));
        }
        if short > TOLERANCE || self.broken && self.declared.is_none() {
            return Some(self.end(self.seconds()));
        }
        self.is_other_sound.then(|| "the decoded sound does not match its checksum".to_owned())
    }

    fn end(&self, seconds: f64) -> String {
        let of = self.declared.map(|declared| format!(" of {declared:.1} s")).unwrap_or_default();
        let because = because(self.complaint.as_ref().or(self.undecoded.as_ref()));
        format!("ends after {seconds:.1} s{of}{because}")
    }
}

fn because(why: Option<&String>) -> String {
    why.map(|why| format!(": {why}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
