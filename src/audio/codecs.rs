//! The decoders: symphonia's own, and Opus.

use std::sync::LazyLock;

use symphonia::core::codecs::registry::CodecRegistry;

use super::opus::Opus;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<Opus>();
    codecs
});

pub(super) fn codecs() -> &'static CodecRegistry {
    &CODECS
}
