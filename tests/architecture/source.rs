//! What a source file defines, imports and names, as its syntax tree tells.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Attribute, Item, UseTree, Visibility, spanned::Spanned, visit, visit::Visit};

/// The names from the crate's root to a module.
pub(crate) type ModulePath = Vec<String>;

/// A module: a file, or one in braces inside a file.
#[derive(Default)]
pub(crate) struct Scope {
    pub file: usize,
    /// What it defines, modules apart.
    pub defined: BTreeSet<String>,
    /// What it imports: the name here, and the path that was written.
    pub imports: BTreeMap<String, Vec<String>>,
    pub globs: Vec<Vec<String>>,
}

/// A path that is written somewhere; of a macro, the name and `!`.
pub(crate) struct Mention {
    pub file: usize,
    pub line: usize,
    pub module: ModulePath,
    pub path: Vec<String>,
    pub kind: Kind,
    pub in_tests: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Use,
    Reexport,
    Inline,
}

/// A type with a visibility.
pub(crate) struct TypeName {
    pub file: usize,
    pub line: usize,
    pub name: String,
}

/// Everything that the rules ask about.
#[derive(Default)]
pub(crate) struct Crate {
    /// Paths in `src/`.
    pub files: Vec<String>,
    pub lines: Vec<usize>,
    pub scopes: BTreeMap<ModulePath, Scope>,
    pub mentions: Vec<Mention>,
    pub types: Vec<TypeName>,
    /// `pub` items per file, fields and what is for tests apart.
    pub public: Vec<usize>,
    /// Files that only exist in tests.
    pub tests: BTreeSet<usize>,
    /// Modules in files of their own that only exist in tests.
    for_tests: Vec<ModulePath>,
}

impl Crate {
    /// Reads files given as path in `src/` and text.
    pub(crate) fn parse(sources: &[(String, String)]) -> Self {
        let mut parsed = Self::default();
        for (path, text) in sources {
            let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let (file, module) = (parsed.files.len(), module_of(path));
            parsed.files.push(path.clone());
            parsed.lines.push(text.lines().count());
            parsed.public.push(0);
            parsed.scopes.entry(module.clone()).or_insert_with(|| Scope { file, ..Scope::default() });
            let in_tests = path.ends_with("/tests.rs") || path.contains("/tests/");
            if in_tests {
                parsed.tests.insert(file);
            }
            Reader { parsed: &mut parsed, file, module, in_tests }.visit_file(&syntax);
        }
        let is_for_tests =
            |module: &ModulePath| parsed.for_tests.iter().any(|folder| module.starts_with(folder));
        let more = parsed.scopes.iter().filter(|(module, scope)| {
            is_for_tests(module) && module_of(&parsed.files[scope.file]) == **module
        });
        parsed.tests.extend(more.map(|(_, scope)| scope.file));
        parsed
    }
}

/// `app/scan/mod.rs` is `app::scan`; `lib.rs` and `main.rs` share the root.
fn module_of(path: &str) -> ModulePath {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if matches!(path, "lib" | "main") { vec![] } else { path.split('/').map(str::to_owned).collect() }
}

struct Reader<'a> {
    parsed: &'a mut Crate,
    file: usize,
    module: ModulePath,
    in_tests: bool,
}

impl Reader<'_> {
    fn scope(&mut self) -> &mut Scope {
        let file = self.file;
        let module = self.module.clone();
        self.parsed.scopes.entry(module).or_insert_with(|| Scope { file, ..Scope::default() })
    }

    fn mention(&mut self, span: Span, path: Vec<String>, kind: Kind) {
        let (file, line, module, in_tests) =
            (self.file, span.start().line, self.module.clone(), self.in_tests);
        self.parsed.mentions.push(Mention { file, line, module, path, kind, in_tests });
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>, kind: Kind) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.import(&tree.tree, path, kind);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, path.clone(), kind))
            }
            UseTree::Glob(glob) => {
                self.scope().globs.push(path.clone());
                self.mention(glob.span(), path, kind);
            }
            UseTree::Name(_) | UseTree::Rename(_) => {
                let (name, alias) = match tree {
                    UseTree::Rename(tree) => (&tree.ident, &tree.rename),
                    UseTree::Name(tree) => (&tree.ident, &tree.ident),
                    _ => unreachable!("matched above"),
                };
                path.extend(Some(name.to_string()).filter(|name| name != "self"));
                let alias = if alias == "self" { path.last().cloned() } else { Some(alias.to_string()) };
                self.scope().imports.insert(alias.unwrap_or_default(), path.clone());
                self.mention(tree.span(), path, kind);
            }
        }
    }

    /// What tokens spell: syntax says nothing of what is inside a macro's parentheses.
    fn tokens(&mut self, tokens: TokenStream, single: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == mark);
        let mut at = 0;
        while at < tokens.len() {
            let begin = at;
            let mut path = Vec::new();
            while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
                path.push(ident.to_string());
                at += 1;
                if !(is(at, ':') && is(at + 1, ':')) {
                    break;
                }
                at += 2;
            }
            let is_call = is(at, '!') && !is(at + 1, '=');
            if is_call && let Some(name) = path.last() {
                self.mention(tokens[begin].span(), vec![name.clone(), "!".to_owned()], Kind::Inline);
            }
            if path.len() > usize::from(!single) && !(begin > 0 && is(begin - 1, '.')) {
                self.mention(tokens[begin].span(), path, Kind::Inline);
            }
            if let (true, Some(TokenTree::Group(group))) = (at == begin, tokens.get(at)) {
                self.tokens(group.stream(), single);
            }
            at = at.max(begin + 1);
        }
    }

    fn item(&mut self, item: &Item) {
        let (visibility, ident, is_type) = match item {
            Item::Struct(item) => (&item.vis, &item.ident, true),
            Item::Enum(item) => (&item.vis, &item.ident, true),
            Item::Union(item) => (&item.vis, &item.ident, true),
            Item::Trait(item) => (&item.vis, &item.ident, true),
            Item::Type(item) => (&item.vis, &item.ident, true),
            Item::Fn(item) => (&item.vis, &item.sig.ident, false),
            Item::Const(item) => (&item.vis, &item.ident, false),
            Item::Static(item) => (&item.vis, &item.ident, false),
            Item::Mod(item) => return self.count(&item.vis),
            Item::Use(item) => return self.count(&item.vis),
            _ => return,
        };
        self.count(visibility);
        self.scope().defined.insert(ident.to_string());
        if is_type && !self.in_tests && !matches!(visibility, Visibility::Inherited) {
            let (file, line, name) = (self.file, ident.span().start().line, ident.to_string());
            self.parsed.types.push(TypeName { file, line, name });
        }
    }

    fn count(&mut self, visibility: &Visibility) {
        let counts = !self.in_tests && matches!(visibility, Visibility::Public(_));
        self.parsed.public[self.file] += usize::from(counts);
    }

    /// Reads what has these attributes, which may say that it is for tests.
    fn with(&mut self, attributes: &[Attribute], read: impl FnOnce(&mut Self)) {
        let before = self.in_tests;
        self.in_tests |= attributes.iter().any(is_for_tests);
        read(self);
        self.in_tests = before;
    }
}

/// `#[cfg(test)]`, `#[cfg(feature = "testing")]`, or one of several conditions of that kind.
fn is_for_tests(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    let condition = list.tokens.to_string();
    let is_negative = condition.starts_with("not");
    list.path.is_ident("cfg") && !is_negative && condition.contains("test")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        self.with(attributes(item), |reader| {
            reader.item(item);
            visit::visit_item(reader, item);
        });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        if item.content.is_some() {
            self.scope();
        } else if self.in_tests {
            self.parsed.for_tests.push(self.module.clone());
        }
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_private = matches!(item.vis, Visibility::Inherited);
        let root = if item.leading_colon.is_some() { vec![String::new()] } else { vec![] };
        self.import(&item.tree, root, if is_private { Kind::Use } else { Kind::Reexport });
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.with(&item.attrs, |reader| {
            reader.count(&item.vis);
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.count(&item.vis);
        visit::visit_impl_item_const(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let root = path.leading_colon.map(|_| String::new());
        let names = root.into_iter().chain(path.segments.iter().map(|segment| segment.ident.to_string()));
        self.mention(path.span(), names.collect(), Kind::Inline);
        visit::visit_path(self, path);
    }

    /// The path in `pub(in path)` names nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone(), false);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        self.mention(call.path.span(), vec![name, "!".to_owned()], Kind::Inline);
        self.tokens(call.tokens.clone(), true);
        visit::visit_macro(self, call);
    }
}
