//! Names a recording by its coded packets, and reads its tags, without decoding anything.

use std::path::Path;

use symphonia::core::errors::Error;

use super::{
    open::{Coded, Opened, open, unreadable},
    tags,
};
use crate::{
    digest::Hasher,
    fs::blocks::each_block,
    track::{ContentId, Failure, Tags},
};

/// The recipe below. Another way to name a recording gets another number.
const RECIPE: u8 = 1;

/// The name of a file that cannot be demuxed: its bytes.
const RECIPE_OF_BYTES: u8 = 0;

/// What a file is, before anything of it is decoded.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    pub content: ContentId,
    pub codec: String,
    /// Hz; 0 where only decoding tells.
    pub rate: u32,
    pub channels: u16,
    /// Declared length in seconds; none where the container does not say.
    pub seconds: Option<f64>,
    pub tags: Tags,
}

/// Reads a whole file and names what is heard in it; `tick` is called with the bytes read so far.
///
/// Hashed are codec, rate, channels, the decoder's own data and the bytes of the coded packets, in
/// order: no tags, no cover, no padding of the container, and no boundaries of packets, for those
/// depend on the demuxer.
///
/// # Errors
/// Those of opening; the content is then named by its bytes, unless not even those can be read.
pub fn identify(path: &Path, tick: &mut dyn FnMut(u64)) -> Result<Identity, (Option<ContentId>, Failure)> {
    let opened = open(path).map_err(|failure| match failure.is_final {
        true => (name_of_bytes(path, tick).ok(), failure),
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
            Err(Error::IoError(error)) if error.raw_os_error().is_some() => {
                return Err(unreadable(error));
            }
            // What breaks off is named by what is there.
            Ok(None) | Err(_) => break,
        }
    }
    let content = ContentId { recipe: RECIPE, digest: hasher.finish() };
    let tags = tags::read(&mut *opened.format, path);
    Ok(Identity { content, codec, rate, channels, seconds, tags })
}

fn name_of_bytes(path: &Path, tick: &mut dyn FnMut(u64)) -> std::io::Result<ContentId> {
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    each_block(path, |block| {
        hasher.update(block);
        bytes += block.len() as u64;
        tick(bytes);
    })?;
    Ok(ContentId { recipe: RECIPE_OF_BYTES, digest: hasher.finish() })
}
