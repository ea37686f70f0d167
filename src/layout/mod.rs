//! Points into a plane: where each of many vectors lies on a map.
//!
//! Every layout takes the nearest rows of each row, and moves all rows at once, from where they were in the step before: the
//! same points give the same map, whatever the number of threads.

mod fuzzy;
mod pca;
mod placing;
mod procrustes;
mod random;
pub(crate) mod task;
mod tsne;
mod umap;

use self::pca::pca;

pub(crate) use self::task::MapLayout;
pub(crate) use self::task::{LayoutTask, Nearest, Position};
pub(crate) use self::{placing::mean_of_nearest, placing::place, procrustes::align};

/// Every layout, the default first.
pub static LAYOUTS: &[MapLayout] = &[
    MapLayout {
        name: "umap",
        about: "songs that sound alike lie together",
        neighbours: 15,
        most: 20_000,
        places_others: true,
        steps: umap::steps,
        run: umap::run,
    },
    MapLayout {
        name: "tsne",
        about: "the same by t-SNE, of at most 10 000 songs",
        neighbours: 90,
        most: 10_000,
        places_others: false,
        steps: tsne::steps,
        run: tsne::run,
    },
    MapLayout {
        name: "pca",
        about: "the two directions in which songs differ most",
        neighbours: 0,
        most: usize::MAX,
        places_others: false,
        steps: |_| 0,
        run: |task, _| pca(task.values),
    },
];

/// The layout of this name.
pub(crate) fn layout(name: &str) -> Option<&'static MapLayout> {
    LAYOUTS.iter().find(|layout| layout.name == name)
}

#[cfg(test)]
mod tests;
