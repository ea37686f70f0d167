use ndarray::Array2;

use super::*;
use crate::{digest::Digest, track::Tags};

fn song(n: u32) -> Song {
    tagged(n, &Tags::default())
}

fn tagged(n: u32, tags: &Tags) -> Song {
    Song::example(Digest::of(&n.to_le_bytes()), format!("/music/{n}.mp3"), tags)
}

fn named(name: &str) -> &'static Order {
    order(name).unwrap()
}

fn arranged(name: &str, songs: &[Song], values: &Array2<f32>) -> Vec<Song> {
    named(name).arrange(songs.to_vec(), &(0..songs.len()).collect::<Vec<_>>(), values, 42)
}

/// Numbers from 0 to 1 that look random, the same on every machine.
fn noise(n: usize, column: usize) -> f32 {
    let digest = Digest::of(&[n.to_le_bytes(), column.to_le_bytes()].concat());
    f32::from(u16::from_le_bytes([digest.0[0], digest.0[1]])) / 65_535.0
}

fn noisy(n: usize) -> (Vec<Song>, Array2<f32>) {
    let values = Array2::from_shape_fn((n, 11), |(n, column)| noise(n, column));
    let songs = (0..n).map(|n| Song { distance: noise(n, 99), ..song(n as u32) }).collect();
    (songs, values)
}

#[test]
fn every_order_is_found_by_its_own_name_and_keeps_all_songs() {
    for row in ORDERS {
        assert_eq!(order(row.name).unwrap().name, row.name);
        for n in [0, 1, 2, 100] {
            let (songs, values) = noisy(n);
            let mut kept = arranged(row.name, &songs, &values);
            kept.sort_by_key(|song| song.path().to_owned());
            let mut songs = songs;
            songs.sort_by_key(|song| song.path().to_owned());
            assert_eq!(kept, songs, "{}", row.name);
        }
    }
    assert!(order("by magic").is_none());
}

#[test]
fn no_order_depends_on_the_order_in_which_songs_come() {
    for n in [300, 2_300] {
        let (mut songs, mut values) = noisy(n);
        // Equal songs but for their names: only those may decide.
        for twin in 1..20 {
            songs[twin] = Song { distance: songs[0].distance, ..songs[twin].at(songs[0].path()) };
            let row = values.row(0).to_owned();
            values.row_mut(twin).assign(&row);
        }
        for row in ORDERS {
            let expected = arranged(row.name, &songs, &values);
            let mut rows: Vec<_> = (0..n).collect();
            rows.sort_by_key(|row| Digest::of(&row.to_le_bytes()));
            let shuffled: Vec<_> = rows.iter().map(|&row| songs[row].clone()).collect();
            assert_eq!(row.arrange(shuffled, &rows, &values, 42), expected, "{}", row.name);
        }
    }
}

#[test]
fn the_most_typical_songs_come_first() {
    let distances = [2.0, 0.5, 0.5, 0.0];
    let songs: Vec<_> = (0..4).map(|n| Song { distance: distances[n], ..song(n as u32) }).collect();
    let center = arranged("center", &songs, &Array2::zeros((4, 1)));
    assert!(center.is_sorted_by(|a, b| a.distance <= b.distance));
    assert!(center[1].content < center[2].content);
    assert_eq!(typical(&songs, 3), center[..3]);
    assert_eq!(typical(&songs, 9), center);
}

#[test]
fn titles_stand_as_people_sort_them() {
    let tagged = |n, artist: &str, album: &str, title: &str| {
        let (artist, album, title) = (artist.into(), album.into(), title.into());
        tagged(n, &Tags { artist, album, title, ..Tags::default() })
    };
    let expected = vec![
        tagged(9, "ABBA", "Gold 2", "z"),
        tagged(8, "abba", "Gold 010", "Z"),
        tagged(7, "Zoë", "", "1"),
        tagged(6, "", "Hits", "b"),
        tagged(5, "", "", " A"),
        tagged(2, "", "", ""),
        tagged(10, " ", "\n", ""),
    ];
    let mut songs = expected.clone();
    songs.rotate_left(3);
    assert_eq!(arranged("title", &songs, &Array2::zeros((7, 1))), expected);
}

#[test]
fn chance_is_the_seeds_and_moves_no_other_song() {
    let (songs, values) = noisy(50);
    let rows: Vec<_> = (0..50).collect();
    let mixed = named("random").arrange(songs.clone(), &rows, &values, 1);
    assert_ne!(mixed, named("random").arrange(songs.clone(), &rows, &values, 2));
    let fewer = named("random").arrange(songs[..49].to_vec(), &rows[..49], &values, 1);
    assert_eq!(fewer, mixed.into_iter().filter(|song| *song != songs[49]).collect::<Vec<_>>());
}

#[test]
fn a_flow_begins_at_the_centre_and_goes_on_to_the_nearest() {
    let places = [0.0, 1.0, 2.5, 4.5, 7.5, -3.0];
    let songs: Vec<_> = (0..6).map(|n| Song { distance: 1.0 + n as f32, ..song(n) }).collect();
    let flow = arranged("flow", &songs, &Array2::from_shape_fn((6, 1), |(n, _)| places[n]));
    let order: Vec<_> = flow.iter().map(|song| song.distance as usize - 1).collect();
    assert_eq!(order, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_flow_is_smoother_than_the_other_orders_at_any_length() {
    for n in [1_000, 3_000] {
        let (songs, values) = noisy(n);
        let steps = |name| -> f32 {
            let flow = arranged(name, &songs, &values);
            let row = |song: &Song| songs.iter().position(|known| known.content == song.content).unwrap();
            let rows: Vec<_> = flow.iter().map(row).collect();
            let step =
                |pair: &[usize]| (&values.row(pair[0]) - &values.row(pair[1])).mapv(|d| d * d).sum().sqrt();
            rows.windows(2).map(step).sum()
        };
        let (flow, center) = (steps("flow"), steps("center"));
        assert!(flow < 0.7 * center, "{n} songs: {flow} and {center}");
    }
}

#[test]
fn a_long_flow_goes_from_one_end_to_the_other() {
    let values = Array2::from_shape_fn((3_000, 3), |(n, column)| match column {
        0 => n as f32,
        _ => noise(n, column),
    });
    let songs: Vec<_> = (0..3_000).map(|n| Song { distance: n as f32, ..song(n) }).collect();
    let flow = arranged("flow", &songs, &values);
    let ends = [flow[0].distance, flow[2_999].distance];
    assert!(ends == [0.0, 2_999.0] || ends == [2_999.0, 0.0], "{ends:?}");
    let steps = flow.windows(2).map(|pair| (pair[0].distance - pair[1].distance).abs());
    assert!(steps.sum::<f32>() < 3_500.0);
}
