//! A song with its point, as orders see it.

use ndarray::ArrayView1;

use crate::playlist::Song;

/// A song with its point in the space.
#[derive(Clone, Copy)]
pub(super) struct PlacedSong<'a> {
    pub song: &'a Song,
    /// The song's index before it is put into order.
    pub index: usize,
    pub point: ArrayView1<'a, f32>,
}
