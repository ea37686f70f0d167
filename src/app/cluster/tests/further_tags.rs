//! Tags beyond the first ones: read for filters, and not held for a whole library.

use super::{mfcc_space, put_tagged};
use crate::app::cluster::combination::Combination;
use crate::app::cluster::{request::Filters, selection::select, tracks::TrackFiles};
use crate::extract::mfcc;
use crate::playlist::filter::TrackFilter;
use crate::store::{SongPlaces, View};
use crate::track::{FurtherTags, TagDate, Tags, TrackNumber};

#[test]
fn only_a_filter_reads_them_and_no_selected_track_keeps_them() {
    let store = tempfile::tempdir().unwrap();
    let tags = |n: u32| {
        let date = TagDate::parse(&(1990 + n).to_string());
        Tags { further: Some(Box::new(FurtherTags { date, ..FurtherTags::default() })), ..Tags::default() }
    };
    let songs = (0..6).map(|n| (n, vec![n as f32; mfcc::WIDTH], tags(n)));
    put_tagged(store.path(), &mfcc_space(), songs);
    let view = View::open(store.path()).unwrap();
    let spaces = Combination(vec![(mfcc_space(), 1.0)]);
    for (years, left) in [(None, 6), (Some([1992, 1994]), 3)] {
        let filter = TrackFilter { years, ..TrackFilter::default() };
        let filters = Filters { filter, ..Filters::default() };
        let mut files = TrackFiles::of(&view, &[], None, &filters, SongPlaces::default()).unwrap();
        let file = files.take(TrackNumber(0)).unwrap();
        assert_eq!(file.tags().further.is_some(), years.is_some());
        let selection = select(&view, &spaces, &[], None, false, &filters, SongPlaces::default()).unwrap();
        assert_eq!((selection.tracks.len(), selection.filtered), (left, 6 - left));
        assert!(selection.tracks.iter().all(|track| track.file.tags().further.is_none()));
    }
}
