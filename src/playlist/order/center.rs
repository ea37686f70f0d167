//! The order `center`: the most typical songs first, equally typical ones by their `ContentId`.

use std::cmp::Ordering;

use crate::playlist::Song;

pub(crate) fn compare(a: &Song, b: &Song) -> Ordering {
    a.distance.total_cmp(&b.distance).then_with(|| a.content.cmp(&b.content))
}

/// The `n` songs nearest to the centre, independent of the order of `songs`.
pub(crate) fn typical(songs: &[Song], n: usize) -> Vec<Song> {
    let mut all: Vec<_> = songs.iter().collect();
    if n < all.len() {
        all.select_nth_unstable_by(n, |a, b| compare(a, b));
        all.truncate(n);
    }
    all.sort_by(|a, b| compare(a, b));
    all.into_iter().cloned().collect()
}
