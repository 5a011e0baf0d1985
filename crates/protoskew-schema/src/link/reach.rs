//! Which file an import means, and what each file sees through its imports.

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::View;
use super::{Diagnostics, Input};
use crate::imports::ImportIndex;
use crate::limits::MOST_NAMED_IN_A_CIRCLE;
use crate::parse::syntax::ParsedFile;
use crate::{FileId, Import, ImportKind, Name, Role, Schema, Severity, builtin};

/// The files of a link with their imports resolved; built-in ones stand at the end.
#[derive(Debug)]
pub(crate) struct Reach {
    pub(crate) inputs: Vec<Input>,
    pub(crate) imports: Vec<Vec<Import>>,
    /// How many of the inputs were given; the rest is built in.
    pub(crate) given: usize,
    /// The ids of each file's package and of the beginnings of its name.
    pub(crate) packages: Vec<Vec<u32>>,
    /// The length of the longest path by which each file is imported.
    longest: Vec<usize>,
}

impl Reach {
    pub(crate) fn new(
        mut inputs: Vec<Input>,
        roots: &[String],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let given = inputs.len();
        let paths = inputs.iter().map(|i| i.path.to_string()).collect();
        let roots = roots.iter().map(|r| r.trim_end_matches('/').to_owned());
        let index = ImportIndex::new(paths, roots.collect());
        let mut built_in: FxHashMap<Name, FileId> = FxHashMap::default();
        let mut imports = Vec::with_capacity(given);
        let mut at = 0;
        // the list grows where a built-in file is needed, which may need another
        while at < inputs.len() {
            let parsed = inputs[at].parsed.clone();
            let mut list = Vec::with_capacity(parsed.imports.len());
            let mut listed: FxHashSet<&Name> = FxHashSet::default();
            for statement in &parsed.imports {
                let found = if at < given {
                    index.resolve(&inputs[at].path, &statement.path)
                } else {
                    None
                };
                let mut file = found.map(|f| f as FileId);
                if file.is_none()
                    && let Some(built) = builtin::file(&statement.path)
                {
                    let next = inputs.len() as FileId;
                    let id = *built_in.entry(statement.path.clone()).or_insert(next);
                    if id == next {
                        inputs.push(Input {
                            path: statement.path.clone(),
                            role: Role::ResolvedOnly(Name::new_static("built in")),
                            parsed: built,
                        });
                    }
                    file = Some(id);
                }
                if file.is_none() {
                    let message = format!("the imported file `{}` is not here", statement.path);
                    let help = "types that it brings are compared by name; to have it read, add its folder to the import roots";
                    diagnostics.push(
                        at,
                        statement.span,
                        Severity::Note,
                        message,
                        Some(help.into()),
                    );
                }
                if !listed.insert(&statement.path) {
                    let message = format!("`{}` is imported twice", statement.path);
                    diagnostics.error(at, statement.span, message, None);
                }
                list.push(Import {
                    path: statement.path.clone(),
                    kind: statement.kind,
                    file,
                    span: statement.span,
                });
            }
            imports.push(list);
            at += 1;
        }
        let mut longest = vec![0; inputs.len()];
        for import in imports.iter().flatten() {
            let import: &Import = import;
            if let Some(file) = import.file {
                let longest = &mut longest[file as usize];
                *longest = import.path.len().max(*longest);
            }
        }
        let reach = Self {
            longest,
            packages: vec![Vec::new(); inputs.len()],
            inputs,
            imports,
            given,
        };
        reach.report_cycles(diagnostics);
        reach
    }

    pub(crate) fn parsed(&self, file: FileId) -> &ParsedFile {
        &self.inputs[file as usize].parsed
    }

    /// What a file sees, and whether something that it should see is missing.
    pub(crate) fn view(&self, file: FileId, missing: &mut bool) -> View {
        let mut view = View::default();
        *missing = false;
        let imports = self.imports[file as usize].iter();
        let imports = imports.filter(|i| i.kind != ImportKind::Option);
        let of = |id: FileId| self.imports[id as usize].as_slice();
        view.files = through_public(imports, of, |import| match import.file {
            // of a file that was not read nobody knows what it declares; and where others import it by a longer path,
            // this one may mean another file, that is not here
            Some(id) => {
                *missing |= self.parsed(id).refused;
                *missing |= import.path.len() < self.longest[id as usize];
            }
            None => *missing = true,
        });
        view.files.insert(file);
        // a package is seen through an `import option` too, though no type in it
        let mut missing_options = false;
        let options = self.option_files(file, &mut missing_options);
        for &seen in view.files.iter().chain(&options) {
            view.packages.extend(&self.packages[seen as usize]);
        }
        view
    }

    /// The files of which options alone may use the extensions: what `import option` brings, and what that imports publicly.
    pub(crate) fn option_files(&self, file: FileId, missing: &mut bool) -> FxHashSet<FileId> {
        let imports = self.imports[file as usize].iter();
        let imports = imports.filter(|i| i.kind == ImportKind::Option);
        let of = |id: FileId| self.imports[id as usize].as_slice();
        through_public(imports, of, |import| {
            *missing |= import.file.is_none_or(|id| self.parsed(id).refused);
        })
    }

    /// All files that a file imports, directly or not; itself too if the imports go in a circle.
    pub(crate) fn imported_by(&self, file: FileId) -> FxHashSet<FileId> {
        let mut found = FxHashSet::default();
        let mut open = vec![file];
        while let Some(next) = open.pop() {
            for import in &self.imports[next as usize] {
                if let Some(id) = import.file
                    && found.insert(id)
                {
                    open.push(id);
                }
            }
        }
        found
    }

    /// Reports each import that closes a circle, once.
    fn report_cycles(&self, diagnostics: &mut Diagnostics) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut state = vec![State::New; self.inputs.len()];
        for root in 0..self.inputs.len() {
            if state[root] != State::New {
                continue;
            }
            state[root] = State::Open;
            // file and how many of its imports are done; the stack is the path from the root
            let mut stack = vec![(root, 0)];
            while let Some(&mut (file, ref mut done)) = stack.last_mut() {
                let Some(import) = self.imports[file].get(*done) else {
                    state[file] = State::Done;
                    stack.pop();
                    continue;
                };
                *done += 1;
                let Some(next) = import.file.map(|f| f as usize) else {
                    continue;
                };
                match state[next] {
                    State::Done => {}
                    State::New => {
                        state[next] = State::Open;
                        stack.push((next, 0));
                    }
                    State::Open => {
                        let from = stack.iter().position(|&(f, _)| f == next).unwrap_or(0);
                        let circle = stack[from..].iter().map(|&(f, _)| f);
                        let mut names: Vec<&str> = circle
                            .take(MOST_NAMED_IN_A_CIRCLE)
                            .map(|f| self.inputs[f].path.as_str())
                            .collect();
                        if stack.len() - from > MOST_NAMED_IN_A_CIRCLE {
                            names.push("…");
                            names.push(&self.inputs[file].path);
                        }
                        names.push(&self.inputs[next].path);
                        let message =
                            format!("the imports go in a circle: `{}`", names.join("` → `"));
                        let help = "move what both need into a file of its own".to_owned();
                        diagnostics.error(file, import.span, message, Some(help));
                    }
                }
            }
        }
    }
}

/// The files of which a file's options may use the extensions: itself, what it imports in any way, and what that imports publicly.
pub(crate) fn seen_by_options(schema: &Schema, file: FileId) -> FxHashSet<FileId> {
    let of = |id: FileId| schema.file(id).imports.as_slice();
    let mut files = through_public(of(file).iter(), of, |_| {});
    files.insert(file);
    files
}

/// What whoever imports a file may use: the file itself, and what it imports publicly.
pub(crate) fn seen_by_importers(schema: &Schema, file: FileId) -> FxHashSet<FileId> {
    let of = |id: FileId| schema.file(id).imports.as_slice();
    let public = of(file).iter().filter(|i| i.kind == ImportKind::Public);
    let mut seen = through_public(public, of, |_| {});
    seen.insert(file);
    seen
}

/// The files that some imports bring, with what those import publicly. `each` is shown every import on the way.
fn through_public<'i>(
    imports: impl Iterator<Item = &'i Import>,
    of: impl Fn(FileId) -> &'i [Import],
    mut each: impl FnMut(&Import),
) -> FxHashSet<FileId> {
    let mut files = FxHashSet::default();
    let mut open: Vec<&Import> = imports.collect();
    while let Some(import) = open.pop() {
        each(import);
        if let Some(id) = import.file
            && files.insert(id)
        {
            open.extend(of(id).iter().filter(|i| i.kind == ImportKind::Public));
        }
    }
    files
}
