//! ffmpeg as a child process, for what no crate decodes.
//!
//! It runs inside a worker, under the worker's limits: no network, nothing but the one file, ended with the worker. What it
//! decodes comes through a pipe as a waveform file of 32-bit floats.

use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{ffi::OsString, path::Path};

use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::failure::{unreadable, unsupported};
use crate::track::{Failure, FailureKind};

/// What it may read: containers of sound alone, so that no playlist makes it open another file.
const FORMATS: &str = "aac,ac3,aiff,amr,ape,asf,caf,dsf,dts,eac3,flac,iff,matroska,webm,mov,mp4,m4a,mp3,mpc,mpc8,ogg,rm,\
                       tak,tta,w64,wav,wv,xwma";
/// How long it may take to say its version.
const PATIENCE: Duration = Duration::from_secs(5);
/// Signals by which others end it: INT, QUIT, KILL, TERM and HUP.
const ENDING: [i32; 5] = [libc::SIGINT, libc::SIGQUIT, libc::SIGKILL, libc::SIGTERM, libc::SIGHUP];
/// Bytes of its errors that are kept: the last ones say why it ends.
const LAST_WORDS: usize = 1024;

/// An ffmpeg that runs here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ffmpeg {
    pub program: OsString,
    pub version: String,
}

impl Ffmpeg {
    /// Asks a program for its version.
    /// Errors: why it cannot be used, in a line; not found, if there is no such program.
    pub(crate) fn ask(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let begin = Instant::now();
        while child.try_wait()?.is_none() {
            if begin.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                return Err(io::Error::other("it does not answer"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        let mut answer = String::new();
        if let Some(stdout) = child.stdout.take() {
            drop(stdout.take(4096).read_to_string(&mut answer));
        }
        // "ffmpeg version 7.1.1-1ubuntu2 Copyright …"
        let version =
            answer.strip_prefix("ffmpeg version ").and_then(|rest| rest.split([' ', '-', '+']).next());
        let version = version.ok_or_else(|| io::Error::other("it is no ffmpeg"))?.to_owned();
        Ok(Self { program: program.into(), version })
    }

    /// As it is recorded with what it decoded.
    pub(crate) fn name(&self) -> String {
        format!("ffmpeg {}", self.version)
    }

    /// Whether it is one of those that `snap` installs: a link to the program that starts all of them.
    pub(super) fn is_snap(&self) -> bool {
        Path::new(&self.program).canonicalize().is_ok_and(|program| program.ends_with("snap"))
    }

    /// Starts to decode the first stream of sound in a file, so many seconds from its start.
    pub(super) fn decode(&self, path: &Path, from: f64) -> Result<(Conversion, ChildStdout), Failure> {
        let mut input = OsString::from("file:");
        input.push(path);
        let mut command = Command::new(&self.program);
        command
            .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"])
            .args(["-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS])
            .args((from > 0.0).then(|| ["-ss".to_owned(), format!("{from:.6}")]).into_iter().flatten())
            .arg("-i")
            .arg(input)
            .args(["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // SAFETY: the closure only makes a system call, which is allowed between fork and exec.
        unsafe {
            command.pre_exec(|| Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?));
        }
        let mut child = command.spawn().map_err(|error| unsupported(format!("{}: {error}", self.name())))?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(unreadable(io::Error::other("no pipes")));
        };
        let about = format!("file:{}: ", path.display());
        let words = thread::Builder::new().spawn(move || last_words(stderr)).map_err(unreadable)?;
        Ok((Conversion { child, words: Some(words), name: self.name(), about }, stdout))
    }
}

/// A child that decodes.
pub(super) struct Conversion {
    child: Child,
    words: Option<JoinHandle<String>>,
    name: String,
    /// How it begins what it says of the file.
    about: String,
}

impl Conversion {
    /// What it says went wrong, once its output has ended; nothing if all went well.
    /// Errors: it was ended from outside, which says nothing of the file.
    pub(super) fn complaint(&mut self) -> Result<Option<String>, Failure> {
        let status = self.child.wait();
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let last = words.lines().rev().map(str::trim).find(|line| !line.is_empty());
        // It ends by itself when it is asked to: "Exiting normally, received signal 15."
        let is_ended = |status: &ExitStatus| status.signal().is_some_and(|signal| ENDING.contains(&signal));
        if status.as_ref().is_ok_and(is_ended) || last.is_some_and(|line| line.contains("received signal")) {
            let reason = format!("{} was ended from outside", self.name);
            return Err(Failure::of_system(FailureKind::Crashed, reason));
        }
        Ok(match (status, last) {
            (Ok(status), _) if status.success() => None,
            (_, Some(line)) => {
                // "[wv @ 0x55d0c0de] …" names a part of it.
                let line =
                    line.split_once("] ").filter(|_| line.starts_with('[')).map_or(line, |(_, line)| line);
                let line = line.strip_prefix(&self.about).unwrap_or(line);
                Some(format!("{}: {line}", self.name))
            }
            (Ok(status), None) => Some(format!("{} ended with {status}", self.name)),
            (Err(error), None) => Some(format!("{}: {error}", self.name)),
        })
    }
}

impl Drop for Conversion {
    fn drop(&mut self) {
        // It fails where the child has ended, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads whatever it prints, however much that is, and keeps the end.
fn last_words(mut stderr: ChildStderr) -> String {
    let (mut kept, mut block) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stderr.read(&mut block) {
        kept.extend_from_slice(&block[..length]);
        let surplus = kept.len().saturating_sub(LAST_WORDS);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(&kept).into_owned()
}
