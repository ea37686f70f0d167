//! Takes from a process what decoding and computing do not need, so that a file that takes over a decoder gains nothing.
//!
//! Two locks, of which each holds where the other is not in the kernel: Landlock knows paths, seccomp knows system calls,
//! among them those that Landlock leaves alone (owners, modes and times of files, sockets that are not TCP).

#[cfg(feature = "testing")]
pub(crate) mod escape;
#[cfg(target_os = "linux")]
mod system_calls;

/// Which programs a confined process may start. What it starts is confined as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayStart {
    Nothing,
    /// Any, as the loader that a linked program needs would run any other one, too.
    Programs,
}

/// Takes the network, writing to files, other processes and, unless it `may_start` them, programs from this thread and all
/// that it starts: they get an error, which says more than a sudden end. Where the kernel has no such lock there is none.
#[cfg(target_os = "linux")]
pub(crate) fn confine(may_start: MayStart) {
    drop(confine_paths(may_start));
    drop(system_calls::confine(may_start == MayStart::Programs));
}

/// Elsewhere there are no such locks.
#[cfg(not(target_os = "linux"))]
pub(crate) fn confine(_: MayStart) {}

/// Reading is all that may be done with a path; TCP, devices, and processes outside of this one are out of reach.
#[cfg(target_os = "linux")]
fn confine_paths(may_start: MayStart) -> Result<landlock::RestrictionStatus, landlock::RulesetError> {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
        Scope,
    };
    // An older kernel takes of it what it knows.
    let abi = ABI::V6;
    let mut rights = AccessFs::ReadFile | AccessFs::ReadDir;
    if may_start == MayStart::Programs {
        rights |= AccessFs::Execute;
    }
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?;
    match PathFd::new("/") {
        Ok(root) => ruleset.add_rule(PathBeneath::new(root, rights))?.restrict_self(),
        // A root that cannot be opened is one below which nothing is read.
        Err(_) => ruleset.restrict_self(),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
