//! What kind of filesystem a path lies on, as far as stamps, stores and mounts care.

use std::{io, path::Path};

/// The filesystem under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filesystem {
    magic: u64,
    /// Identifies this filesystem across remounts; 0 where there is nothing of the kind.
    pub id: u64,
}

/// A filesystem whose stamps or locks are weaker than a local Unix disk's.
struct Weak {
    magic: u64,
    name: &'static str,
    /// Byte-range locks do not hold across machines.
    network: bool,
}

/// Magic numbers from `linux/magic.h`, and of cifs, smb2 and exfat from their own sources.
const WEAK: &[Weak] = &[
    Weak { magic: 0x6969, name: "NFS", network: true },
    Weak { magic: 0xFF53_4D42, name: "CIFS", network: true },
    Weak { magic: 0xFE53_4D42, name: "SMB2", network: true },
    Weak { magic: 0x517B, name: "SMB", network: true },
    Weak { magic: 0x0102_1997, name: "9p", network: true },
    Weak { magic: 0x6573_5546, name: "FUSE", network: false },
    Weak { magic: 0x4d44, name: "vfat", network: false },
    Weak { magic: 0x2011_BAB0, name: "exfat", network: false },
];

/// overlayfs makes a new id at each mount.
const OVERLAY: u64 = 0x794c_7630;

impl Filesystem {
    /// Asks the kernel about `path`.
    ///
    /// # Errors
    /// Those of `statfs(2)`.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut magic = rustix::fs::statfs(path)?.f_type as u64 & 0xFFFF_FFFF;
        if let Some(name) = std::env::var_os("INDEXER_TEST_FILESYSTEM") {
            magic = WEAK.iter().find(|weak| weak.name == name).map_or(magic, |weak| weak.magic);
        }
        let known = magic != OVERLAY && WEAK.iter().all(|weak| weak.magic != magic);
        let id = if known { rustix::fs::statvfs(path)?.f_fsid } else { 0 };
        Ok(Self { magic, id })
    }

    fn weak(&self) -> Option<&'static Weak> {
        WEAK.iter().find(|weak| weak.magic == self.magic)
    }

    /// Inode, device and ctime mean nothing lasting here: they stay out of stamps.
    pub fn has_weak_stamps(&self) -> bool {
        self.weak().is_some()
    }

    /// The name of a network filesystem; its locks cannot guard a store.
    pub fn network(&self) -> Option<&'static str> {
        self.weak().filter(|weak| weak.network).map(|weak| weak.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_filesystems_are_named_and_local_ones_are_not() {
        for (magic, network, weak) in [
            (0x6969, Some("NFS"), true),
            (0xFF53_4D42, Some("CIFS"), true),
            (0x4d44, None, true),
            (0xEF53, None, false),
            (OVERLAY, None, false),
        ] {
            let filesystem = Filesystem { magic, id: 0 };
            assert_eq!(filesystem.network(), network, "{magic:x}");
            assert_eq!(filesystem.has_weak_stamps(), weak, "{magic:x}");
        }
    }
}
