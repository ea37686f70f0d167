//! Identifies a recording by its coded packets, and reads its tags, without decoding anything.

use std::path::Path;

use symphonia::core::errors::Error;

use super::open::{Coded, Opened, open, unreadable};
use super::tags;
use crate::track::{ContentId, Failure, Tags};
use crate::{digest::Hasher, fs::each_block};

/// The recipe of [`identify`]. Another way to identify a recording gets another number.
const RECIPE: u8 = 1;
/// The recipe for a file that cannot be demuxed: a hash of its bytes.
const RECIPE_OF_BYTES: u8 = 0;

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
}

/// Reads a whole file and identifies its recording; `tick` is called with the bytes read so far.
///
/// The hash covers codec, rate, channels, the decoder's extra data and the bytes of the coded packets, in order: no
/// tags, no cover, no padding of the container, and no boundaries of packets, as those depend on the demuxer.
/// Errors: those of opening the file; it is then identified by its bytes, if those can be read.
pub(crate) fn identify(
    path: &Path,
    tick: &mut dyn FnMut(u64),
) -> Result<Identity, (Option<ContentId>, Failure)> {
    let opened = open(path).map_err(|failure| match failure.is_final {
        true => (id_of_bytes(path, tick).ok(), failure),
        false => (None, failure),
    })?;
    identify_opened(opened, path, tick).map_err(|failure| (None, failure))
}

fn identify_opened(mut opened: Opened, path: &Path, tick: &mut dyn FnMut(u64)) -> Result<Identity, Failure> {
    let track = &opened.track;
    let (codec, rate, channels) = (track.codec.to_owned(), track.rate(), track.channels());
    let seconds = track.declared.filter(|_| rate > 0).map(|frames| frames as f64 / f64::from(rate));
    let mut hasher = Hasher::default();
    hasher.field(codec.as_bytes()).field(&rate.to_le_bytes()).field(&channels.to_le_bytes());
    hasher.field(track.params.extra_data.as_deref().unwrap_or_default());
    let mut bytes = 0;
    loop {
        match opened.format.next_packet() {
            Ok(Some(packet)) if packet.track_id == opened.track.id => {
                hasher.update(&packet.data);
                bytes += packet.data.len() as u64;
                tick(bytes);
            }
            Ok(Some(_)) => {}
            // The next stream of a chain.
            Err(Error::ResetRequired) => match Coded::choose(&*opened.format) {
                Ok(next) => opened.track = next,
                Err(_) => break,
            },
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => return Err(unreadable(error)),
            // A file that breaks off is identified by what is there.
            Ok(None) | Err(_) => break,
        }
    }
    let content = ContentId { recipe: RECIPE, digest: hasher.finish() };
    let tags = tags::read(path);
    Ok(Identity { content, codec, rate, channels, seconds, tags })
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
