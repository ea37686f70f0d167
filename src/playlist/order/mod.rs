//! Orders of the songs of a playlist: one file and one row of [`ORDERS`] each.
//!
//! Every order depends on the songs alone, not on the order in which they are given.

pub(super) mod center;
mod flow;
mod random;
mod title;

use ndarray::Array2;

pub(crate) use self::center::typical;
use self::flow::PlacedSong;
use super::Song;

/// A way to order the songs of a playlist. What a playlist holds, and the run's id, do not depend on it.
#[derive(Debug)]
pub struct Order {
    /// Its name for `--order`.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// It looks at vectors.
    pub(crate) compares_points: bool,
    arrange: fn(&mut Vec<PlacedSong>, u64),
}

/// Every order, the default first.
pub static ORDERS: &[Order] = &[
    Order {
        name: "center",
        about: "the most typical songs first",
        compares_points: false,
        arrange: |songs, _| songs.sort_by(|a, b| center::compare(a.song, b.song)),
    },
    Order {
        name: "flow",
        about: "from a typical song on, each beside the one it is most like",
        compares_points: true,
        arrange: |songs, _| flow::arrange(songs),
    },
    Order {
        name: "title",
        about: "by artist, album and title",
        compares_points: false,
        arrange: |songs, _| songs.sort_by_cached_key(|placed| title::key(placed.song)),
    },
    Order {
        name: "random",
        about: "mixed, equally for equal seeds",
        compares_points: false,
        arrange: |songs, seed| songs.sort_by_cached_key(|placed| random::key(placed.song, seed)),
    },
];

/// The order of this name.
pub(crate) fn order(name: &str) -> Option<&'static Order> {
    ORDERS.iter().find(|order| order.name == name)
}

impl Order {
    /// The songs in this order. Song k's vector is row `rows[k]` of `values`: tracks × columns, as they were clustered;
    /// an order that does not compare points takes rows without columns.
    ///
    /// # Panics
    /// When there is not one row per song.
    pub(crate) fn arrange(
        &self,
        songs: Vec<Song>,
        rows: &[usize],
        values: &Array2<f32>,
        seed: u64,
    ) -> Vec<Song> {
        assert_eq!(songs.len(), rows.len(), "one row per song");
        let placed = |(index, song)| PlacedSong { song, index, point: values.row(rows[index]) };
        let mut placed: Vec<_> = songs.iter().enumerate().map(placed).collect();
        // Every order is a stable sort, so this decides between equal songs.
        placed.sort_by_key(|placed| placed.song.content);
        (self.arrange)(&mut placed, seed);
        let order: Vec<_> = placed.into_iter().map(|placed| placed.index).collect();
        let mut songs: Vec<_> = songs.into_iter().map(Some).collect();
        order.into_iter().filter_map(|index| songs[index].take()).collect()
    }
}

#[cfg(test)]
mod tests;
