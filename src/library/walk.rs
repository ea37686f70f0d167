//! Walking a folder: every audio file with its stamp, every mount, every folder that could not be read.

use std::{
    collections::{HashMap, HashSet},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use ignore::WalkBuilder;

use super::discarded::{IGNORE_FILES, closed_by, unreadable_rules};
use super::excluded::{RulesError, gitignore};
use super::rules::Rules;
use super::stamp::stamp;
use crate::{file::FileStamp, fs::filesystem::Filesystem, track::Section};

/// A file that may hold music, or a song of an album that is one file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundFile {
    pub path: PathBuf,
    /// That of the audio file.
    pub stamp: FileStamp,
    pub device: u64,
    /// The part of the file above it that the song is.
    pub section: Option<Box<Section>>,
}

impl FoundFile {
    /// The file that holds the sound.
    pub(crate) fn audio(&self) -> &Path {
        match (&self.section, self.path.parent()) {
            (Some(_), Some(audio)) => audio,
            _ => &self.path,
        }
    }

    /// The songs of an album that is this file.
    pub(crate) fn songs(&self, sections: &[Section]) -> Vec<Self> {
        let song = |section: &Section| Self {
            path: self.path.join(section.name()),
            section: Some(Box::new(section.clone())),
            ..self.clone()
        };
        sections.iter().map(song).collect()
    }
}

/// A folder or file that the walk could not read: nothing under it counts as vanished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WalkError {
    pub path: PathBuf,
    pub reason: String,
}

/// What one walk found.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// In the order of the paths' bytes.
    pub files: Vec<FoundFile>,
    /// Cue sheets, in the same order, if they are wanted.
    pub sheets: Vec<PathBuf>,
    /// Mount points met below the start, each with its filesystem's id.
    pub mounts: Vec<(PathBuf, u64)>,
    pub errors: Vec<WalkError>,
    /// Links to folders and music that were not followed.
    pub links: u64,
    /// Why nothing is found in all of the scope: a folder that is not entered, and the reason.
    pub closed: Option<WalkError>,
}

impl Walk {
    /// Walks the part `scope` of the root `root`. The walk begins at the root, so that the rules of all
    /// folders above the scope hold, and no mount above it is overlooked.
    /// Errors: only for patterns that are not valid; what cannot be read is part of the result.
    pub(crate) fn of(root: &Path, scope: &Path, rules: &Rules) -> Result<Self, RulesError> {
        let ignored = gitignore(root, &rules.ignore)?;
        if let Some((path, reason)) = rules.closed(root, scope) {
            return Ok(Self { closed: Some(WalkError { path, reason }), ..Self::default() });
        }
        let refused =
            |folder: &Path| Some(WalkError { path: folder.to_owned(), reason: unreadable_rules(folder)? });
        if let Some(error) = refused(root) {
            return Ok(Self { errors: vec![error], ..Self::default() });
        }
        let refused_folders = Arc::new(Mutex::new(Vec::new()));
        let refused_here = Arc::clone(&refused_folders);
        let follow = rules.follow_links;
        // Folders entered, by device and inode: links may lead to one twice.
        let entered = Mutex::new(HashSet::new());
        let (wanted, discarded) = (scope.to_owned(), rules.discarded.clone());
        let mut builder = WalkBuilder::new(root);
        builder.standard_filters(false).hidden(!rules.hidden).follow_links(follow).filter_entry(
            move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let is_on_the_way = wanted.starts_with(entry.path()) || entry.path().starts_with(&wanted);
                if !is_on_the_way || ignored.matched(entry.path(), is_folder).is_ignore() {
                    return false;
                }
                if is_folder && (discarded.contain(entry.file_name()) || closed_by(entry.path()).is_some()) {
                    return false;
                }
                if let Some(error) = refused(entry.path()).filter(|_| is_folder) {
                    refused_here.lock().unwrap_or_else(PoisonError::into_inner).push(error);
                    return false;
                }
                let Some(metadata) = (follow && is_folder).then(|| entry.metadata()) else {
                    return true;
                };
                let mut entered = entered.lock().unwrap_or_else(PoisonError::into_inner);
                metadata.is_ok_and(|found| entered.insert((found.dev(), found.ino())))
            },
        );
        for name in IGNORE_FILES {
            builder.add_custom_ignore_filename(name);
        }
        let mut walk = Self::default();
        let mut visitor = Visitor { rules, filesystems: HashMap::new() };
        for entry in builder.build() {
            match entry {
                Ok(entry) => visitor.visit(&entry, root, &mut walk),
                Err(error) => walk.errors.extend(unread(&error, root)),
            }
        }
        walk.errors.append(&mut refused_folders.lock().unwrap_or_else(PoisonError::into_inner));
        walk.files.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        walk.files.dedup_by(|a, b| a.path == b.path);
        walk.sheets.sort();
        Ok(walk)
    }
}

struct Visitor<'a> {
    rules: &'a Rules,
    /// By device.
    filesystems: HashMap<u64, Filesystem>,
}

impl Visitor<'_> {
    fn visit(&mut self, entry: &ignore::DirEntry, root: &Path, walk: &mut Walk) {
        let path = entry.path();
        let Some(kind) = entry.file_type() else { return };
        if path == root {
            // Of a root that is a link the walker gives the link, and enters the folder.
            if let Ok(found) = path.metadata() {
                self.filesystem(found.dev(), path);
            }
            return;
        }
        if kind.is_symlink() {
            walk.links += u64::from(self.leads_to_music(path));
            return;
        }
        if kind.is_file() && self.rules.is_sheet(path) {
            return walk.sheets.push(path.to_owned());
        }
        let is_audio = kind.is_file() && self.rules.wants(path);
        if !(kind.is_dir() || is_audio) {
            return;
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return walk.errors.extend(unread(&error, root)),
        };
        let device = metadata.dev();
        if kind.is_dir() {
            let is_known = self.filesystems.contains_key(&device);
            let filesystem = self.filesystem(device, path);
            if !is_known {
                walk.mounts.push((path.to_owned(), filesystem.map_or(0, |found| found.id)));
            }
            return;
        }
        let weak = self.filesystem(device, path).is_some_and(|found| found.has_weak_stamps());
        let stamp = stamp(&metadata, weak);
        walk.files.push(FoundFile { path: path.to_owned(), stamp, device, section: None });
    }

    /// Whether following a link might find music.
    fn leads_to_music(&self, link: &Path) -> bool {
        link.metadata().is_ok_and(|found| found.is_dir() || found.is_file() && self.rules.wants(link))
    }

    fn filesystem(&mut self, device: u64, path: &Path) -> Option<Filesystem> {
        if let Some(known) = self.filesystems.get(&device) {
            return Some(*known);
        }
        let found = Filesystem::of(path).ok()?;
        self.filesystems.insert(device, found);
        Some(found)
    }
}

/// Turns the walker's error into a path and a reason. What vanished below the root between listing and `stat`, and a
/// link that leads in a circle, are no errors.
fn unread(error: &ignore::Error, root: &Path) -> Option<WalkError> {
    fn place(error: &ignore::Error) -> Option<&Path> {
        match error {
            ignore::Error::WithPath { path, .. } => Some(path),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place(err),
            _ => None,
        }
    }
    let io = error.io_error();
    let gone = io.is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
    if gone && place(error) != Some(root) || is_loop(error) || io.is_some_and(is_circle) {
        return None;
    }
    // The walker's own message repeats the path; its source is the kernel's error alone.
    let answer = io.map(|io| std::error::Error::source(io).unwrap_or(io));
    let reason = answer.map_or_else(|| error.to_string(), ToString::to_string);
    Some(WalkError { path: place(error).unwrap_or(root).to_owned(), reason })
}

/// A link that leads to itself, which the walker's own error holds inside.
fn is_circle(error: &std::io::Error) -> bool {
    let inside = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    let code = error.raw_os_error().or(inside.and_then(std::io::Error::raw_os_error));
    code == Some(rustix::io::Errno::LOOP.raw_os_error())
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => is_loop(err),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
