//! The page: one file that asks no network. Its data is packed and compressed; its scripts lie beside this file.

mod nearest;
mod pack;
mod paths;

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use self::pack::packed;
use super::drawn::DrawnMap;
use super::input::MapInput;
use super::{output::MARK, request::MapRequest};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
/// One script after another, all in one scope.
const SCRIPTS: [&str; 6] = [
    include_str!("decode.js"),
    include_str!("scatter.js"),
    include_str!("grid.js"),
    include_str!("labels.js"),
    include_str!("panel.js"),
    include_str!("main.js"),
];

/// The text of the page, which is to lie at `file`.
pub(super) fn page(map: &DrawnMap, request: &MapRequest, input: &MapInput, file: &Path) -> String {
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPTS.concat());
    // Only this very script runs, whatever else might come to stand on the page.
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let (script_hash, style_hash) = (hash(&script), hash(STYLE));
    let data = STANDARD.encode(packed(map, request, input, file));
    let parts = [
        ("{{mark}}", MARK),
        ("{{script-hash}}", &script_hash),
        ("{{style-hash}}", &style_hash),
        ("{{style}}", STYLE),
        ("{{script}}", &script),
        ("{{data}}", &data),
    ];
    parts.iter().fold(PAGE.to_owned(), |page, (place, text)| page.replacen(place, text, 1))
}

#[cfg(test)]
mod tests;
