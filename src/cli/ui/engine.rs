//! The inference engine in text and JSON.

use indexer::{Engine, EngineError, location};
use serde_json::{Value, json};

use super::print::one_line;

/// The engine, or why there is none.
pub(crate) fn as_text(engine: &Result<&Engine, EngineError>) -> String {
    one_line(&engine.as_ref().map_or_else(ToString::to_string, ToString::to_string))
}

pub(crate) fn as_json(engine: &Result<&Engine, EngineError>) -> Value {
    match engine {
        Ok(engine) => json!({
            "name": engine.name,
            "version": engine.version,
            "library": engine.library.as_deref().map(location),
            "reason": engine.reason,
        }),
        Err(error) => json!({"name": Value::Null, "reason": error.to_string()}),
    }
}
