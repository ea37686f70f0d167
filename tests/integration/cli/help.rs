//! `--help` of every command.

use crate::support::{
    commands::{commands, listed},
    environment::TestEnv,
    snapshots::assert_as_before,
};

#[test]
fn every_help_text_is_as_it_was() {
    let env = TestEnv::new();
    let with_commands = listed(&env, "").into_iter().filter(|name| !listed(&env, name).is_empty());
    let lines: Vec<String> = [String::new()].into_iter().chain(with_commands).chain(commands(&env)).collect();
    assert!(lines.len() > 20, "{lines:?}");
    for line in lines {
        let help = env.run(&format!("{line} --help"));
        assert_eq!((help.status, help.stderr.as_str()), (0, ""), "{line}");
        let name = format!("help {line}").trim_end().replace(' ', "-");
        assert_as_before(&name, &help.stdout);
    }
}
