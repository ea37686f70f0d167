//! Flags that several commands share. A flag that has a setting overrules it in the configuration; what both mean is the
//! library's to say.

pub(crate) mod count;
pub(crate) mod filters;
pub(crate) mod global;
pub(crate) mod grouping;
pub(crate) mod targets;

/// Lets a flag overrule a setting, if it is given.
fn overrule<T>(setting: &mut T, flag: Option<T>) {
    if let Some(flag) = flag {
        *setting = flag;
    }
}

/// Which set of playlists a command is about.
#[derive(clap::Args)]
pub(crate) struct SetFlag {
    /// The set of playlists [default: the only one, else the one that `cluster` continues]
    #[arg(id = "set", long, value_name = "NAME")]
    pub name: Option<String>,
}
