//! Flags that several commands share. A flag that has a setting overrules it in the configuration; what both mean is the
//! library's to say.

use indexer::Config;

use super::ui::exit::Usage;

pub(crate) mod answer;
pub(crate) mod count;
pub(crate) mod filters;
pub(crate) mod global;
pub(crate) mod grouping;
pub(crate) mod list_file;
pub(crate) mod targets;

/// The file, the format and the number of songs of one answer. No variable of the environment stands for these: there,
/// `INDEXER_OUTPUT`, `INDEXER_FORMAT` and `INDEXER_N` are about the playlists of `cluster`, and `INDEXER_METHOD` names one that
/// need not have vectors.
pub(crate) const OF_ONE_ANSWER: [&str; 5] =
    [ANSWER_FILE, list_file::LIST_FORMAT, ANSWER_COUNT, TABLE_FORMAT, EXPORTED_METHODS];
pub(crate) const ANSWER_FILE: &str = "answer_file";
pub(crate) const ANSWER_COUNT: &str = "answer_count";
pub(crate) const TABLE_FORMAT: &str = "table_format";
pub(crate) const EXPORTED_METHODS: &str = "exported_methods";

/// Lets a flag overrule a setting, if it is given.
pub(crate) fn overrule<T>(setting: &mut T, flag: Option<T>) {
    if let Some(flag) = flag {
        *setting = flag;
    }
}

/// Refuses to write both the playlists and the object of `--json` to stdout.
pub(crate) fn one_for_stdout(config: &Config) -> Result<(), Usage> {
    if config.json && config.cluster.output.as_os_str() == "-" {
        let text = "--output - and --json both write to stdout: leave one of them out, or name a file";
        return Err(Usage(text.to_owned()));
    }
    Ok(())
}

/// Which set of playlists a command is about.
#[derive(clap::Args)]
pub(crate) struct SetFlag {
    /// The set of playlists [default: the only one, else the one that `cluster` continues]
    #[arg(id = "set", long, value_name = "NAME")]
    pub name: Option<String>,
}
