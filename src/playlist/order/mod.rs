//! Orders of the songs of a playlist: one file and one row of [`ORDERS`] each.
//!
//! Whatever the order, it is a function of the songs alone: not of the order in which they come.

mod center;
mod flow;
mod random;
mod title;
mod walk;

use ndarray::{Array2, ArrayView1};

pub use self::center::typical;
use super::Song;

/// A way to order the songs of a playlist. What a playlist holds, and the run's id, do not depend on it.
#[derive(Debug)]
pub struct Order {
    /// The word `--order` takes.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    arrange: fn(&mut Vec<Placed>, u64),
}

/// Every order, the default first.
pub static ORDERS: &[Order] = &[
    Order {
        name: "center",
        about: "the most typical songs first",
        arrange: |songs, _| songs.sort_by(|a, b| center::compare(a.song, b.song)),
    },
    Order {
        name: "flow",
        about: "from a typical song on, each beside the one it is most like",
        arrange: |songs, _| flow::arrange(songs),
    },
    Order {
        name: "title",
        about: "by artist, album and title",
        arrange: |songs, _| songs.sort_by_cached_key(|placed| title::key(placed.song)),
    },
    Order {
        name: "random",
        about: "mixed, equally for equal seeds",
        arrange: |songs, seed| songs.sort_by_cached_key(|placed| random::key(placed.song, seed)),
    },
];

/// The order of this name.
pub fn order(name: &str) -> Option<&'static Order> {
    ORDERS.iter().find(|order| order.name == name)
}

/// A song with its place in the space.
#[derive(Clone, Copy)]
struct Placed<'a> {
    song: &'a Song,
    /// Where the song came.
    place: usize,
    point: ArrayView1<'a, f32>,
}

impl Order {
    /// The songs in this order. Song k's vector is row `rows[k]` of `values`: tracks × columns, as they were clustered.
    ///
    /// # Panics
    /// When there is not one row per song.
    pub fn arrange(&self, songs: Vec<Song>, rows: &[usize], values: &Array2<f32>, seed: u64) -> Vec<Song> {
        assert_eq!(songs.len(), rows.len(), "one row per song");
        let placed = |(place, song)| Placed { song, place, point: values.row(rows[place]) };
        let mut placed: Vec<_> = songs.iter().enumerate().map(placed).collect();
        // Every order is stable, so this decides between equals.
        placed.sort_by_key(|placed| placed.song.content);
        (self.arrange)(&mut placed, seed);
        let places: Vec<_> = placed.into_iter().map(|placed| placed.place).collect();
        let mut songs: Vec<_> = songs.into_iter().map(Some).collect();
        places.into_iter().filter_map(|place| songs[place].take()).collect()
    }
}

#[cfg(test)]
mod tests;
