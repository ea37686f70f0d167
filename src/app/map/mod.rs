//! The library as a map: every song a dot, near those that sound like it, in the colour of its playlist.
//!
//! [`map()`] reads as its steps: what is drawn is read, laid out from where it was last, written, and kept for the next map.

pub(crate) mod arrange;
mod colours;
mod drawn;
mod input;
mod output;
mod page;
mod picture;
pub(crate) mod request;
mod search;

use std::path::Path;

use self::arrange::{Arrangement, arrange};
use self::drawn::DrawnMap;
use self::input::read;
use self::request::{MapError, MapRequest, MapSummary};
use super::progress::{Event, Progress, StageTimer};
use crate::store::{MapRecord, Playlists, StoreError};
use crate::text::chain;

/// Draws the map, and writes the page and the picture that are asked for.
/// Errors: nothing is written then.
pub(crate) fn map(
    request: &MapRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<MapSummary, MapError> {
    let mut timer = StageTimer::default();
    request.targets().try_for_each(|target| output::check(target, request.force))?;
    let input = read(request, store, progress)?;
    timer.stage("read");
    let name = format!("{} {}/{}", request.layout.name, input.space.name, input.space.fingerprint.short(16));
    let last = Playlists::look(store)?.map(&name)?.filter(|_| !request.fresh);
    let arrangement = arrange(&input.points, request.layout, request.seed, last.as_ref(), progress)?;
    progress.event(Event::End);
    timer.stage("lay out");

    let drawn = DrawnMap::new(&input, &arrangement);
    let page =
        request.page.iter().map(|path| (&**path, page::page(&drawn, request, &input, path).into_bytes()));
    let picture = request.picture.iter().map(|path| (&**path, picture::picture(&drawn)));
    output::write(&page.chain(picture).collect::<Vec<_>>(), request.force)?;
    timer.stage("write");
    let record = MapRecord::new(
        arrangement.inputs,
        input.parts.clone(),
        input.points.contents().iter().copied().zip(arrangement.positions.iter().copied()),
    );
    if let Err(error) = keep(store, &name, &record, &input.stored) {
        let text = format!("the map is not kept, so the next one does not start from it: {}", chain(&error));
        progress.event(Event::Warning(text));
    }
    Ok(summary(request, &input, &arrangement, &drawn, timer.stages))
}

/// Keeps the map for the next one, and forgets those of spaces that went away.
fn keep(
    store: &Path,
    name: &str,
    record: &MapRecord,
    stored: &[crate::space::SpaceId],
) -> Result<(), StoreError> {
    let (database, refused) = Playlists::open(store)?;
    if let Some(refused) = refused {
        return Err(refused);
    }
    if database.map(name)?.as_ref() != Some(record) {
        database.keep_map(name, record)?;
    }
    database.forget_maps_without(stored)
}

fn summary(
    request: &MapRequest,
    input: &input::MapInput,
    arrangement: &Arrangement,
    drawn: &DrawnMap,
    seconds: Vec<(&'static str, f64)>,
) -> MapSummary {
    MapSummary {
        songs: drawn.songs.len(),
        listed: drawn.lists.iter().filter(|list| **list > 0).count(),
        playlists: drawn.playlists.len(),
        method: input.space.name.clone(),
        layout: request.layout.name,
        set: input.set.clone(),
        run: input.run.clone(),
        start: arrangement.start,
        has_true_nearest: drawn.nearest.is_some(),
        page: request.page.clone(),
        picture: request.picture.clone(),
        seconds,
    }
}

#[cfg(test)]
mod tests;
