//! The program's commands, as its own help lists them.

use std::collections::BTreeSet;

use super::environment::TestEnv;

/// The names that a help text lists under `Commands:`.
pub(crate) fn listed(env: &TestEnv, line: &str) -> Vec<String> {
    let help = env.run(&format!("{line} --help")).stdout;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// All commands, with the words of those inside others.
pub(crate) fn commands(env: &TestEnv) -> BTreeSet<String> {
    let mut commands = BTreeSet::new();
    for name in listed(env, "") {
        let inner = listed(env, &name);
        match inner.is_empty() {
            true => drop(commands.insert(name)),
            false => commands.extend(inner.iter().map(|inner| format!("{name} {inner}"))),
        }
    }
    commands
}
