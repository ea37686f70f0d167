//! Where a path leads: re-exports are followed to the file that defines the name.

use crate::source::{Crate, Kind, ModulePath};

/// Imports that lead in a circle end here.
const DEEPEST: usize = 16;

/// What a path stands for.
#[derive(Clone, PartialEq)]
pub(crate) enum Place {
    Module(ModulePath),
    /// Something that this module defines.
    Item(ModulePath),
    Foreign(String),
}

/// One file names what another holds.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub line: usize,
    pub path: String,
    pub in_tests: bool,
    /// It names a module only, or hands on what it names: what is used of it has an arrow of its own.
    pub is_indirect: bool,
}

/// A foreign crate that a file names: file, line, crate, whether in tests.
pub(crate) type ForeignName = (usize, usize, String, bool);

pub(crate) struct Resolver<'a> {
    pub parsed: &'a Crate,
    pub foreign: &'a [String],
}

impl Resolver<'_> {
    /// All arrows, and the foreign crates that files name.
    pub(crate) fn arrows(&self) -> (Vec<Arrow>, Vec<ForeignName>) {
        let (mut arrows, mut foreign) = (Vec::new(), Vec::new());
        for mention in &self.parsed.mentions {
            let place = self.resolve(&mention.module, &mention.path, 0);
            let (module, is_module) = match place {
                Some(Place::Module(module)) => (module, true),
                Some(Place::Item(module)) => (module, false),
                Some(Place::Foreign(name)) => {
                    if mention.path.len() > 1 || mention.kind != Kind::Inline {
                        foreign.push((mention.file, mention.line, name, mention.in_tests));
                    }
                    continue;
                }
                None => continue,
            };
            let Some(scope) = self.parsed.scopes.get(&module) else { continue };
            if scope.file != mention.file && !module.is_empty() {
                arrows.push(Arrow {
                    from: mention.file,
                    to: scope.file,
                    line: mention.line,
                    path: mention.path.join("::"),
                    in_tests: mention.in_tests || self.parsed.tests.contains(&mention.file),
                    is_indirect: is_module || mention.kind == Kind::Reexport,
                });
            }
        }
        (arrows, foreign)
    }

    /// Follows `path`, written in `module`.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<Place> {
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "" => {
                let (name, _) = rest.split_first()?;
                return self.foreign(name);
            }
            "crate" | "indexer" => Place::Module(vec![]),
            "self" => Place::Module(module.to_vec()),
            "super" => Place::Module(module.split_last()?.1.to_vec()),
            name => match self.step(module, name, rest.is_empty(), depth) {
                Some(place) => place,
                None => return self.foreign(name),
            },
        };
        while let (Place::Module(at), Some((name, after))) = (&place, rest.split_first()) {
            let next = match name.as_str() {
                "super" => at.split_last().map(|(_, parent)| Place::Module(parent.to_vec())),
                name => self.step(at, name, after.is_empty(), depth),
            };
            // What a macro made, say: the module is all that is known.
            let Some(next) = next else { break };
            (place, rest) = (next, after);
        }
        Some(place)
    }

    /// The name in a module; where a module and something else bear it, the last of a path is not the module.
    fn step(&self, module: &[String], name: &str, is_last: bool, depth: usize) -> Option<Place> {
        if depth > DEEPEST {
            return None;
        }
        let scope = self.parsed.scopes.get(module)?;
        let child = [module, &[name.to_owned()]].concat();
        let child = || self.parsed.scopes.contains_key(&child).then(|| Place::Module(child.clone()));
        let item = || {
            if scope.defined.contains(name) {
                return Some(Place::Item(module.to_vec()));
            }
            let imported = scope.imports.get(name).and_then(|path| self.resolve(module, path, depth + 1));
            imported.or_else(|| {
                scope.globs.iter().find_map(|glob| match self.resolve(module, glob, depth + 1)? {
                    Place::Module(other) if other != module => self.step(&other, name, is_last, depth + 1),
                    _ => None,
                })
            })
        };
        if is_last { item().or_else(child) } else { child().or_else(item) }
    }

    fn foreign(&self, name: &str) -> Option<Place> {
        self.foreign.iter().any(|foreign| foreign == name).then(|| Place::Foreign(name.to_owned()))
    }
}
