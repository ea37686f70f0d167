//! What the page and the picture draw: dots on a grid, in the order of their paths, with what is said of each.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::arrange::Arrangement;
use super::input::MapInput;
use crate::layout::{Nearest, Position};

/// The positions of dots are whole numbers up to this one.
pub(super) const GRID: f32 = u16::MAX as f32;
/// A playlist's name stands where most of its songs lie, on a grid of so many cells to each side.
const CELLS: usize = 24;

/// A map as it is drawn.
pub(super) struct DrawnMap {
    /// In the order of their files.
    pub songs: Vec<DrawnSong>,
    /// Where each song lies, across and up; the longer side of the map fills the grid.
    pub positions: Vec<[u16; 2]>,
    /// The playlist of each song, from 1; 0: none.
    pub lists: Vec<u16>,
    pub playlists: Vec<DrawnPlaylist>,
    /// The true nearest of each song.
    pub nearest: Option<Nearest>,
}

/// What is said of a song.
pub(super) struct DrawnSong {
    pub title: String,
    pub artist: String,
    /// The file that holds its sound.
    pub file: PathBuf,
    /// Where it begins in that file, in seconds, and where it ends, if it is a song of an album in one file.
    pub part: Option<(f64, Option<f64>)>,
}

/// A playlist that has songs on the map.
pub(super) struct DrawnPlaylist {
    pub name: String,
    pub size: usize,
    /// Where its name stands.
    pub label: [u16; 2],
}

impl DrawnMap {
    pub(super) fn new(input: &MapInput, arrangement: &Arrangement) -> Self {
        let mut order: Vec<usize> = (0..input.tracks.len()).collect();
        order.sort_by(|a, b| input.tracks[*a].file.path().cmp(input.tracks[*b].file.path()));
        let on_grid = on_grid(&arrangement.positions);
        let positions: Vec<_> = order.iter().map(|row| on_grid[*row]).collect();

        let mut list_of = HashMap::new();
        for (number, playlist) in input.playlists.iter().enumerate() {
            list_of.extend(playlist.members.iter().map(|song| (*song, number)));
        }
        let lists: Vec<_> =
            order.iter().map(|row| list_of.get(&input.tracks[*row].content).copied()).collect();
        let mut members = vec![Vec::new(); input.playlists.len()];
        for (position, list) in positions.iter().zip(&lists) {
            list.iter().for_each(|list| members[*list].push(*position));
        }
        // Those without songs here are not drawn.
        let mut numbers = vec![0; members.len()];
        let mut playlists = Vec::new();
        for (number, members) in members.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
            let (name, size) = (input.playlists[number].name.clone(), members.len());
            playlists.push(DrawnPlaylist { name, size, label: densest(members) });
            numbers[number] = playlists.len() as u16;
        }
        Self {
            songs: order.iter().map(|row| song(input, *row)).collect(),
            positions,
            lists: lists.into_iter().map(|list| list.map_or(0, |list| numbers[list])).collect(),
            playlists,
            nearest: arrangement.nearest.as_ref().map(|nearest| reordered(nearest, &order)),
        }
    }
}

fn song(input: &MapInput, row: usize) -> DrawnSong {
    let track = &input.tracks[row].file;
    let extent = track.section().map(|section| section.extent);
    let title = match track.title() {
        "" => name_of(track.path()),
        title => title.to_owned(),
    };
    DrawnSong {
        title,
        artist: track.artist().to_owned(),
        file: track.audio().to_owned(),
        part: extent.map(|extent| (extent.start_seconds(), extent.end_seconds())),
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The map in the middle of the grid.
fn on_grid(positions: &[Position]) -> Vec<[u16; 2]> {
    let ends = |axis: usize| {
        let values = positions.iter().map(|position| position[axis]);
        (values.clone().fold(f32::INFINITY, f32::min), values.fold(f32::NEG_INFINITY, f32::max))
    };
    let ends = [ends(0), ends(1)];
    let width = ends.iter().map(|(low, high)| high - low).fold(0.0, f32::max);
    let scale = if width > 0.0 { GRID / width } else { 0.0 };
    let on_axis = |axis: usize, value: f32| {
        let (low, high) = ends[axis];
        ((value - (low + high) / 2.0) * scale + GRID / 2.0).round() as u16
    };
    positions.iter().map(|[x, y]| [on_axis(0, *x), on_axis(1, *y)]).collect()
}

/// The mean of the positions in and around the cell that has most of them.
fn densest(positions: &[[u16; 2]]) -> [u16; 2] {
    let cell = |value: u16| usize::from(value) * CELLS / (usize::from(u16::MAX) + 1);
    let mut counts = [[0_usize; CELLS]; CELLS];
    positions.iter().for_each(|[x, y]| counts[cell(*x)][cell(*y)] += 1);
    let cells = (0..CELLS * CELLS).map(|cell| (cell / CELLS, cell % CELLS));
    let (x, y) =
        cells.max_by_key(|(x, y)| (counts[*x][*y], usize::MAX - (x * CELLS + y))).unwrap_or_default();
    let is_near =
        |position: &&[u16; 2]| cell(position[0]).abs_diff(x) <= 1 && cell(position[1]).abs_diff(y) <= 1;
    let near: Vec<_> = positions.iter().filter(is_near).collect();
    let mean =
        |axis: usize| near.iter().map(|at| u64::from(at[axis])).sum::<u64>() / near.len().max(1) as u64;
    [mean(0) as u16, mean(1) as u16]
}

/// The lists of rows in another order, with the numbers of that order.
fn reordered(nearest: &Nearest, order: &[usize]) -> Nearest {
    let mut place_of = vec![0_u32; order.len()];
    order.iter().enumerate().for_each(|(place, row)| place_of[*row] = place as u32);
    let rows = order.iter().flat_map(|row| nearest.of(*row).0.iter().map(|other| place_of[*other as usize]));
    let distances = order.iter().flat_map(|row| nearest.of(*row).1.iter().copied());
    Nearest { k: nearest.k, rows: rows.collect(), distances: distances.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_fills_the_grid_and_the_other_lies_in_its_middle() {
        let grid = on_grid(&[[-1.0, 5.0], [3.0, 6.0], [1.0, 7.0]]);
        assert_eq!(grid, [[0, 16384], [65535, 32768], [32768, 49151]]);
        assert_eq!(on_grid(&[[4.0, 4.0]; 2]), [[32768, 32768]; 2]);
    }

    #[test]
    fn a_name_stands_on_the_larger_of_two_islands() {
        let island = |x: u16, songs: usize| (0..songs).map(move |song| [x + song as u16, 9000]);
        let label = densest(&island(2000, 5).chain(island(60_000, 9)).collect::<Vec<_>>());
        assert_eq!(label, [60_004, 9000]);
    }

    #[test]
    fn nearest_songs_are_numbered_as_they_stand() {
        let nearest = Nearest { k: 1, rows: vec![1, 2, 0], distances: vec![0.1, 0.2, 0.3] };
        let found = reordered(&nearest, &[2, 0, 1]);
        assert_eq!((found.rows, found.distances), (vec![1, 2, 0], vec![0.3, 0.1, 0.2]));
    }
}
