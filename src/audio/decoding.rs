//! How files are decoded here: by which programs, and up to which length.

use std::ffi::{OsStr, OsString};
use std::os::unix::{ffi::OsStrExt, fs::PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{env, fs::Metadata, io, time::SystemTime};

use super::failure::unsupported;
use super::ffmpeg::Ffmpeg;
use crate::{confinement::MayStart, track::Failure};

/// The decoders that are built in, as they are recorded with what they decoded, and with failures.
pub(super) const SYMPHONIA: &str = "symphonia 0.6.1";
pub(super) const OPUS: &str = "rusty-opus 1.0.2";
pub(crate) const BUILT_IN: &str = "symphonia 0.6.1, rusty-opus 1.0.2";

/// What decodes files, and up to which length.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoding {
    /// For what no crate decodes.
    pub(crate) ffmpeg: Option<Ffmpeg>,
    /// Seconds; a longer recording is refused.
    pub(crate) longest: f64,
}

impl Default for Decoding {
    fn default() -> Self {
        Self { ffmpeg: None, longest: f64::INFINITY }
    }
}

impl Decoding {
    /// With an ffmpeg, given as program and version, and a longest recording in seconds.
    pub fn new(ffmpeg: Option<(OsString, String)>, longest: f64) -> Self {
        Self { ffmpeg: ffmpeg.map(|(program, version)| Ffmpeg { program, version }), longest }
    }

    /// All decoders, as they are recorded with failures: when one is added or updated, the files are tried again.
    pub(crate) fn name(&self) -> String {
        match &self.ffmpeg {
            None => BUILT_IN.to_owned(),
            Some(ffmpeg) => format!("{BUILT_IN}, {}", ffmpeg.name()),
        }
    }

    /// What a process that decodes so may start; none: it cannot be confined.
    pub(crate) fn confinement(&self) -> Option<MayStart> {
        match &self.ffmpeg {
            None => Some(MayStart::Nothing),
            // What a snap starts with takes rights that it does not have before, which is over for all that is confined.
            Some(ffmpeg) if ffmpeg.is_snap() => None,
            Some(_) => Some(MayStart::Programs),
        }
    }

    /// The failure of a file that nothing here decodes.
    pub(super) fn refusal(&self, failure: Failure) -> Failure {
        match self.ffmpeg {
            Some(_) => failure,
            None => unsupported(format!("{} (install ffmpeg, and the next scan hears it)", failure.reason)),
        }
    }
}

/// The ffmpeg that `[decoder] ffmpeg` asks for: `auto`, `off` or a program. It is asked for its version once, and again when
/// its file has changed.
/// Errors: a program that is named and does not run.
pub(crate) fn find_ffmpeg(setting: &OsStr) -> io::Result<Option<Ffmpeg>> {
    match setting.to_str() {
        Some("off") => Ok(None),
        // Without one, or with one that does not run, files that need it say so.
        Some("auto") => Ok(ask_once(OsStr::new("ffmpeg")).ok()),
        _ => ask_once(setting).map(Some),
    }
}

fn ask_once(name: &OsStr) -> io::Result<Ffmpeg> {
    static LAST: Mutex<Option<(SystemTime, Ffmpeg)>> = Mutex::new(None);
    let (program, changed) = program(name)?;
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, ffmpeg)) = last.as_ref().filter(|(at, last)| (*at, &last.program) == (changed, &program))
    {
        return Ok(ffmpeg.clone());
    }
    let ffmpeg = Ffmpeg::ask(Path::new(&program))?;
    *last = Some((changed, ffmpeg.clone()));
    Ok(ffmpeg)
}

/// The file of a program, which is looked for as a shell does, and when it was last changed.
fn program(name: &OsStr) -> io::Result<(OsString, SystemTime)> {
    let places: Vec<PathBuf> = if name.as_bytes().contains(&b'/') {
        vec![name.into()]
    } else {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .collect()
    };
    let found = places.into_iter().find_map(|place| {
        let about = place.metadata().ok().filter(is_executable)?;
        Some((place.into_os_string(), about.modified()))
    });
    let (program, changed) =
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no such program"))?;
    Ok((program, changed?))
}

fn is_executable(about: &Metadata) -> bool {
    about.is_file() && about.permissions().mode() & 0o111 != 0
}
