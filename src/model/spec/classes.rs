//! The names of a model's classes: of a list that is built in, or of a file in the models' folder.

use std::{fs, io::ErrorKind, path::Path};

use super::{catalogue::SpecError, description::ModelSpec};
use crate::space::{ClassKind, ClassName};

/// The lists that are built in: file name and text.
static LISTS: &[(&str, &str)] = &[
    ("audioset_classes.txt", include_str!("../../../models/audioset_classes.txt")),
    ("musicnn_tags.txt", include_str!("../../../models/musicnn_tags.txt")),
    ("yamnet_classes.txt", include_str!("../../../models/yamnet_classes.txt")),
];

impl ModelSpec {
    /// The names of the classes, as many as there are; none where no file of names is given.
    /// Errors: the file cannot be read, or has not one good line a class.
    pub(crate) fn class_names(&self, folder: &Path) -> Result<Vec<ClassName>, SpecError> {
        let (Some(file), classes) = (&self.output.class_names, self.output.classes) else {
            return Ok(Vec::new());
        };
        let path = folder.join(file);
        let invalid = |reason: String| {
            let reason =
                format!("{reason}: it needs a line for each of the {classes} classes of {}", self.name);
            SpecError::ClassNames { path: path.clone(), reason }
        };
        let built_in = LISTS.iter().find(|(name, _)| name == file).map(|(_, text)| (*text).to_owned());
        let text =
            built_in.map_or_else(|| fs::read_to_string(&path), Ok).map_err(|source| match source.kind() {
                ErrorKind::NotFound => invalid("is missing".to_owned()),
                ErrorKind::InvalidData => invalid("is not a text in UTF-8".to_owned()),
                _ => SpecError::Unreadable { path: path.clone(), source },
            })?;
        let count = text.lines().count();
        if count != classes {
            return Err(invalid(format!("has {count} names")));
        }
        let parse =
            |(i, line)| ClassName::parse(line).map_err(|bad| invalid(format!("{bad} (line {})", i + 1)));
        text.lines().enumerate().map(parse).collect()
    }
}

/// How many classes there are of each kind that occurs, and of none.
pub(crate) fn count_kinds(classes: &[ClassName]) -> Vec<(Option<ClassKind>, usize)> {
    let kinds = ClassKind::ALL.into_iter().map(Some).chain([None]);
    let count = |kind| classes.iter().filter(|class| class.kind == kind).count();
    kinds.map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::spec::MODELS;

    fn built_in(name: &str) -> ModelSpec {
        ModelSpec::built_in(name).unwrap()
    }

    #[test]
    fn every_built_in_list_says_of_each_class_what_it_is() {
        for (name, _) in MODELS {
            let spec = built_in(name);
            let classes = spec.class_names(Path::new("/nowhere")).unwrap();
            assert_eq!(
                classes.len(),
                if spec.output.class_names.is_some() { spec.output.classes } else { 0 }
            );
            assert!(classes.iter().all(|class| class.kind.is_some()), "{name}");
            let mut names: Vec<_> = classes.iter().map(|class| &class.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), classes.len(), "{name}");
        }
    }

    #[test]
    fn few_of_all_classes_of_audioset_make_a_name() {
        use ClassKind::{Genre, Instrument, Mood, Skip, Sound, Voice};
        let classes = built_in("cnn14").class_names(Path::new("/nowhere")).unwrap();
        let kinds = [(Genre, 52), (Instrument, 51), (Mood, 7), (Voice, 7), (Sound, 33), (Skip, 377)];
        assert_eq!(count_kinds(&classes), kinds.map(|(kind, count)| (Some(kind), count)));
        for name in
            ["Cupboard open or close", "Chicken, rooster", "Sidetone", "Music", "Vehicle", "Cacophony"]
        {
            let class = classes.iter().find(|class| class.name == name).unwrap();
            assert_eq!(class.kind, Some(Skip), "{name}");
        }
    }

    #[test]
    fn a_file_that_is_missing_too_short_or_wrong_is_refused_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut spec = ModelSpec { name: "mine".to_owned(), ..built_in("cnn14") };
        (spec.output.classes, spec.output.class_names) = (3, Some("mine.txt".to_owned()));
        let path = folder.path().join("mine.txt");
        let refused = |text: Option<&[u8]>, reason: &str| {
            text.iter().for_each(|text| fs::write(&path, text).unwrap());
            let end = "it needs a line for each of the 3 classes of mine";
            let wanted = format!("{} {reason}: {end}", path.display());
            assert_eq!(spec.class_names(folder.path()).unwrap_err().to_string(), wanted);
        };
        refused(None, "is missing");
        refused(Some(b"a\tgenre\nb\n"), "has 2 names");
        refused(Some(b"a\nb\nc\nd\n"), "has 4 names");
        refused(Some(b"a\nb\xff\nc"), "is not a text in UTF-8");
        let kind =
            "has the kind `gnre`, which is none of genre, instrument, mood, voice, sound, skip (line 2)";
        refused(Some(b"a\nb\tgnre\nc"), kind);
        fs::write(&path, "a\nb\tgenre\nc\tskip\n").unwrap();
        let classes = spec.class_names(folder.path()).unwrap();
        let counts = [(Some(ClassKind::Genre), 1), (Some(ClassKind::Skip), 1), (None, 1)];
        assert_eq!(count_kinds(&classes), counts);
    }
}
