//! Identifies a recording by its coded packets, and reads its tags, without decoding anything.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use symphonia::core::errors::Error;

use super::failure::{failed_read, of_system, unreadable, unsupported};
use super::open::{Opened, open};
use super::{coded::Coded, decoding::Decoding, source, tags};
use crate::track::{ContentId, Failure, FailureKind, Section, Tags};
use crate::{digest::Hasher, fs::each_block};

/// The recipe of [`identify`]. Another way to identify a recording gets another number.
const RECIPE: u8 = 1;
/// The recipe for a container that is decoded, but not demuxed, here: a hash of its bytes but tags.
const RECIPE_OF_SOUND: u8 = 2;
/// The recipe for a file that cannot be demuxed: a hash of its bytes.
const RECIPE_OF_BYTES: u8 = 0;

/// A demuxer that looks for the next packet wherever it may be finds some by chance in anything: at least one in so many
/// bytes must be of a packet.
const LEAST_SHARE: u64 = 2;
/// One packet alone may be as long as the file.
const LEAST_PACKETS: u64 = 2;
/// A block of zeros has as many bytes, or more.
const LEAST_ZEROS: usize = 16;
/// Bytes that are read at once.
const BLOCK: usize = 1 << 16;

/// What is known of a file without decoding it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Identity {
    pub content: ContentId,
    pub codec: String,
    /// Hz; 0 where only decoding shows it.
    pub rate: u32,
    pub channels: u16,
    /// Declared length in seconds; none where the container has none.
    pub seconds: Option<f64>,
    pub tags: Tags,
    /// The songs into which a cue sheet in the tags divides the file.
    pub sections: Vec<Section>,
}

/// Reads a whole file and identifies its recording; `tick` is called with the bytes read so far.
///
/// The hash covers codec, rate, channels, the decoder's extra data and the bytes of the coded packets, in order: no
/// tags, no cover, no padding of the container, and no boundaries of packets, as those depend on the demuxer. Of a
/// container that only ffmpeg reads it covers the bytes that are no tags.
/// Errors: those of opening the file; it is then identified by its bytes, if those can be read.
pub(crate) fn identify(
    path: &Path,
    decoding: &Decoding,
    tick: &mut dyn FnMut(u64),
) -> Result<Identity, (Option<ContentId>, Failure)> {
    let identified = match open(path) {
        Ok(opened) if decoding.ffmpeg.is_some() || opened.track.is_decoded() => {
            identify_opened(opened, path, tick)
        }
        Ok(opened) => Err(decoding.refusal(unsupported(opened.track.codec.to_owned()))),
        Err(failure) if failure.kind == FailureKind::Unsupported && decoding.ffmpeg.is_some() => {
            identify_sound(path, &failure.reason, tick)
        }
        Err(failure) if failure.kind == FailureKind::Unsupported => Err(decoding.refusal(failure)),
        Err(failure) => Err(failure),
    };
    identified.map_err(|failure| match failure.is_final {
        true => (id_of_bytes(path, tick).ok(), failure),
        false => (None, failure),
    })
}

fn identify_opened(mut opened: Opened, path: &Path, tick: &mut dyn FnMut(u64)) -> Result<Identity, Failure> {
    let track = &opened.track;
    let (codec, rate, channels) = (track.codec.to_owned(), track.rate(), track.channels());
    let seconds = track.seconds();
    let mut hasher = Hasher::default();
    hasher.field(codec.as_bytes()).field(&rate.to_le_bytes()).field(&channels.to_le_bytes());
    hasher.field(track.params.extra_data.as_deref().unwrap_or_default());
    let (mut packets, mut bytes, mut last) = (0, 0, Box::default());
    loop {
        match opened.format.next_packet() {
            Ok(Some(packet)) if packet.track_id == opened.track.id => {
                hasher.update(&last);
                packets += 1;
                bytes += packet.data.len() as u64;
                last = packet.data;
                tick(bytes);
            }
            Ok(Some(_)) => {}
            // The next stream of a chain.
            Err(Error::ResetRequired) => match Coded::choose(&*opened.format) {
                Ok(next) => opened.track = next,
                Err(_) => break,
            },
            Ok(None) => match opened.next_part() {
                Ok(true) => opened.track = Coded::choose(&*opened.format)?,
                _ => break,
            },
            Err(error) => match of_system(error) {
                Ok(failure) => return Err(failure),
                // What is no frame is passed over.
                Err(error) if opened.track.is_resynchronised() && !matches!(error, Error::IoError(_)) => {}
                // A file that breaks off is identified by what is there.
                Err(_) => break,
            },
        }
    }
    // The last frame of FLAC takes whatever follows it, such as a block of zeros.
    hasher.update(if codec == "flac" { without_zeros(&last) } else { &last });
    let is_little = packets < LEAST_PACKETS || bytes < opened.bytes / LEAST_SHARE;
    // A download that has stopped is mostly zeros.
    if opened.track.is_resynchronised() && is_little && !opened.has_run() {
        let reason = format!("only {bytes} bytes of it are {codec}");
        return Err(Failure::of_content(FailureKind::NotAudio, reason));
    }
    let content = ContentId { recipe: RECIPE, digest: hasher.finish() };
    let (tags, sections) = tags::read(path);
    Ok(Identity { content, codec, rate, channels, seconds, tags, sections })
}

/// Of a container that is not demuxed here, by what is no tag.
fn identify_sound(path: &Path, name: &str, tick: &mut dyn FnMut(u64)) -> Result<Identity, Failure> {
    let file = File::open(path).map_err(unreadable)?;
    let mut hasher = Hasher::default();
    hasher.field(name.as_bytes());
    let (mut block, mut bytes) = (vec![0; BLOCK], 0);
    for range in source::sound_bytes(&file).map_err(failed_read)? {
        let mut at = range.start;
        while at < range.end {
            let length = block.len().min(usize::try_from(range.end - at).unwrap_or(usize::MAX));
            let length = file.read_at(&mut block[..length], at).map_err(failed_read)?;
            if length == 0 {
                break;
            }
            hasher.update(&block[..length]);
            (at, bytes) = (at + length as u64, bytes + length as u64);
            tick(bytes);
        }
    }
    let (tags, sections) = tags::read(path);
    Ok(Identity {
        content: ContentId { recipe: RECIPE_OF_SOUND, digest: hasher.finish() },
        codec: name.to_lowercase(),
        rate: 0,
        channels: 0,
        seconds: None,
        tags,
        sections,
    })
}

/// Without a block of zeros at the end; a few of them belong to the sound.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if bytes.len() - end < LEAST_ZEROS { bytes } else { &bytes[..end] }
}

fn id_of_bytes(path: &Path, tick: &mut dyn FnMut(u64)) -> std::io::Result<ContentId> {
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    each_block(path, |block| {
        hasher.update(block);
        bytes += block.len() as u64;
        tick(bytes);
    })?;
    Ok(ContentId { recipe: RECIPE_OF_BYTES, digest: hasher.finish() })
}
