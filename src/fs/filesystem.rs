//! The kind of filesystem that a path lies on, as far as it matters for stamps, stores and mounts.

use std::{io, os::unix::fs::MetadataExt, path::Path};

/// The filesystem under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filesystem {
    magic: u64,
    /// Identifies this filesystem across remounts; 0 where nothing does.
    pub id: u64,
}

/// A filesystem whose stamps or locks are weaker than a local Unix disk's.
struct WeakFilesystem {
    magic: u64,
    name: &'static str,
    /// Byte-range locks do not hold across machines.
    network: bool,
    /// Other machines or processes may change it without an inotify event.
    silent: bool,
}

/// Magic numbers from `linux/magic.h`, and of cifs, smb2 and exfat from their own sources.
const WEAK: &[WeakFilesystem] = &[
    WeakFilesystem { magic: 0x6969, name: "NFS", network: true, silent: true },
    WeakFilesystem { magic: 0xFF53_4D42, name: "CIFS", network: true, silent: true },
    WeakFilesystem { magic: 0xFE53_4D42, name: "SMB2", network: true, silent: true },
    WeakFilesystem { magic: 0x517B, name: "SMB", network: true, silent: true },
    WeakFilesystem { magic: 0x0102_1997, name: "9p", network: true, silent: true },
    WeakFilesystem { magic: 0x6573_5546, name: "FUSE", network: false, silent: true },
    WeakFilesystem { magic: 0x4d44, name: "vfat", network: false, silent: false },
    WeakFilesystem { magic: 0x2011_BAB0, name: "exfat", network: false, silent: false },
];

/// overlayfs gets a new id at each mount.
const OVERLAY: u64 = 0x794c_7630;

impl Filesystem {
    /// Asks the kernel about `path`.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let magic = rustix::fs::statfs(path)?.f_type as u64 & 0xFFFF_FFFF;
        #[cfg(feature = "testing")]
        let magic = planted_magic().unwrap_or(magic);
        let known = magic != OVERLAY && WEAK.iter().all(|weak| weak.magic != magic);
        let id = if known { rustix::fs::statvfs(path)?.f_fsid } else { 0 };
        Ok(Self { magic, id })
    }

    fn weak(&self) -> Option<&'static WeakFilesystem> {
        WEAK.iter().find(|weak| weak.magic == self.magic)
    }

    /// Inode, device and ctime may change here by themselves, so stamps leave them out.
    pub(crate) fn has_weak_stamps(&self) -> bool {
        self.weak().is_some()
    }

    /// The name of a filesystem that does not report all changes.
    pub(crate) fn is_silent(&self) -> Option<&'static str> {
        let silent = self.weak().filter(|weak| weak.silent).map(|weak| weak.name);
        silent.or((self.magic == OVERLAY).then_some("overlayfs"))
    }

    /// The name of a network filesystem, whose locks cannot protect a store.
    pub(crate) fn network(&self) -> Option<&'static str> {
        self.weak().filter(|weak| weak.network).map(|weak| weak.name)
    }
}

/// Lets a test have any filesystem of the list: `INDEXER_TEST_FILESYSTEM=NFS`.
#[cfg(feature = "testing")]
fn planted_magic() -> Option<u64> {
    let name = std::env::var_os("INDEXER_TEST_FILESYSTEM")?;
    WEAK.iter().find(|weak| weak.name == name).map(|weak| weak.magic)
}

/// Whether `path` lies on a rotating disk, where many small reads are slow; no if the kernel does not know.
pub(crate) fn is_rotating(path: &Path) -> bool {
    let Ok(found) = std::fs::metadata(path) else { return false };
    let (major, minor) = (rustix::fs::major(found.dev()), rustix::fs::minor(found.dev()));
    let device = Path::new("/sys/dev/block").join(format!("{major}:{minor}"));
    // A partition's queue is its disk's.
    let flag = |folder: &str| std::fs::read(device.join(folder).join("rotational")).ok();
    flag("queue").or_else(|| flag("../queue")).is_some_and(|flag| flag.starts_with(b"1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_filesystems_are_named_and_local_ones_are_not() {
        for (magic, network, weak, silent) in [
            (0x6969, Some("NFS"), true, Some("NFS")),
            (0xFF53_4D42, Some("CIFS"), true, Some("CIFS")),
            (0x6573_5546, None, true, Some("FUSE")),
            (0x4d44, None, true, None),
            (0xEF53, None, false, None),
            (OVERLAY, None, false, Some("overlayfs")),
        ] {
            let filesystem = Filesystem { magic, id: 0 };
            assert_eq!(filesystem.is_silent(), silent, "{magic:x}");
            assert_eq!(filesystem.network(), network, "{magic:x}");
            assert_eq!(filesystem.has_weak_stamps(), weak, "{magic:x}");
        }
    }
}
