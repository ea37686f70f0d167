//! What `--help` says beyond the flags: examples of each command, and what each word means that a flag takes.

mod examples;

use std::fmt::Write;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, error};
use indexer::{ALGORITHMS, FORMATS, LAYOUTS, ORDERS, TABLE_FORMATS};

use self::examples::{EXAMPLES, EXIT_CODES, Examples};
#[cfg(feature = "parquet")]
use super::embed;
use super::{args::list_file::LIST_FORMAT, errors};

/// Adds to a command, and to those inside it, what `--help` says at its end and what its flags take.
pub(super) fn complete(command: Command) -> Command {
    let command = complete_as("", command);
    let examples = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    command.after_long_help(examples + "\n" + EXIT_CODES)
}

fn complete_as(words: &str, command: Command) -> Command {
    let command = match EXAMPLES.iter().find(|(of, _)| *of == words) {
        Some((_, examples)) => command.after_long_help(table(examples)),
        None => command,
    };
    command.mut_args(|arg| explained(words, arg)).mut_subcommands(|inner| {
        let words = format!("{words} {}", inner.get_name());
        complete_as(words.trim_start(), inner)
    })
}

fn table(examples: Examples) -> String {
    let width = examples.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
    examples.iter().fold("Examples:".to_owned(), |mut text, (line, what)| {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {line:width$}  {what}");
        text
    })
}

/// Lists the words that a flag takes, for `--help` and for shells that complete them.
fn explained(command: &str, arg: Arg) -> Arg {
    match (command, arg.get_long()) {
        (command, Some("algorithm")) => {
            // Numbers of playlists can be tried only with those that take one.
            let rows = ALGORITHMS.iter().filter(|row| row.takes_n || command != "eval");
            let words = rows.map(|row| (row.name.to_owned(), row.about));
            arg.help("How tracks are grouped [default: kmeans]").value_parser(Words::of(words))
        }
        (_, Some("learn-from")) => {
            let words = [
                ("artist", "what differs between the songs of one artist counts for less"),
                ("album", "what differs between the songs of one album does"),
                ("none", "all that differs counts the same"),
            ];
            let words = words.map(|(word, about)| (word.to_owned(), about)).into_iter();
            arg.help("Learn from tags what to compare songs by [default: none]")
                .value_parser(Words::of(words))
        }
        (_, Some("layout")) => {
            let words = LAYOUTS.iter().map(|row| (row.name.to_owned(), row.about));
            arg.help("How songs are laid out").value_parser(Words::of(words))
        }
        (_, Some("order")) => {
            let words = ORDERS.iter().map(|row| (row.name.to_owned(), row.about));
            arg.help("Order of the songs in a playlist [default: center]").value_parser(Words::of(words))
        }
        ("export", Some("format")) => {
            let words = TABLE_FORMATS.iter().map(|row| (row.name.to_owned(), row.about));
            arg.help("The format").value_parser(Words::of(words))
        }
        (_, Some("format")) if arg.get_id() == LIST_FORMAT => {
            let words = FORMATS.iter().map(|row| (row.name.to_owned(), ""));
            arg.help("The format [default: as FILE ends, else m3u8]").value_parser(Words::of(words))
        }
        (_, Some("format")) => {
            let words = FORMATS.iter().map(|row| (row.name.to_owned(), ""));
            arg.help("Formats of the playlist files, separated by commas [default: m3u8]")
                .value_parser(Words::of(words))
        }
        #[cfg(feature = "parquet")]
        ("embed", Some("print-job")) => {
            let words = embed::JOBS.iter().map(|row| (row.name.to_owned(), row.about));
            arg.help("Print a job that gives each list to a machine").value_parser(Words::of(words))
        }
        ("errors", Some("kind")) => arg.value_parser(Words::of(errors::kinds())),
        _ => arg,
    }
}

/// Text that should be one of some words. Which it is, is checked where all names of settings are, in one way for flags and
/// for the configuration.
#[derive(Clone)]
struct Words(Vec<PossibleValue>);

impl Words {
    fn of(words: impl Iterator<Item = (String, &'static str)>) -> Self {
        let value = |(word, about): (String, &'static str)| {
            let value = PossibleValue::new(word);
            if about.is_empty() { value } else { value.help(about) }
        };
        Self(words.map(value).collect())
    }
}

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, error::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;

    /// Every command that help shows, by its words.
    fn visible(words: &str, command: &Command) -> Vec<String> {
        let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set());
        let inner = inner.flat_map(|inner| visible(&format!("{words} {}", inner.get_name()), inner));
        [words.trim_start().to_owned()].into_iter().chain(inner).collect()
    }

    /// The words of a line, as a shell splits it.
    fn split(line: &str) -> Vec<String> {
        let quoted = |(part, text): (usize, &str)| match part % 2 {
            0 => text.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![text.to_owned()],
        };
        line.split('"').enumerate().flat_map(quoted).collect()
    }

    #[test]
    fn every_command_has_examples_that_it_takes_and_a_terminal_shows() {
        for words in visible("", &command()) {
            let found = EXAMPLES.iter().find(|(of, _)| *of == words);
            let (_, examples) = found.unwrap_or_else(|| panic!("`{words}` needs a row of EXAMPLES"));
            for (line, _) in *examples {
                let begin = format!("indexer {words}");
                assert!(line.starts_with(begin.trim_end()), "{line} is no example of {words}");
                if let Err(error) = command().try_get_matches_from(split(line)) {
                    panic!("{line}: {error}");
                }
            }
            for line in table(examples).lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }

    #[test]
    fn no_examples_are_of_a_command_that_is_not_there() {
        let visible = visible("", &command());
        for (words, _) in EXAMPLES {
            assert!(visible.iter().any(|name| name == words), "{words}");
        }
    }

    #[test]
    fn clap_finds_no_mistake_in_the_commands() {
        command().debug_assert();
    }
}
