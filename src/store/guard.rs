//! What keeps a panic inside redb from going further: at a damaged file it gives up.

use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::StoreError;

/// Runs `work` on a database file: redb's errors and panics become ours.
pub(super) fn guarded<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, redb::Error>,
) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| StoreError::of(path, error)),
        Err(_) => Err(StoreError::Damaged {
            path: path.to_owned(),
            detail: "the database library gave up on it".to_owned(),
        }),
    }
}

/// A database or a transaction. Once redb has panicked at a damaged file, its closing panics as well, at
/// its poisoned locks; here that goes no further. What was committed is on the disk all the same.
pub(super) struct Handle<T>(Option<T>);

impl<T> Handle<T> {
    pub(super) fn new(inner: T) -> Self {
        Self(Some(inner))
    }

    pub(super) fn into_inner(mut self) -> T {
        self.0.take().expect("only the end of it takes it")
    }
}

impl<T> Deref for Handle<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("only the end of it takes it")
    }
}

impl<T> DerefMut for Handle<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("only the end of it takes it")
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        let inner = self.0.take();
        drop(catch_unwind(AssertUnwindSafe(|| drop(inner))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_at_the_end_goes_no_further() {
        struct Poisoned;
        impl Drop for Poisoned {
            fn drop(&mut self) {
                panic!("as a poisoned lock makes it");
            }
        }
        drop(Handle::new(Poisoned));
    }
}
