//! What is promised of every call that is refused.

use std::path::PathBuf;

use super::environment::{TestEnv, snapshot};

/// Runs `line` as people and as programs do, and holds it to everything that is promised of a refusal.
pub(crate) fn refuses(env: &TestEnv, line: &str, status: i32, kind: &str, word: &str) {
    // To be opened changes a database's header, and whoever gets so far that it could cluster opens it.
    let opens = ["cluster", "runs restore"].iter().any(|command| line.starts_with(command));
    let is_opened = |path: &PathBuf| opens && path.ends_with("playlists.redb");
    let bytes = || {
        snapshot(&env.path(""))
            .into_iter()
            .filter(|(path, _)| !is_opened(path))
            .map(|(path, (bytes, _))| (path, bytes))
    };
    let before: Vec<(PathBuf, Vec<u8>)> = bytes().collect();
    let plain = env.run(line);
    assert_eq!((plain.status, plain.stdout.as_str()), (status, ""), "{line}: {plain:?}");
    let message = plain.stderr.trim_end_matches('\n');
    assert!(message.starts_with("indexer: ") && !message.contains('\n'), "{line}: {}", plain.stderr);
    assert!(message.contains(word), "{line}: {message}");

    let json = env.run(&format!("{line} --json"));
    assert_eq!((json.status, json.stdout.lines().count()), (status, 1), "{line}: {json:?}");
    assert_eq!(json.json()["error"]["kind"], kind, "{line}: {json:?}");
    let said = json.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(said.contains(word) && !said.contains('\n'), "{line}: {said}");
    let after: Vec<_> = bytes().collect();
    let changed = |rows: &[(PathBuf, Vec<u8>)]| rows.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(changed(&before), changed(&after), "{line} makes or removes no file");
    for (before, after) in before.iter().zip(&after) {
        assert!(before == after, "{line} leaves {} as it is", before.0.display());
    }
}
