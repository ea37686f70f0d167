//! What is said of rows of the store that are damaged.

use super::progress::{Event, Progress};
use crate::store::{Playlists, View};
use crate::text::counted;

/// Warns if rows of the library that were read are damaged.
pub(crate) fn warn_of_damaged_rows(view: &View, progress: &dyn Progress) {
    if let Some(text) = described(view.damaged()) {
        progress.event(Event::Warning(text));
    }
}

/// What is said of so many damaged rows of the library, if there are any.
pub(crate) fn described(damaged: usize) -> Option<String> {
    let (rows, are, them) = match damaged {
        0 => return None,
        1 => ("1 row".to_owned(), "is", "it"),
        rows => (counted(rows, "row"), "are", "them"),
    };
    Some(format!(
        "{rows} of the store {are} damaged and left out: `indexer scan` makes {them} again, \
         `indexer store check` says whether anything is left"
    ))
}

/// Warns if rows of the playlists that were read are damaged.
pub(crate) fn warn_of_damaged_playlists(database: &Playlists, progress: &dyn Progress) {
    if database.is_damaged() {
        let text = "rows of playlists.redb are damaged (`indexer store check`): what can be read of earlier playlists goes on, \
                    and a file whose row is lost is taken for somebody else's";
        progress.event(Event::Warning(text.to_owned()));
    }
}
