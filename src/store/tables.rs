//! The tables of both databases, on one screen. Every value is sealed by [`super::codec`].

use redb::TableDefinition;

/// What scanning writes, and what clustering and naming write.
pub(super) const LIBRARY: &str = "library.redb";
pub(super) const PLAYLISTS: &str = "playlists.redb";

type Table<K> = super::codec::Table<'static, K>;

/// The layout below. A store of a higher schema is refused, one of a lower is [migrated](super::migrate).
pub(crate) const SCHEMA: u32 = 6;

// Both databases.
/// [`SCHEMA_KEY`] → u32, without a record's version, so that every program can read it; in library.redb also
/// [`AUDITED`] → `Moment`.
pub(super) const META: Table<&str> = TableDefinition::new("meta");
pub(super) const SCHEMA_KEY: &str = "schema";
/// When contents were last checked for silent changes.
pub(super) const AUDITED: &str = "audited";

// library.redb. Paths are the bytes of the path.
/// Path → `RootRecord`.
pub(super) const ROOTS: Table<&[u8]> = TableDefinition::new("roots");
/// Path → `FileRecord`.
pub(super) const FILES: Table<&[u8]> = TableDefinition::new("files");
/// (path, space or nothing) → `FailureRecord`. Without a space the whole file has failed.
pub(super) const FAILURES: Table<(&[u8], &str)> = TableDefinition::new("failures");
/// `ContentId` as recipe and digest → track number.
pub(super) const CONTENTS: Table<&[u8; 33]> = TableDefinition::new("contents");
/// Track number → `TrackRecord`.
pub(super) const TRACKS: Table<u32> = TableDefinition::new("tracks");
/// Name of the space's own table → `SpaceRecord`. That table is
/// (part of the vector, track number) → bytes of the vector, see [`super::vectors`]; a model's scores lie in
/// another, track number → `Vec<Score>`.
pub(super) const SPACES: Table<&str> = TableDefinition::new("spaces");
/// Name of the space's own table → `PaceRecord`.
pub(super) const PACES: Table<&str> = TableDefinition::new("paces");

// playlists.redb.
/// Name of the set → `SetRecord`.
pub(super) const SETS: Table<&str> = TableDefinition::new("sets");
/// (name of the set, number of the run) → `RunRecord`.
pub(super) const RUNS: Table<(&str, u64)> = TableDefinition::new("runs");
/// Path → what this program wrote there last, and for which playlist.
pub(super) const OWNED: Table<&[u8]> = TableDefinition::new("owned");
/// (name of the set, lineage, id of the playlist) → `PlaylistChoice`.
pub(super) const CHOICES: Table<(&str, u64, u32)> = TableDefinition::new("choices");
/// Name of the set → the order in which the songs of its latest run were written.
pub(super) const ORDERS: Table<&str> = TableDefinition::new("orders");
/// Name of the set → where its songs were last written, see [`super::playlists`].
pub(super) const PLACES: Table<&str> = TableDefinition::new("places");
/// Name of the map → where its songs were drawn last. Programs that know no maps leave them alone.
pub(super) const MAPS: Table<&str> = TableDefinition::new("maps");
