//! `indexer`: see the library's documentation for how it works.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
