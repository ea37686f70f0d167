//! Descriptions as they are written: an import adds what it has found out and leaves the rest, comments included, as the
//! user wrote it; so does a removal.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Value};

use crate::model::spec::{MODELS, ModelSpec};

/// The description of an installed model: the text of the one that it was described by, in `folder` or built in, with the
/// values of `spec`.
pub(super) fn installed(spec: &ModelSpec, described_as: &str, folder: &Path) -> String {
    let own = ModelSpec::text(described_as, folder).ok().map(|(text, _)| text);
    let texts = own.into_iter().chain(ModelSpec::built_in_text(described_as).map(str::to_owned));
    let edited = texts.filter_map(|text| with_findings(&text, spec));
    // A text that says something else is not the one that the spec was made of.
    let mut same = edited.filter(|text| ModelSpec::parse(&spec.name, text).is_ok_and(|read| read == *spec));
    same.next().unwrap_or_else(|| spec.to_toml())
}

/// What an import finds out, set in a description.
fn with_findings(text: &str, spec: &ModelSpec) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    set(document.get_mut("name")?, spec.name.as_str());
    let output = document.get_mut("output")?;
    set(output.get_mut("dimension")?, spec.output.dimension as i64);
    if spec.output.classes > 0 {
        set(output.get_mut("classes")?, spec.output.classes as i64);
    }
    let weights = document.get_mut("weights")?.as_table_like_mut()?;
    if let Some(blake3) = &spec.weights.blake3 {
        set(weights.entry("blake3").or_insert(Item::None), blake3.as_str());
    }
    if let Some(size) = spec.weights.graph_size {
        set(weights.entry("graph_size").or_insert(Item::None), size as i64);
    }
    set(weights.entry("verified").or_insert(Item::None), spec.weights.verified);
    Some(document.to_string())
}

/// Changes a value, and not what stands around it.
fn set(item: &mut Item, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

/// What stays of the description of a model that is removed; none: this program wrote all of it.
pub(super) fn left(name: &str, text: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let weights = document.get_mut("weights")?.as_table_like_mut()?;
    weights.remove("blake3");
    weights.remove("graph_size");
    weights.remove("verified");
    let text = document.to_string();
    let spec = ModelSpec::parse(name, &text).ok()?;
    let is_built_in = |(model, _): &(&str, _)| {
        let mut known = ModelSpec::built_in(model)?;
        known.name = spec.name.clone();
        (known.output.dimension, known.output.classes) = (spec.output.dimension, spec.output.classes);
        (known == spec).then_some(())
    };
    MODELS.iter().find_map(is_built_in).is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::{golden, install::import::import_file, install::installed::remove};

    const BUILT_IN: &str = include_str!("../../../models/cnn14.toml");

    fn import(name: &str, described_as: &str, folder: &Path) -> String {
        let spec = ModelSpec::find(described_as, folder).unwrap();
        let file = golden::path("cnn14_mini_legacy.pth");
        import_file(&file, &spec, name, folder, true, None).unwrap();
        fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap()
    }

    #[test]
    fn an_import_changes_what_it_has_found_out_and_keeps_the_comments() {
        let folder = tempfile::tempdir().unwrap();
        let text = BUILT_IN
            .replace("\"cnn14\"\nrate", "\"mine\" # my own\nrate")
            .replace("max_windows = 8 ", "max_windows = 3 ");
        fs::write(folder.path().join("mine.toml"), &text).unwrap();
        let imported = import("mine", "mine", folder.path());
        let without = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| line.replace("dimension = 32", "dimension = 2048"));
            let is_found =
                |line: &String| ["blake3", "graph_size", "verified"].iter().any(|key| line.starts_with(key));
            lines.filter(|line| !is_found(line)).collect()
        };
        assert_eq!(without(&imported), without(&text));
        assert!(imported.contains("name = \"mine\" # my own\n") && imported.contains("dimension = 32\n"));
        assert!(
            imported.contains("\nblake3 = \"") && imported.contains("\nverified = false\n"),
            "{imported}"
        );
        // Again, and under another name, from the built-in text.
        assert_eq!(import("mine", "mine", folder.path()), imported);
        let other = import("other", "cnn14", folder.path());
        assert!(
            other.contains("name = \"other\"\n") && other.contains("# evenly spread over the trimmed track")
        );
    }

    #[test]
    fn a_removal_keeps_a_description_that_the_user_wrote_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        import("mine", "cnn14", folder.path());
        let removed = remove("mine", folder.path()).unwrap();
        assert!(removed.description.is_none() && !path.exists());
        let text = BUILT_IN
            .replace("\"cnn14\"\nrate", "\"mine\" # my own\nrate")
            .replace("max_windows = 8 ", "max_windows = 3 ");
        fs::write(&path, &text).unwrap();
        import("mine", "mine", folder.path());
        let removed = remove("mine", folder.path()).unwrap();
        assert_eq!(removed.description.as_ref(), Some(&path));
        assert_eq!(fs::read_to_string(&path).unwrap(), text.replace("dimension = 2048", "dimension = 32"));
        assert!(!folder.path().join("mine.onnx").exists());
        assert!(remove("mine", folder.path()).unwrap_err().to_string().contains("mine is not installed"));
    }
}
