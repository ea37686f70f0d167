//! `indexer completions` and `indexer man`: what shells and `man` know of this program, made from the commands themselves.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use anyhow::Context;
use clap::{Args, Command, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;
use indexer::location;
use serde_json::json;

use super::ui::{exit::ExitStatus, print::print, print::print_json, print::shown};

/// Print a script that lets a shell complete commands and flags
#[derive(Args)]
pub(super) struct CompletionsCommand {
    /// The shell
    shell: Shell,
}

/// Print the manual page, or write one for every command
#[derive(Args)]
pub(super) struct ManCommand {
    /// Write a page for every command into this folder
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

impl CompletionsCommand {
    /// Needs no settings: a shell asks for this when it starts.
    pub(super) fn run(&self, whole: Command, json: bool) -> anyhow::Result<ExitStatus> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut without_hidden(&whole), "indexer", &mut script);
        let script = String::from_utf8(script)?;
        if json {
            print_json(&json!({"shell": self.shell.to_string(), "text": script}))?;
        } else {
            print(script.trim_end())?;
        }
        Ok(ExitStatus::Done)
    }
}

impl ManCommand {
    pub(super) fn run(&self, whole: Command, json: bool) -> anyhow::Result<ExitStatus> {
        let Some(folder) = &self.folder else {
            let mut page = Vec::new();
            Man::new(whole).render(&mut page)?;
            let page = String::from_utf8(page)?;
            if json {
                print_json(&json!({"text": page}))?
            } else {
                print(page.trim_end())?
            }
            return Ok(ExitStatus::Done);
        };
        let pages = write_pages(whole, folder)?;
        if json {
            let written: Vec<_> = pages.iter().map(|page| location(page)).collect();
            print_json(&json!({"written": written}))?;
        } else {
            print(&format!("{} pages written into {}", pages.len(), shown(folder)))?;
        }
        Ok(ExitStatus::Done)
    }
}

/// The program without its hidden commands, which some shells would complete.
fn without_hidden(whole: &Command) -> Command {
    let inner = whole.get_subcommands().filter(|inner| !inner.is_hide_set()).cloned();
    Command::new("indexer")
        .version(env!("CARGO_PKG_VERSION"))
        .args(whole.get_arguments().cloned())
        .subcommands(inner.collect::<Vec<_>>())
}

/// Writes a page for every command that is not hidden. Returns the files, in the order of their names.
fn write_pages(whole: Command, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("cannot write the manual into {}", shown(folder));
    let folder = &absolute(folder).with_context(failed)?;
    fs::create_dir_all(folder).with_context(failed)?;
    let mut root = whole.disable_help_subcommand(true);
    root.build();
    let (mut pages, mut commands) = (Vec::new(), vec![&root]);
    while let Some(command) = commands.pop() {
        pages.push(Man::new(command.clone()).generate_to(folder).with_context(failed)?);
        commands.extend(command.get_subcommands().filter(|inner| !inner.is_hide_set()));
    }
    pages.sort();
    Ok(pages)
}
