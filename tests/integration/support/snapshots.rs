//! What the program says, beside what it said before. `INSTA_UPDATE=always` takes what it says now.

use std::path::Path;

use serde_json::Value;

use super::environment::TestEnv;

/// Holds `text` to the file of this name in `tests/integration/snapshots`.
pub(crate) fn assert_as_before(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// An object on many lines, without what differs from call to call and from machine to machine.
pub(crate) fn portable(env: &TestEnv, mut object: Value) -> String {
    redact(env, "", &mut object);
    serde_json::to_string_pretty(&object).unwrap()
}

/// Keys whose values are measured, drawn or dated; and those that another recipe of a space changes.
const REDACTED: [&str; 23] = [
    "seconds",
    "cpu_seconds",
    "songs_a_minute",
    "scanned",
    "changed",
    "rate",
    "eta",
    "made",
    "first",
    "last",
    "time",
    "pid",
    "started",
    "since",
    "version",
    "engine",
    "run",
    "from",
    "to",
    "fingerprint",
    "bytes",
    "before",
    "after",
];

fn redact(env: &TestEnv, key: &str, value: &mut Value) {
    match value {
        Value::Null => {}
        value if REDACTED.contains(&key) => *value = format!("[{key}]").into(),
        Value::Object(object) => object.iter_mut().for_each(|(key, value)| redact(env, key, value)),
        Value::Array(list) => list.iter_mut().for_each(|value| redact(env, "", value)),
        Value::String(text) => {
            *text = text.replace(env!("CARGO_BIN_EXE_indexer"), "[indexer]");
            *text = text.replace(env.path("").to_str().unwrap().trim_end_matches('/'), "[home]");
        }
        // Sums depend on the processor's vectors in their last digits.
        Value::Number(number) if number.is_f64() => {
            // The shares of classes come out of a network: two processors gave 0.06265 and 0.06266.
            let digits = if key == "share" { 2 } else { 3 };
            let digits = format!("{:.digits$e}", number.as_f64().unwrap());
            *value = digits.parse::<f64>().unwrap().into();
        }
        _ => {}
    }
}
